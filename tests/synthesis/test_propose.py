"""Densifying by a model, end to end over HTTP: what pages state goes into a new world, and cycles come of it."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from redsearcher.core import jsonl
from redsearcher.core.rundir import RunDir
from redsearcher.errors import InputError, ModelError
from redsearcher.llm.endpoint import EndpointConfig
from redsearcher.llm.role import RoleConfig
from redsearcher.records.world import Fact, Statement, Strength
from redsearcher.synthesis.check import check_tasks
from redsearcher.synthesis.config import SynthConfig
from redsearcher.synthesis.piece import PieceConfig, Pieces
from redsearcher.synthesis.proposal import Borne, Proposal, agreed
from redsearcher.synthesis.propose import ProposeConfig, ProposeReport, propose
from redsearcher.synthesis.stage import synthesise
from redsearcher.world.store import World, WorldWriter
from tests.chat_server import Answer, Script, chat_server
from tests.synthesis.open_book import Line, OpenBook, line
from tests.synthesis.tiny import chain, tiny_world
from tests.world.extract.village import closing, things, village

N = 4
PIECES = PieceConfig(graphs=8, seed=1)
QUOTES = ("{husband} was born in {town}.", "It is set in {town}.", "Guest: {husband} | Sister: {star}")


def lines(number: int) -> list[Line]:
    """What the pages of a family say beyond the facts known, and where."""
    entities = {thing.id: thing for thing in things(number)}
    _, husband, town, film, star = (thing.label for thing in things(number))
    quotes = [quote.format(husband=husband, town=town, star=star) for quote in QUOTES]
    titles = (town, film, town)
    return [line(*row) for row in zip(closing(number), [entities] * 3, titles, quotes, strict=True)]


BOOK = OpenBook(known for number in range(N) for known in lines(number))


def good(messages: list[dict[str, Any]]) -> Answer:
    return Answer(BOOK.reply(messages))


@pytest.fixture(scope="module")
def families(tmp_path_factory: pytest.TempPathFactory) -> World:
    return village(tmp_path_factory.mktemp("families") / "world", N)


def run(world: World, out: Path, script: Script, **changes: Any) -> ProposeReport:
    with chat_server(script) as url:
        return propose(world, out, settings(url, **changes))


def settings(url: str, *, timeout_s: float = 30, pieces: PieceConfig = PIECES) -> ProposeConfig:
    endpoint = EndpointConfig(model="m", base_url=url, max_retries=0)
    return ProposeConfig(model=endpoint, role=RoleConfig(tries=2, timeout_s=timeout_s, max_tokens=64), pieces=pieces)


def test_what_pages_state_goes_into_a_world_of_its_own(families: World, tmp_path: Path) -> None:
    before = families.info
    report = run(families, tmp_path / "new", good)
    found = World(tmp_path / "new")
    new = [fact for number in range(N) for fact in closing(number)]
    assert report.outcomes == {"answered": N} and report.dropped == {}
    assert (report.n_new, report.n_stated) == (len(new), 0)
    assert set(found.facts) == set(families.facts) | {fact.id for fact in new}
    for fact in new:
        (said,) = [s for s in found.statements[fact.id] if s.strength is Strength.STRICT]
        page = found.pages([said.document])[said.document]
        assert page.text[said.start : said.end] in {known.quote for n in range(N) for known in lines(n)}
    assert "12 facts proposed by llm:m" in found.info.source
    assert World(families.path).info == before
    told = list(jsonl.read(tmp_path / "new" / "proposals.jsonl", Proposal))
    assert sum(len(proposal.facts) for proposal in told) == len(new)
    assert all(p.implementation == "llm:m" and p.n_calls == 1 and p.usage.completion == 7 for p in told)


def test_what_they_do_not_state_is_dropped_and_counted(families: World, tmp_path: Path) -> None:
    def script(messages: list[dict[str, Any]]) -> Answer:
        true = BOOK.facts(messages)
        wrong = [{**true[0], "quote": "He was born there."}, {**true[0], "page": 99}, {**true[0], "object": "Nobody"}]
        return Answer(json.dumps({"facts": [*wrong, true[0], true[0]]}))

    report = run(families, tmp_path / "new", script)
    assert report.n_new == N
    assert report.dropped == {
        "a thing that was not shown": N,
        "found in an earlier piece too": N,
        "no such excerpt": N,
        "quote not on the page": N,
    }


@pytest.mark.parametrize(("answer", "n_kept"), [('{"states": true}', 3 * N), ("perhaps", 0), (None, 2 * N)])
def test_a_second_reader_must_find_it_too(families: World, tmp_path: Path, answer: str | None, n_kept: int) -> None:
    """With None it denies that the husband was born in the town."""

    def reader(messages: list[dict[str, Any]]) -> Answer:
        asked = messages[1]["content"]
        assert "Words: " in asked and "excerpt" not in asked.lower()
        return Answer(answer or json.dumps({"states": "| place of birth |" not in asked}))

    with chat_server(good) as url, chat_server(reader) as reader_url:
        second = EndpointConfig(model="r", base_url=reader_url, max_retries=0)
        report = propose(families, tmp_path / "new", settings(url).model_copy(update={"reader": second}))
    assert report.n_new == n_kept
    assert report.dropped == ({"a second reader does not find it there": 3 * N - n_kept} if n_kept < 3 * N else {})
    told = list(jsonl.read(tmp_path / "new" / "proposals.jsonl", Proposal))
    tries = 2 if answer == "perhaps" else 1
    assert all(p.implementation == "llm:m+llm:r" and p.n_calls == 1 + 3 * tries for p in told)


def test_where_the_second_reader_is_gone_the_piece_is_owed(families: World, tmp_path: Path) -> None:
    with chat_server(good) as url, chat_server(lambda _: Answer(status=500)) as reader_url:
        second = EndpointConfig(model="r", base_url=reader_url, max_retries=0)
        with pytest.raises(ModelError, match=r"llm:m\+llm:r gave no reply to any of 4 pieces.*model r"):
            propose(families, tmp_path / "new", settings(url).model_copy(update={"reader": second}))


def test_in_a_closed_world_pages_are_only_found_to_say_more_of_what_is_known(tmp_path: Path) -> None:
    world = village(tmp_path / "old", kind="closed", unstated=closing(0)[:1])
    report = run(world, tmp_path / "new", good)
    assert (report.n_new, report.n_stated) == (0, 1)
    assert report.dropped == {"untrue in a world whose facts are all known": 2}
    found = World(tmp_path / "new")
    assert found.is_stated(closing(0)[0].id) and found.facts == world.facts


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer("The husband was born there."), "malformed"),
        (Answer('{"facts": [{"subject": "Bo"}]}'), "malformed"),
        (Answer('{"facts": [{"subject": "Bo', finish="length"), "truncated"),
        (Answer('{"refusal": "I do not read pages"}'), "refused"),
        (Answer(refusal="no"), "refused"),
    ],
)
def test_a_reply_that_is_none_costs_its_piece_only(
    families: World, tmp_path: Path, answer: Answer, outcome: str
) -> None:
    def script(messages: list[dict[str, Any]]) -> Answer:
        return answer if "Ada Kern" in messages[1]["content"] else good(messages)

    report = run(families, tmp_path / "new", script)
    assert report.outcomes == {"answered": N - 1, outcome: 1} and report.n_new == 3 * (N - 1)


@pytest.mark.parametrize(("answer", "outcome"), [(Answer(status=500), "failed"), (Answer(delay_s=0.8), "timeout")])
def test_where_the_endpoint_is_to_blame_the_next_run_asks_again(
    families: World, tmp_path: Path, answer: Answer, outcome: str
) -> None:
    unwell, asked = [True], list[str]()

    def script(messages: list[dict[str, Any]]) -> Answer:
        asked.append(messages[1]["content"])
        return answer if unwell[0] and "Ada Kern" in asked[-1] else good(messages)

    with chat_server(script) as url:
        config = settings(url, timeout_s=0.4 if outcome == "timeout" else 30)
        first = propose(families, tmp_path / "new", config)
        assert first.outcomes == {"answered": N - 1, outcome: 1} and first.n_new == 3 * (N - 1)
        unwell[0], n_asked = False, len(asked)
        second = propose(families, tmp_path / "new", config)
    assert second.outcomes == {"answered": N} and second.n_new == 3 * N
    assert len(asked) == n_asked + 1 and "Ada Kern" in asked[-1]


def test_an_endpoint_that_never_replies_writes_no_world(families: World, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"llm:m gave no reply to any of 4 pieces.*500"):
        run(families, tmp_path / "new", lambda _: Answer(status=500))
    assert not (tmp_path / "new").exists()


def test_it_resumes_without_asking_again(families: World, tmp_path: Path) -> None:
    asked: list[int] = []

    def counted(messages: list[dict[str, Any]]) -> Answer:
        asked.append(1)
        return good(messages)

    home = tmp_path / "new.proposals"
    with chat_server(counted) as url:
        first = propose(families, tmp_path / "new", settings(url))
        whole = (home / "proposals.jsonl").read_bytes()
        rows = whole.splitlines(keepends=True)
        (home / "proposals.jsonl").unlink()
        (home / "model_cache.ndjson").unlink()
        (home / "proposals.part.jsonl").write_bytes(rows[2] + rows[0] + rows[1][:20])
        done: list[int] = []
        assert propose(families, tmp_path / "new", settings(url), progress=done.append) == first
    assert (home / "proposals.jsonl").read_bytes() == whole
    assert len(asked) == N + 2 and done == [3, 4]


def test_places_that_are_not_its_own_are_left_alone(families: World, tmp_path: Path) -> None:
    other = village(tmp_path / "other")
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "thesis.txt").write_text("years of work")
    before = sorted(tmp_path.rglob("*"))
    for out, words in (
        (families.path, "worlds are frozen"),
        (other.path, "made otherwise"),
        (tmp_path / "thesis", "not ours"),
    ):
        with pytest.raises(InputError, match=words):
            run(families, out, good)
    assert sorted(tmp_path.rglob("*")) == before


def test_other_settings_and_other_worlds_are_refused(families: World, tmp_path: Path) -> None:
    with chat_server(good) as url:
        propose(families, tmp_path / "new", settings(url))
        with pytest.raises(InputError, match="seed was 1, now 2"):
            propose(families, tmp_path / "new", settings(url, pieces=PieceConfig(graphs=8, seed=2)))
        with pytest.raises(InputError, match="world was"):
            propose(village(tmp_path / "one"), tmp_path / "new", settings(url))


def test_a_world_without_a_page_to_ask_about_is_told_apart(tmp_path: Path) -> None:
    world = tiny_world(tmp_path / "world", 9, chain(9))  # each page names two towns, which a fact joins
    assert list(Pieces(world, PIECES)) == []
    with pytest.raises(InputError, match="no page that names two things"):
        run(world, tmp_path / "new", good)


def test_pieces_hold_together_and_come_once(families: World) -> None:
    found = list(Pieces(families, PIECES))
    assert found == list(Pieces(families, PIECES)) and len(found) == N
    for piece in found:
        inside = {thing.id for thing in piece.things}
        assert {end for fact in piece.facts for end in (fact.subject, fact.object)} == inside
        assert {page.about[0] for page in piece.pages} <= inside and len(piece.pages) == 3


def test_of_equal_facts_one_is_kept_and_of_contrary_ones_the_first() -> None:
    def borne(subject: str, property: str, object_: str) -> Borne:
        return Borne(fact=Fact(subject=subject, property=property, object=object_), document="D", start=0, end=1)

    found = [
        borne("A", "P26", "B"), borne("B", "P26", "A"), borne("B", "P3373", "A"), borne("C", "P26", "A"),
        borne("A", "P19", "T"), borne("A", "P19", "U"), borne("A", "P737", "C"), borne("C", "P737", "A"),
    ]  # fmt: skip
    dropped: Counter[str] = Counter()
    assert agreed(found, dropped) == [found[0], found[2], found[4], found[6], found[7]]
    assert dropped == {"found in an earlier piece too": 1, "a second object of a relation that has one": 2}


# ---- cycles


def without_cycles(world: World, path: Path) -> tuple[World, list[Line]]:
    """The world with no more facts between things than hold it together, and what its pages say of the others."""
    root: dict[str, str] = {}

    def find(node: str) -> str:
        while root.get(node, node) != node:
            node = root[node]
        return node

    kept: list[Fact] = []
    for fact in world.facts.values():
        if fact.object is not None:
            ends = find(fact.subject), find(fact.object)
            if ends[0] == ends[1] or not world.is_stated(fact.id):
                continue
            root[ends[0]] = ends[1]
        kept.append(fact)
    _copied(world, path, kept)
    inside = {fact.id for fact in kept}
    pages = {page.id: page for page in world.documents()}
    said: list[Statement] = [s for rows in world.statements.values() for s in rows if s.strength is Strength.STRICT]
    return World(path), [
        line(fact, world.entities, pages[s.document].title, pages[s.document].text[s.start : s.end])
        for s in said
        if s.fact not in inside and (fact := world.facts[s.fact]).object is not None
    ]


def _copied(world: World, path: Path, facts: list[Fact]) -> None:
    with WorldWriter(path, name="sparse", lang="en", kind="open", source="made up.") as writer:
        for entity in world.entities.values():
            writer.add_entity(entity)
        for fact in facts:
            writer.add_fact(fact)
            for s in world.statements.get(fact.id, ()):
                writer.add_statement(s.fact, s.document, s.start, s.end, s.strength)
        for page in world.documents():
            writer.add_document(page)


def test_tasks_with_cycles_come_of_facts_that_a_model_found(world: World, tmp_path: Path) -> None:
    sparse, unsaid = without_cycles(world, tmp_path / "sparse")
    config = SynthConfig(seed=2, grid=(2,), msd=(2, 3), per_cell=2, wave=6, max_units=18, attempts=6, min_pool=5)
    before = synthesise(sparse, config, RunDir.open(tmp_path / "before", config))
    assert before.n_candidates == 0

    book = OpenBook(unsaid)
    pieces = PieceConfig(graphs=50)
    report = run(sparse, tmp_path / "dense", lambda messages: Answer(book.reply(messages)), pieces=pieces)
    dense = World(tmp_path / "dense")
    assert report.n_new > 100 and report.info.n_facts == sparse.info.n_facts + report.n_new
    assert all(fact in world.facts for fact in dense.facts)

    after = synthesise(dense, config, RunDir.open(tmp_path / "after", config))
    assert after.tasks
    assert check_tasks(dense, after.tasks, {found.task: found for found in after.certificates}) == []
    for task, certificate in zip(after.tasks, after.certificates, strict=True):
        used = {fact for c in task.query.constraints if c.kind == "fact" for fact in c.facts} - sparse.facts.keys()
        assert used and certificate.k == 2 and certificate.world_kind == "open"
        for fact in used:
            assert dense.stating(fact, Strength.STRICT)
            assert dense.stating(fact, Strength.LOOSE) & set(certificate.cover)
