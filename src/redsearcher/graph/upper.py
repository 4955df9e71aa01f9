"""Good elimination orders: many greedy ones, and the best that can be put together from all their parts."""

import random
from collections.abc import Callable

from redsearcher.graph.bitgraph import Adjacency
from redsearcher.graph.blocks import Blocks
from redsearcher.graph.elimination import greedy_order, perfect_order
from redsearcher.graph.triangulate import minimal_triangulation

POOL_SLACK = 6
"""Orders wider than the best by more than this add no bags to the pool."""
LARGE = 600
"""Beyond so many vertices the first order is by degree, which takes a fraction of the time."""
MOODS = ((False, 0.0), (False, 0.4), (True, 0.3), (False, 1.5), (False, 0.15))
"""Rules that greedy runs take in turn: by degree or by fill, and how much noise."""


class UpperBound:
    """The best elimination order found of a connected graph, and bags to make better ones from.

    The pool holds maximal cliques of minimal triangulations. Where a decomposition narrower than all of them can be
    made by choosing among their bags, it is found by dynamic programming (the idea of Tamaki 2019, after Bouchitté
    and Todinca 2001).
    """

    def __init__(self, adjacency: Adjacency, check: Callable[[], None]) -> None:
        self._adjacency = adjacency
        self._everything = (1 << len(adjacency)) - 1
        self._check = check
        self.pool: dict[int, None] = {}
        self._n_runs = 0
        self.width, self.order = greedy_order(adjacency, self._everything, by_degree=len(adjacency) > LARGE)

    def improve(self, n_runs: int, rng: random.Random, enough: int) -> None:
        """More greedy runs, then combine; stop where the width is down to `enough`."""
        n_before = len(self.pool)
        for _ in range(n_runs):
            if self.width <= enough:
                return
            self._check()
            by_degree, noise = MOODS[self._n_runs % len(MOODS)]
            self._n_runs += 1
            width, order = greedy_order(
                self._adjacency, self._everything, rng, by_degree=by_degree, noise=noise, check=self._check
            )
            if width <= self.width + POOL_SLACK:
                self.learn(order)
        if len(self.pool) > n_before:
            while self.width > enough and self._combine():
                pass

    def learn(self, order: list[int]) -> None:
        """Take what is good in an order: itself, if it is better, and bags for the pool."""
        filled, _ = minimal_triangulation(self._adjacency, order, self._check)
        order, cliques = perfect_order(filled, self._everything)
        width = max(clique.bit_count() for clique in cliques) - 1
        if width < self.width:
            self.width, self.order = width, order
        self.pool.update(dict.fromkeys(clique for clique in cliques if clique.bit_count() <= self.width))

    def _combine(self) -> bool:
        """Look for an order one narrower than the best in the pool."""
        blocks = Blocks(self._adjacency, self.width - 1)
        for bag in self.pool:
            if bag.bit_count() <= self.width:
                self._check()
                blocks.offer(bag)
        while blocks.next_good() is not None:
            self._check()
        if blocks.root is None:
            return False
        self.width, self.order = self.width - 1, blocks.order()
        return True
