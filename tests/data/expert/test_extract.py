"""Extracts: every text is one that a search shows, and every statement after it names what the text names."""

import re

import pytest

from redsearcher.data.expert.library import Library
from redsearcher.data.expert.peek import PeekChecker
from redsearcher.data.expert.words import NEXT_TEXT
from redsearcher.data.extract import MOST_TEXTS, Extracts
from redsearcher.data.stream import SMALL_WINDOW
from redsearcher.records.trajectory import Trajectory
from redsearcher.web.toolbox import Toolbox
from redsearcher.world.property import properties
from tests.data.expert.conftest import SEED, Fresh

_TEXT = re.compile(r"Take apart: Result \d, (.+?): “(.+)”")
_STATEMENT = re.compile(r"([a-z -]+): (.+?) > (.+)")


def _extracts(fresh: Fresh) -> list[Trajectory]:
    library = Library(fresh.world, fresh.web.info.config.addresses)
    extracts = Extracts(fresh.world, Toolbox(fresh.web, SMALL_WINDOW), library, SEED)
    return [one for number in range(12) if (one := extracts.draw(number)) is not None]


@pytest.fixture(scope="module")
def drawn(fresh: Fresh) -> list[Trajectory]:
    return _extracts(fresh)


def _turns(trajectory: Trajectory) -> list[tuple[str, str]]:
    asked = [trajectory.question, *(step.asked for step in trajectory.steps[1:])]
    return list(zip(asked, (step.thought for step in trajectory.steps), strict=True))


def test_same_seed_same_extracts(fresh: Fresh, drawn: list[Trajectory]) -> None:
    assert [one.id for one in _extracts(fresh)] == [one.id for one in drawn]


def test_nothing_is_peeked(fresh: Fresh, drawn: list[Trajectory]) -> None:
    checker = PeekChecker(name for entity in fresh.world.entities.values() for name in entity.names)
    for one in drawn:
        for asked, thought in _turns(one):
            alone = one.model_copy(update={"question": asked, "steps": (one.steps[0].model_copy(
                update={"thought": thought}),)})  # fmt: skip
            assert checker.violations(alone) == []


def test_statements_are_of_what_the_text_names(fresh: Fresh, drawn: list[Trajectory]) -> None:
    names = {name for entity in fresh.world.entities.values() for name in entity.names}
    literals = {property_.en.object_noun for property_ in properties().values() if property_.is_literal}
    n_said = n_empty = 0
    assert len(drawn) == 12
    for one in drawn:
        assert 1 <= len(one.steps) <= MOST_TEXTS
        for asked, thought in _turns(one):
            title, text = _TEXT.fullmatch(asked).groups()  # type: ignore[union-attr]
            told, _, rest = thought.partition("\n")
            assert rest == NEXT_TEXT
            for said in told.split("; ") if told != "-" else ():
                relation, subject, values = _STATEMENT.fullmatch(said).groups()  # type: ignore[union-attr]
                assert subject in names and subject in f"{title}\n{text}"
                if relation not in literals:
                    rest = values
                    while rest:
                        name = next((n for n in sorted(names, key=len, reverse=True) if rest.startswith(n)), None)
                        assert name is not None and name in f"{title}\n{text}", said
                        rest = rest.removeprefix(name).removeprefix(", ")
                n_said += 1
            n_empty += told == "-"
    assert n_said > 12 * MOST_TEXTS / 2 and 0 < n_empty < n_said
