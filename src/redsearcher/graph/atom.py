"""One piece of a graph that cannot be cut further: its treewidth closed in on from both sides, in rounds."""

import random

from redsearcher.graph import positive
from redsearcher.graph.bitgraph import Adjacency, minor_min_width
from redsearcher.graph.contraction import Minor, lifted, promising
from redsearcher.graph.deadline import Deadline
from redsearcher.graph.upper import UpperBound

SMALL = 24
"""Atoms of at most so many vertices are searched at once, without looking for better bounds first."""
FIRST_UNIONS = 4000
"""Unions a search may make in the first round; four times as many in each following one."""
FIRST_RUNS = 10
"""Greedy runs in the first round; twice as many in each following one."""
FIRST_TRIES = 3
"""Contraction sequences per width in the first round, and that many more in each following one."""


class Atom:
    """A connected graph with `lower <= treewidth <= upper.width`."""

    def __init__(self, adjacency: Adjacency, lower: int, deadline: Deadline) -> None:
        self.adjacency = adjacency
        self.lower = lower
        self.exhausted = False
        self._deadline = deadline
        self._n_rounds = 0
        self.upper = UpperBound(adjacency, deadline.check)

    def refine(self, floor: int, rng: random.Random) -> None:
        """One round: better orders, then widths refuted on minors or on the whole. `floor`: what is known to be enough.

        Each round works harder. Without a time limit all is done by counts, so that results depend on the graph alone.
        """
        self.lower = max(self.lower, floor)
        if len(self.adjacency) <= SMALL:
            while self.lower < self.upper.width:
                self._decide(self.lower, None)
            return
        if not self._n_rounds:
            self.lower = max(self.lower, minor_min_width(self.adjacency, (1 << len(self.adjacency)) - 1))
        self.upper.improve(FIRST_RUNS << self._n_rounds, rng, self.lower)
        max_unions = FIRST_UNIONS * 4**self._n_rounds
        self._n_rounds += 1
        while self.lower < self.upper.width and self._close_in_on_whole(self.upper.width - 1, max_unions):
            pass
        stride = 1
        while self.lower < self.upper.width:
            width = min(self.lower + stride, self.upper.width) - 1
            if self._close_in(width, max_unions, rng):
                stride *= 2
            elif stride > 1:
                stride = 1
            else:
                break

    def _close_in(self, width: int, max_unions: int, rng: random.Random) -> bool:
        """Whether it could be found out, within the unions allowed, if the treewidth is larger than `width`."""
        try:
            for minor in promising(self.adjacency, width, FIRST_TRIES * self._n_rounds, rng, self._deadline.check):
                if self._try_minor(minor, width, max_unions):
                    return True
        except positive.GaveUpError:
            pass
        return self._close_in_on_whole(width, max_unions)

    def _close_in_on_whole(self, width: int, max_unions: int) -> bool:
        """The same without minors."""
        try:
            self._decide(width, max_unions)
        except positive.GaveUpError:
            return False
        return True

    def _try_minor(self, minor: Minor, width: int, max_unions: int) -> bool:
        """Whether a minor is wider than `width`; if not, its order hints at one of the whole."""
        order = positive.order_within(minor.adjacency, width, check=self._deadline.check, max_unions=max_unions)
        if order is None:
            self.lower, self.exhausted = width + 1, True
            return True
        self.upper.learn(lifted(self.adjacency, minor, order))
        return False

    def _decide(self, width: int, max_unions: int | None) -> None:
        """Find out whether the treewidth is at most `width`."""
        order = positive.order_within(
            self.adjacency, width, check=self._deadline.check, max_unions=max_unions, bags=self.upper.pool
        )
        if order is None:
            self.lower, self.exhausted = width + 1, True
        elif width < self.upper.width:
            self.upper.width, self.upper.order = width, order
