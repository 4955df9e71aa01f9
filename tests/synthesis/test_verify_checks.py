"""Each check on a task that passes and on one with the fault it is there to find."""

from collections.abc import Iterator

import pytest

from redsearcher.records.query import FactAtom, LiteralAtom, Query, Role, Variable
from redsearcher.records.task import Task, VerifyStage
from redsearcher.records.world import Document, Entity, Strength
from redsearcher.synthesis.check import check_tasks
from redsearcher.synthesis.config import VerifyConfig
from redsearcher.synthesis.reader import NameIndex
from redsearcher.synthesis.span import SpanReader
from redsearcher.synthesis.verbalise.question import verbalise
from redsearcher.synthesis.verify import (
    closed_book,
    consistency,
    leakage,
    search_necessity,
    time_validity,
    type_match,
)
from redsearcher.synthesis.verify.bench import Bench
from redsearcher.synthesis.verify.claim import line_up, same_range
from redsearcher.synthesis.verify.denial import denial
from redsearcher.synthesis.verify.finding import Case
from redsearcher.synthesis.verify.table import STATIC
from redsearcher.web.engine import Web
from redsearcher.world.property import properties
from redsearcher.world.store import World
from tests.synthesis.conftest import Made


@pytest.fixture(scope="module")
def bench(world: World, web: Web) -> Iterator[Bench]:
    made = Bench(world, web, VerifyConfig())
    yield made
    made.close()


def _asking(task: Task, question: str) -> Case:
    return Case(task.model_copy(update={"question": question}), None)


def test_good_tasks_pass_every_check(bench: Bench, made: Made) -> None:
    certificates = {c.task: c for c in made.report.certificates}
    for task in made.report.tasks:
        case = Case(task, certificates[task.id])
        for check in STATIC:
            finding = check.judge(bench, case)
            assert finding.fault is None or check.stage in ("closed_book", "shortcut"), finding


def test_a_fact_that_is_not_there_is_a_fault_and_no_crash(bench: Bench, made: Made) -> None:
    task = made.report.tasks[0]
    first = task.query.constraints[0].model_copy(update={"facts": ("0" * 20,)})
    query = task.query.model_copy(update={"constraints": (first, *task.query.constraints[1:])})
    case = Case(task.model_copy(update={"query": query}), made.report.certificates[0])
    found = {check.stage: check.judge(bench, case).fault or "" for check in STATIC}
    assert found[VerifyStage.RETRIEVABILITY].startswith("evidence not found")
    assert found[VerifyStage.CONSISTENCY].startswith("missing evidence")


@pytest.mark.parametrize("spell", [str, str.upper, str.lower])
def test_names_leak_however_they_are_spelt(bench: Bench, made: Made, spell: type[str]) -> None:
    task = made.report.tasks[0]
    assert leakage.judge(bench, _asking(task, f"Is it {spell(task.answer)}? {task.question}")).fault


def test_a_telling_part_of_the_name_leaks(bench: Bench, world: World, made: Made) -> None:
    task = made.report.tasks[0]
    entity = next(e for e in world.entities.values() if leakage.leaked_part(world, _named(task, e.label)) is not None)
    part = leakage.leaked_part(world, _named(task, entity.label))
    assert part is not None
    assert part in entity.label.casefold() or part.casefold() in entity.label.casefold()


def _named(task: Task, name: str) -> Task:
    """A task whose answer has another name, and whose question writes a word of it."""
    question = f"Who? {name.split(maxsplit=1)[0]} perhaps."
    return task.model_copy(update={"answer": name, "aliases": (), "question": question})


def test_the_question_must_ask_for_the_answers_type(bench: Bench, made: Made) -> None:
    task = made.report.tasks[0]
    variables = tuple(
        v.model_copy(update={"type": "mountain"}) if v.name == task.query.answer.name else v
        for v in task.query.variables
    )
    other = task.model_copy(update={"query": task.query.model_copy(update={"variables": variables})})
    assert type_match.judge(bench, Case(task, None)).fault is None
    assert "another type" in (type_match.judge(bench, Case(other, None)).fault or "")


def test_the_most_mentioned_is_the_prior_guess(bench: Bench, made: Made) -> None:
    task = made.report.tasks[0]
    givens = {v.entity for v in task.query.givens}
    first = next(e for e in bench.by_fame[task.query.answer.type] if e not in givens)
    assert closed_book.judge(bench, Case(task.model_copy(update={"answer_entity": first}), None)).fault
    counts = [bench.mentions[e] for e in bench.by_fame[task.query.answer.type]]
    assert counts == sorted(counts, reverse=True)


def test_a_name_pieced_together_from_the_givens_is_a_guess(bench: Bench, world: World, made: Made) -> None:
    named = [
        (city, other)
        for city in world.entities.values() if city.type == "city"
        for other in world.entities.values() if other.type == "university" and city.label in other.label.split()
    ]  # fmt: skip
    for city, university in named:
        query = made.report.tasks[0].query
        variables = tuple(
            v.model_copy(update={"label": city.label}) if v in query.givens
            else v.model_copy(update={"type": "university"}) for v in query.variables
        )  # fmt: skip
        task = made.report.tasks[0].model_copy(update={"query": query.model_copy(update={"variables": variables})})
        if search_necessity.name_guess(world, task) == university.id:
            return
    assert not named, "no university is guessed from its city"


@pytest.mark.parametrize("words", ["Who currently leads it?", "How many so far?", "The latest one?"])
def test_questions_must_not_hang_on_the_day(bench: Bench, made: Made, words: str) -> None:
    task = made.report.tasks[0]
    assert time_validity.judge(bench, Case(task, None)).fault is None
    assert "hangs on the day" in (time_validity.judge(bench, _asking(task, words)).fault or "")


def _reworded(task: Task, question_of: dict[str, object]) -> str:
    names = {v.entity or "": v.label or "" for v in task.query.givens}
    return verbalise(task.query.model_copy(update=question_of), names, lang="en", seed=4)


def test_a_claim_left_out_is_missed(bench: Bench, made: Made) -> None:
    task = max(made.report.tasks, key=lambda t: len(t.query.constraints))
    dropped = task.query.constraints[-1].id
    part = task.query.without(dropped)
    names = {v.entity or "": v.label or "" for v in part.givens}
    finding = consistency.judge(bench, _asking(task, verbalise(part, names, lang="en", seed=1)))
    assert (finding.fault or "").startswith("claim left out")


def test_a_false_range_is_a_contradiction(bench: Bench, made: Made) -> None:
    task = next(t for t in made.report.tasks if any(isinstance(c, LiteralAtom) for c in t.query.constraints))
    moved = tuple(
        c.model_copy(update={"low": c.low and c.low + 90, "high": c.high and c.high + 90})
        if isinstance(c, LiteralAtom) and properties()[c.property].object[0] == "time" else c
        for c in task.query.constraints
    )  # fmt: skip
    if moved == task.query.constraints:
        pytest.skip("the tasks made here have no range of years")
    finding = consistency.judge(bench, _asking(task, _reworded(task, {"constraints": moved})))
    assert (finding.fault or "").startswith("contradiction")


def test_another_given_is_no_claim_of_the_query(bench: Bench, world: World, made: Made) -> None:
    task = next(t for t in made.report.tasks if t.query.givens)
    given = task.query.givens[0]
    other = next(e for e in world.known.members(given.type) if e not in {v.entity for v in task.query.variables})
    question = task.question.replace(given.label or "", world.entities[other].label)
    fault = consistency.judge(bench, _asking(task, question)).fault or ""
    assert fault.startswith(("contradiction", "claim outside"))


def test_what_cannot_be_read_is_unjudged(bench: Bench, made: Made) -> None:
    finding = consistency.judge(bench, _asking(made.report.tasks[0], "Hm, zzz whatever you like, innit"))
    assert finding.fault is None
    assert not finding.judged
    assert finding.note.startswith("unjudged: ")


def test_readings_line_up_with_themselves(world: World, made: Made) -> None:
    for task in made.report.tasks:
        assert line_up(task.query, task.query, world.entities).is_faithful


def test_ranges_tell_alike_latents_apart(world: World) -> None:
    """Two latents that differ only in a range: whichever comes first in the text, each keeps its own."""

    def query(first: str, second: str) -> Query:
        variables = [Variable(name="a", role=Role.ANSWER, type="film")]
        variables += [Variable(name=name, role=Role.LATENT, type="person") for name in (first, second)]
        constraints = [
            FactAtom(id=f"f{name}", subject="a", property="P161", object=name) for name in (first, second)
        ]  # fmt: skip
        ranges = [
            LiteralAtom(id=f"l{name}", subject=name, property="P569", low=low, high=low + 9)
            for name, low in ((first, 1900.0), (second, 1950.0))
        ]
        return Query(variables=tuple(variables), constraints=(*constraints, *ranges))

    assert line_up(query("x", "y"), query("y", "x"), world.entities).is_faithful is True
    swapped = query("x", "y").model_copy(update={"constraints": query("x", "y").constraints[:3]})
    assert [c.id for c in line_up(swapped, query("x", "y"), world.entities).unsaid] == ["ly"]


def test_counts_are_compared_in_whole_numbers() -> None:
    proved = LiteralAtom(id="c1", subject="x", property="P8328", low=6.4, high=7.6)
    assert same_range(proved.model_copy(update={"low": 7.0, "high": 7.0}), proved)
    assert not same_range(proved.model_copy(update={"low": 7.0, "high": 8.0}), proved)


def test_every_strict_span_says_its_fact_and_no_other_span_does(world: World) -> None:
    reader = SpanReader(world, NameIndex(world.entities))
    pages = {page.id: page for page in world.documents()}
    for rows in world.statements.values():
        for row in rows:
            if row.strength is Strength.STRICT:
                assert reader.read(world.facts[row.fact], row, pages[row.document]).said == "says"
    moved = [row.model_copy(update={"start": 0, "end": 3}) for rows in world.statements.values() for row in rows[:1]]
    silent = [reader.read(world.facts[row.fact], row, pages[row.document]).said != "says" for row in moved]
    assert sum(silent) > 0.9 * len(silent)


def test_an_altered_page_fails_check_and_consistency(bench: Bench, world: World, made: Made) -> None:
    assert not check_tasks(world, made.report.tasks[:2], {c.task: c for c in made.report.certificates})
    fact = next(f for f in world.facts.values() if f.property == "P57" and world.is_stated(f.id))
    row = next(s for s in world.statements[fact.id] if s.strength is Strength.STRICT)
    page = world.pages([row.document])[row.document]
    told = next(e for e in (fact.subject, fact.object or "") if e not in page.about[:1])
    other = next(e for e in world.known.members(world.types[told]) if e not in (told, *page.about))
    span = page.text[row.start : row.end]
    for name in world.entities[told].names:
        span = span.replace(name, world.entities[other].label)
    altered = _altered(page, row.start, row.end, span)
    reading = bench.spans.read(fact, row.model_copy(update={"end": row.start + len(span)}), altered)
    assert reading.said == "contradicts"


def test_a_denial_elsewhere_on_the_page_is_seen(world: World, bench: Bench) -> None:
    fact = next(
        f
        for f in world.facts.values()
        if f.property == "P57" and any(p.about[:1] == (f.subject,) for p in _pages(world, f.id))
    )
    page = next(p for p in _pages(world, fact.id) if p.about[:1] == (fact.subject,))
    assert denial(world, bench.names, fact, [page]) is None
    other = next(e for e in world.known.members("person") if e != fact.object)
    label, person = world.entities[fact.subject].label, world.entities[other].label
    added = f"{page.text} {label} was directed by {person}."
    found = denial(world, bench.names, fact, [page.model_copy(update={"text": added})])
    assert found is not None
    assert person in found[1]


def test_a_denial_by_a_name_with_small_words_is_seen(world: World) -> None:
    fact = next(f for f in world.facts.values() if f.property == "P144" and world.types[str(f.object)] == "book")
    other = Entity(id="X1", type="book", label="Notes on the Well")
    names = NameIndex({**world.entities, other.id: other})
    label = world.entities[fact.subject].label
    text = f"{label} is based on Notes on the Well. It was shot in autumn."
    page = Document(
        url="https://a.example/x", site="a.example", kind="review", title=label, text=text, about=(fact.subject,)
    )
    found = denial(world, names, fact, [page])
    assert found is not None and "Notes on the Well" in found[1]


def test_a_name_beside_the_right_one_is_no_denial(world: World, bench: Bench) -> None:
    fact = next(f for f in world.facts.values() if f.property == "P58" and f.object is not None)
    writers = world.known.forward("P58").get(fact.subject, ())
    star = next(world.entities[e].label for e in world.known.members("person") if e not in writers)
    label, writer = world.entities[fact.subject].label, world.entities[str(fact.object)].label
    text = f"The film “{label}” was shot in autumn. It is based on a script by {writer} and stars {star}."
    about = (fact.subject,)
    page = Document(url="https://a.example/x", site="a.example", kind="review", title=label, text=text, about=about)
    assert denial(world, bench.names, fact, [page]) is None


def _pages(world: World, fact: str) -> list[Document]:
    rows = [s for s in world.statements.get(fact, []) if s.strength is Strength.STRICT]
    return list(world.pages([s.document for s in rows]).values())


def _altered(page: Document, start: int, end: int, text: str) -> Document:
    return page.model_copy(update={"text": page.text[:start] + text + page.text[end:]})
