"""Other words for relations: the same ones in question, thought and call, and nothing else changes."""

import re
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

import pytest

from redsearcher.data.expert.condition import Conditions, read_conditions
from redsearcher.data.expert.library import Library
from redsearcher.data.expert.model import Expert
from redsearcher.data.holdout import held_out_phrases
from redsearcher.data.reword import page_words, reworded
from redsearcher.data.stream import opening
from redsearcher.records.trajectory import Trajectory
from tests.data.expert.conftest import SEED, Fresh

_WORD = re.compile(r"[^\W\d_]+")


class _Pair(NamedTuple):
    plain: Trajectory
    other: Trajectory
    conditions: Conditions


@pytest.fixture(scope="module")
def words(fresh: Fresh) -> list[str]:
    return page_words(document.text for document in fresh.world.documents())


@pytest.fixture(scope="module")
def pairs(fresh: Fresh, words: list[str]) -> list[_Pair]:
    return list(_pairs(fresh, words))


def _pairs(fresh: Fresh, words: list[str]) -> Iterator[_Pair]:
    tasks = [one.task for one in fresh.tasks]
    expert = Expert(tasks, Library(fresh.world))
    for number, task in enumerate(tasks):
        conditions = read_conditions(task.question, task.query)
        plain = opening(task, expert, SEED)
        other = reworded(plain, conditions, words, Random(number))
        if other is not None:
            yield _Pair(plain, other, conditions)


def test_page_words_are_of_no_phrase(words: list[str]) -> None:
    taken = {word for phrase in held_out_phrases() for word in _WORD.findall(phrase)}
    assert len(words) > 200 and not taken & set(words) and words == sorted(words)


def test_most_openings_are_reworded_with_one_table_for_all_places(pairs: list[_Pair], fresh: Fresh) -> None:
    assert len(pairs) >= 0.7 * len(fresh.tasks)
    n_changed = 0
    for pair in pairs:
        table: dict[str, str] = {}
        for before, after in (
            (pair.plain.question, pair.other.question),
            (pair.plain.steps[0].thought, pair.other.steps[0].thought),
        ):
            assert _WORD.sub("", before) == _WORD.sub("", after)
            for old, new in zip(_WORD.findall(before), _WORD.findall(after), strict=True):
                assert table.setdefault(old, new) == new
        changed = {old for old, new in table.items() if old != new}
        assert changed <= {word for item in pair.conditions.items for word in _WORD.findall(item.words)}
        assert all(old.islower() for old in changed)
        n_changed += bool(changed)
    assert n_changed == len(pairs)


def test_names_stay_and_the_query_has_the_words_of_its_condition(pairs: list[_Pair]) -> None:
    for pair in pairs:
        before, after = (one.steps[0].calls[0].arguments["query"][0] for one in (pair.plain, pair.other))
        assert re.findall('"[^"]+"', before) == re.findall('"[^"]+"', after)
        number = re.findall(r"(\d+)\) ", pair.other.steps[0].thought.rpartition("\n")[2])[0]
        line = next(li for li in pair.other.steps[0].thought.split("\n") if li.startswith(f"{number}) "))
        kinds = set(pair.conditions.kinds.values())
        assert set(_WORD.findall(re.sub('"[^"]+"', "", after))) - kinds <= set(_WORD.findall(line))


def test_the_same_seed_gives_the_same_words(pairs: list[_Pair], words: list[str]) -> None:
    pair = pairs[0]
    assert reworded(pair.plain, pair.conditions, words, Random(5)) == reworded(
        pair.plain, pair.conditions, words, Random(5)
    )
