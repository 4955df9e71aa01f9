"""Reading drills: every line says what the results say, in the words of the expert."""

import re

import pytest

from redsearcher.data.drill import MOST_CONDITIONS, Drills
from redsearcher.data.expert.library import Library
from redsearcher.data.expert.peek import PeekChecker
from redsearcher.data.holdout import held_out_phrases
from redsearcher.data.stream import SMALL_WINDOW
from redsearcher.records.trajectory import Trajectory
from redsearcher.web.readback import read_results
from redsearcher.web.toolbox import Toolbox
from tests.data.expert.conftest import SEED, Fresh

_LINK = re.compile(r"\[([^\[\]]+)\]\((?:[^()\s]|\([^()\s]*\))+\)")

_READ = re.compile(r"(?m)^(?:Result (\d+)|Page), (.+?): “(.+)”.*$")


def _drills(fresh: Fresh) -> list[Trajectory]:
    library = Library(fresh.world, fresh.web.info.config.addresses)
    drills = Drills(fresh.world, Toolbox(fresh.web, SMALL_WINDOW), library, SEED, hold_out=True)
    return [drill for number in range(80) if (drill := drills.draw(number)) is not None]


@pytest.fixture(scope="module")
def drawn(fresh: Fresh) -> list[Trajectory]:
    return _drills(fresh)


def test_most_draws_lead_to_a_drill_and_the_same_again(fresh: Fresh, drawn: list[Trajectory]) -> None:
    assert len(drawn) > 50
    assert [drill.id for drill in _drills(fresh)] == [drill.id for drill in drawn]


def test_nothing_is_peeked(fresh: Fresh, drawn: list[Trajectory]) -> None:
    checker = PeekChecker(name for entity in fresh.world.entities.values() for name in entity.names)
    assert [checker.violations(drill) for drill in drawn] == [[]] * len(drawn)


def test_conditions_are_read_in_order_and_each_is_decided(drawn: list[Trajectory]) -> None:
    for drill in drawn:
        asked = re.findall(r"(?m)^(\d+)\) (.+)$", drill.question)
        assert 2 <= len(asked) <= MOST_CONDITIONS and [int(n) for n, _ in asked] == list(range(1, len(asked) + 1))
        thought = drill.steps[1].thought
        assert re.findall(r"(?m)^(\d+)\) (.+) \[.+\]\?$", thought) == asked
        for part in re.split(r"(?m)^\d+\) .+\?\n", thought)[1:]:
            assert re.match(r"(Result 1|Page)(, |: )", part), part


def test_places_hold_what_is_quoted(drawn: list[Trajectory]) -> None:
    ranks = []
    for drill in drawn:
        content = drill.steps[0].observations[0].content
        hits = [hit for results in read_results(content) for hit in results.hits]
        for rank, title, span in _READ.findall(drill.steps[1].thought):
            if rank:
                ranks.append(rank)
                assert hits[int(rank) - 1].title == title and span in hits[int(rank) - 1].snippet
            else:
                plain = _LINK.sub(r"\1", content).replace("\n[...]\n", " ")
                assert title in content and span in " ".join(plain.split())
    assert len(set(ranks)) > 2


def test_held_out_phrasings_are_not_asked(drawn: list[Trajectory]) -> None:
    ends = [phrase.partition("{}")[0].strip() for phrase in held_out_phrases()]
    asked = [line for drill in drawn for line in re.findall(r"(?m)^\d+\) (.+)$", drill.question)]
    words = [end for end in ends if len(end.split()) > 2]
    assert asked and not [line for line in asked for end in words if f" {end} " in line]
