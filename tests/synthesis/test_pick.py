"""The search for anchors against trying every set."""

import random
from itertools import combinations

from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from redsearcher.synthesis.pick import Goal, pick

N = 6
MASKS = st.integers(0, 2**N - 1)


@st.composite
def goals(draw: st.DrawFn) -> Goal:
    pairs = draw(st.lists(st.tuples(st.integers(0, N - 1), st.integers(0, N - 1)), max_size=3))
    clashes = [1 << n for n in range(N)]
    for one, other in pairs:
        clashes[one] |= 1 << other
        clashes[other] |= 1 << one
    return Goal(
        rivals=draw(st.lists(MASKS, max_size=6)),
        misses=draw(st.lists(st.lists(MASKS, min_size=1, max_size=4), max_size=3)),
        clashes=clashes,
        givens=draw(MASKS),
        refuted=draw(st.lists(MASKS, max_size=2)),
        room=draw(st.integers(1, 4)),
    )


def fits(goal: Goal, chosen: int) -> bool:
    numbers = [n for n in range(N) if chosen >> n & 1]
    if not chosen & goal.givens or chosen in goal.refuted or len(numbers) > goal.room:
        return False
    if any(goal.clashes[one] >> other & 1 for one, other in combinations(numbers, 2)):
        return False
    if any(chosen & ~mask == 0 for mask in goal.rivals):
        return False
    if not all(any(chosen & ~mask == 0 for mask in masks) for masks in goal.misses):
        return False
    for number in numbers if len(numbers) > 1 else []:
        rest = chosen & ~(1 << number)
        if rest & goal.givens and not any(rest & ~mask == 0 for mask in goal.rivals):
            return False
    return True


@settings(max_examples=400, deadline=None)
@forall(goals(), st.integers(0, 5))
def test_finds_a_fitting_set_iff_there_is_one(goal: Goal, seed: int) -> None:
    found = pick(goal, [1.0] * N, random.Random(seed))
    if found is None:
        assert not any(fits(goal, chosen) for chosen in range(2**N))
    else:
        assert fits(goal, found)


def test_heavier_anchors_are_chosen_more_often() -> None:
    goal = Goal([], [], [1 << n for n in range(N)], 2**N - 1, [], 2)
    draws = random.Random(1)
    chosen = [pick(goal, [9.0, 1, 1, 1, 1, 1], draws) for _ in range(200)]
    assert chosen.count(1) > 80
