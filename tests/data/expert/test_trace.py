"""What the expert's traces promise: no peeking, evidence before conclusions, the same again from the same seed."""

import asyncio
import re
from pathlib import Path

from redsearcher.core.rng import derive_seed
from redsearcher.data.expert.library import Library
from redsearcher.data.expert.model import Expert
from redsearcher.data.expert.peek import PeekChecker, check_no_peek
from redsearcher.data.expert.search import ExpertConfig
from redsearcher.data.holdout import HELD_OUT_PROPERTIES, held_out_phrases, properties_of
from redsearcher.data.question import FreshTasks, Quotas, is_unseen
from redsearcher.data.stream import SMALL_WINDOW, Attempt, run_expert
from redsearcher.records.chat import Message, Sampling
from redsearcher.records.tool import SEARCH, VISIT
from redsearcher.records.trajectory import Trajectory
from redsearcher.web.address.config import AddressConfig
from redsearcher.web.builder import build_web
from redsearcher.web.engine import Web
from redsearcher.web.toolbox import Toolbox
from tests.data.expert.conftest import CONFIG, SEED, Fresh, run


def _right(tried: list[Attempt]) -> list[Trajectory]:
    return [attempt.trace.trajectory for attempt in tried if attempt.trace is not None]


def test_most_questions_are_answered_and_none_by_peeking(tried: list[Attempt]) -> None:
    outcomes = [attempt.outcome for attempt in tried]
    easy = [attempt.outcome for attempt in tried if attempt.easy]
    assert "peeked" not in outcomes and "wrong" not in outcomes
    assert len(easy) >= 20 and easy.count("right") + easy.count("long") >= 0.8 * len(easy)
    assert outcomes.count("right") >= 0.6 * len(outcomes)


def test_same_seed_same_traces(fresh: Fresh, tried: list[Attempt]) -> None:
    assert [t.id for t in _right(list(run(fresh)))] == [t.id for t in _right(tried)]


def test_invented_addresses_are_all_the_same_to_it(fresh: Fresh, tried: list[Attempt], tmp_path: Path) -> None:
    config = SMALL_WINDOW.model_copy(update={"addresses": AddressConfig(seed=7)})
    build_web(tmp_path / "web", fresh.world.documents(), config, world_id=fresh.world.id, lang="en")
    hidden = fresh._replace(web=Web.open(tmp_path / "web"))
    again = list(run(hidden))
    assert sum(a.outcome == b.outcome for a, b in zip(tried, again, strict=True)) >= 0.9 * len(tried)
    assert ".example/" in str(_right(tried)[0].steps) and not any(".example/" in str(t.steps) for t in _right(again))


def test_every_address_opened_was_shown(tried: list[Attempt]) -> None:
    for trajectory in _right(tried):
        shown = ""
        for step in trajectory.steps:
            for call in step.calls:
                if call.name == "visit":
                    assert all(re.sub(r"[()]", "", url) in re.sub(r"%2[89]|[()]", "", shown)
                               for url in call.arguments["url"])  # fmt: skip
            shown += "".join(observation.content for observation in step.observations)


_READ = re.compile(r"^(?:Result (\d+)|Page), (.+?): “(.+)” (.+)$", re.MULTILINE)
_STATED = re.compile(r"^(?:Result (\d+)|Page|Before)(?:: |, .+”|, .+?(?=: ))(.*)$", re.MULTILINE)
_LINK = re.compile(r"\[([^\[\]]+)\]\((?:[^()\s]|\([^()\s]*\))+\)")


def _plain(text: str) -> str:
    return " ".join(_LINK.sub(r"\1", text).replace("\n[...]\n", " ").split())


def test_what_it_reads_aloud_stands_where_it_says(tried: list[Attempt]) -> None:
    places: list[str] = []
    for trajectory in _right(tried):
        earlier, latest = "", ""
        for step in trajectory.steps:
            for rank, title, text, _ in _READ.findall(step.thought):
                places.append(rank)
                shown = _plain(latest if rank else earlier)
                assert title in shown and text in shown, (title, text)
                if rank:
                    assert f"{rank}. {title} www" in shown or re.search(rf"{rank}\. {re.escape(title)} \S+\.", shown)
            latest = "\n".join(observation.content for observation in step.observations)
            earlier += "\n" + latest
    assert len(places) > 50 and len(set(places)) > 3


def _marked(said: str) -> set[str]:
    """The relations and names that a line of statements marks."""
    return set(re.findall(r"(?:^|: |> |, |; )([^:;>,]+) = yes", said))


def test_it_reads_on_until_it_finds(tried: list[Attempt]) -> None:
    """Results are gone through in order from the first, each read aloud once, and nothing is found where no statement
    is what is asked for."""
    n_found = n_again = 0
    for trajectory in _right(tried):
        for step in trajectory.steps:
            aloud = [place for *place, _ in _READ.findall(step.thought)]
            assert len(aloud) == len({str(place) for place in aloud})
            assert not re.search(r"(?m)^Before, .+: -$", step.thought)
            parts = re.split(r"(?m)^\d+\) .+ \[(.+)\]\?$", step.thought)
            for pattern, part in zip(parts[1::2], parts[2::2], strict=True):
                read = _STATED.findall(part)
                ranks = [int(rank) for rank, _ in read if rank]
                assert ranks == list(range(1, len(ranks) + 1))
                marked = _marked(pattern)
                said = [one.strip() for _, line in read for one in line.split("; ") if line.strip() != "-"]
                assert all(_marked(one) <= marked for one in said)
                asked = [one for one in said if len(_marked(one)) > 1 and " = yes: " in one]
                concluded = part.strip().splitlines()[len(read)]
                is_found = not re.search(r"nothing on|no [a-z] in these|^No [a-z] for|not stated|no word", concluded)
                is_against = re.search(r"\) (no|fails)\b", concluded)
                assert not is_found or asked or is_against, part
                n_found += is_found
                n_again += bool(re.search(r"^(?:Result \d+|Page):", part, re.MULTILINE))
    assert n_found > 30 and n_again > 0


def test_checker_catches_a_planted_peek(fresh: Fresh, tried: list[Attempt]) -> None:
    names = [name for entity in fresh.world.entities.values() for name in entity.names]
    checker = PeekChecker(names)
    trajectory = next(t for t in _right(tried) if len(t.steps) > 1)
    first = trajectory.steps[0]
    assert trajectory.answer is not None
    named = first.model_copy(update={"thought": f"{first.thought} It is {trajectory.answer}."})
    peeked = trajectory.model_copy(update={"steps": (named, *trajectory.steps[1:])})
    assert checker.violations(trajectory) == [] == check_no_peek(trajectory, names)
    assert any(repr(trajectory.answer) in line for line in checker.violations(peeked))
    call = first.calls[0].model_copy(update={"arguments": {"url": ["https://nowhere.example/x"], "goal": "x"}})
    strayed = trajectory.model_copy(
        update={"steps": (first.model_copy(update={"calls": (call,)}), *trajectory.steps[1:])}
    )
    assert any("nowhere.example" in line for line in checker.violations(strayed))


def test_a_reset_conversation_is_searched_anew(fresh: Fresh) -> None:
    """A turn depends on the messages alone: a forgotten session is replayed, a reset one starts over."""
    task = fresh.tasks[0].task
    library = Library(fresh.world)
    expert = Expert([task], library, ExpertConfig())
    trajectory = run_expert(task, expert, Toolbox(fresh.web, CONFIG.web), derive_seed(SEED, "episode", task.id))
    opening = [Message(role="system", content="s"), Message(role="user", content=task.question)]
    talk = list(opening)
    for step in trajectory.steps[:-1]:
        talk.append(Message(role="assistant", content=step.thought, calls=step.calls))
        talk += [Message(role="tool", content=o.content, call_id=o.call_id) for o in step.observations]
    sampling = Sampling(seed=trajectory.seed)
    other = Expert([task], library, ExpertConfig())
    last = asyncio.run(other.complete(talk, (SEARCH, VISIT), sampling))
    assert last.message.content == trajectory.steps[-1].thought
    first = asyncio.run(other.complete(opening, (SEARCH, VISIT), sampling))
    assert first.message.content == trajectory.steps[0].thought


def test_without_tools_it_guesses_nothing(fresh: Fresh) -> None:
    task = fresh.tasks[0].task
    expert = Expert([task], Library(fresh.world))
    talk = [Message(role="user", content=task.question), Message(role="user", content="Answer now.")]
    turn = asyncio.run(expert.complete(talk, (), Sampling(seed=1)))
    assert not turn.message.calls and "<answer>" not in turn.message.content


def test_held_out_relations_and_phrasings_are_not_asked(fresh: Fresh) -> None:
    for found in fresh.tasks:
        assert not properties_of(found.task.query) & HELD_OUT_PROPERTIES
        assert not is_unseen(found.task)
    assert 10 < len(held_out_phrases()) < 80
    others = [
        found.task for found in FreshTasks(fresh.world, SEED, Quotas(easy=40, k1=0, k2=0, k3=0), hold_out=False).tasks()
    ]
    assert any(map(is_unseen, others)) and not all(map(is_unseen, others))
