"""The search for a set of anchors: a minimal hitting set of the rivals that lets a near miss of every edge pass."""

import random
from collections.abc import Sequence
from typing import NamedTuple

MAX_NODES = 400
"""Partial choices looked at."""


class Goal(NamedTuple):
    """What is asked of a set of anchors. Masks have a bit per anchor.

    `rivals` and `misses` (per edge) are what anchors accept an assignment; `clashes[n]` the anchors that may not stand
    beside n (n itself among them); `givens` those that name something; `refuted` sets that are known not to do;
    `room` the most anchors there may be.
    """

    rivals: Sequence[int]
    misses: Sequence[Sequence[int]]
    clashes: Sequence[int]
    givens: int
    refuted: Sequence[int]
    room: int


def pick(goal: Goal, weights: Sequence[float], rng: random.Random) -> int | None:
    """Anchors as a mask, one of them a given: every rival is refused by one of them, none of them is idle, and of each
    edge some near miss is accepted by all. Heavier anchors are more likely. None if the search finds no such set."""
    keys = [rng.random() ** (1 / weight) if weight > 0 else 0.0 for weight in weights]
    order = sorted(range(len(weights)), key=lambda number: -keys[number])
    return _Search(goal, order).run()


class _Search:
    def __init__(self, goal: Goal, order: list[int]) -> None:
        self._goal, self._order = goal, order
        self._n_left = MAX_NODES
        self._seen: set[int] = set()

    def run(self) -> int | None:
        misses = [list(masks) for masks in self._goal.misses]
        if not all(misses):
            return None
        everything = (1 << len(self._order)) - 1
        return self._extend(0, 0, everything, list(self._goal.rivals), misses)

    def _extend(self, chosen: int, size: int, allowed: int, rivals: list[int], misses: list[list[int]]) -> int | None:
        """`rivals` are those that all chosen anchors accept, `misses` the near misses that they do."""
        self._n_left -= 1
        if self._n_left < 0:
            return None
        if not rivals and chosen & self._goal.givens:
            return chosen if self._is_good(chosen) else None
        if size >= self._goal.room:
            return None
        if rivals:
            hardest = max(rivals, key=lambda mask: ((mask & allowed).bit_count(), mask))
            options = allowed & ~hardest
        else:
            options = allowed & self._goal.givens
        for number in self._order:
            bit = 1 << number
            if not options & bit or chosen | bit in self._seen:
                continue
            self._seen.add(chosen | bit)
            kept = [[mask for mask in masks if mask & bit] for masks in misses]
            if not all(kept):
                continue
            found = self._extend(
                chosen | bit,
                size + 1,
                allowed & ~self._goal.clashes[number],
                [mask for mask in rivals if mask & bit],
                kept,
            )
            if found is not None:
                return found
            if self._n_left < 0:
                return None
        return None

    def _is_good(self, chosen: int) -> bool:
        """Whether no chosen anchor is idle, as far as rivals tell, and the set is not refuted."""
        if chosen in self._goal.refuted:
            return False
        numbers = [number for number in self._order if chosen >> number & 1]
        if len(numbers) == 1:
            return True
        for number in numbers:
            rest = chosen & ~(1 << number)
            if rest & self._goal.givens and not any(rest & ~mask == 0 for mask in self._goal.rivals):
                return False
        return True
