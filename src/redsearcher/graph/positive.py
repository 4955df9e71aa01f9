"""Positive-instance driven search: does a graph have a given treewidth?

After Tamaki, "Positive-instance driven dynamic programming for treewidth" (2017): instead of asking, from the whole
graph down, which separators might do, good blocks are put together to larger ones, from the leaves of a decomposition
up, so that work is spent only on parts that can be decomposed.
"""

from collections.abc import Callable, Iterable
from typing import Protocol

from redsearcher.graph.bitgraph import Adjacency
from redsearcher.graph.bitset import bits
from redsearcher.graph.blocks import Blocks

SCAN_BY_ARRAY_FROM = 200
"""With more unions than this, candidates to join are found by numpy; below it is not even imported."""

Check = Callable[[], None]


class GaveUpError(Exception):
    """The search made more unions than it was allowed to."""


class _Unions(Protocol):
    def joinable(self, block: int, border: int) -> list[int]: ...

    def append(self, union: int, border: int, shared: int) -> None: ...


def order_within(
    adjacency: Adjacency, width: int, *, check: Check, max_unions: int | None = None, bags: Iterable[int] = ()
) -> list[int] | None:
    """An elimination order of a connected graph that meets no degree above `width`; None if its treewidth is larger.

    `check` is called again and again and may raise, to stop the search. `bags` are offered besides those found: they
    change no result but may lead to it sooner. Raises GaveUpError after `max_unions` unions.
    """
    if len(adjacency) <= width + 1:
        return list(range(len(adjacency)))
    blocks = Blocks(adjacency, width)
    search = _Search(blocks, max_unions)
    for vertex, around in enumerate(adjacency):
        if around.bit_count() <= width:
            blocks.offer(around | 1 << vertex, 1 << vertex)
    for bag in bags:
        if bag.bit_count() <= width + 1:
            check()
            blocks.offer(bag)
    while (good := blocks.next_good()) is not None:
        check()
        search.join(*good)
    return None if blocks.root is None else blocks.order()


class _Search:
    """Unions of good blocks that do not touch each other but share a vertex of their borders.

    In a bag B below which all components but one, D, are good, take a vertex v that D does not touch. All vertices of B
    are neighbours of v or of components that touch v. So B is the border of the union of these components, and the
    neighbours of v outside that union: every bag that matters is found from a union and a vertex shared by its borders.
    The border of a union only grows, which bounds the search.
    """

    def __init__(self, blocks: Blocks, max_unions: int | None) -> None:
        self._blocks = blocks
        self._max_unions = max_unions
        self._unions: list[tuple[int, int, int]] = []
        self._known: set[int] = set()
        self._arrays: _Unions | None = None

    def join(self, block: int, border: int) -> None:
        """All unions of the block with earlier ones."""
        closed = block | border
        for i in self._candidates(closed, border):
            union, around, shared = self._unions[i]
            if not union & closed and shared & border:
                self._add(union | block, around | border, shared & border)
                if self._blocks.root is not None:
                    return
        self._add(block, border, border)

    def _candidates(self, closed: int, border: int) -> list[int]:
        if self._arrays is None:
            if len(self._unions) < SCAN_BY_ARRAY_FROM:
                limit = self._blocks.width + 1
                return [i for i, row in enumerate(self._unions) if (row[1] | border).bit_count() <= limit]
            from redsearcher.graph.unions import UnionTable

            self._arrays = UnionTable(len(self._blocks.adjacency), self._blocks.width + 1)
            for row in self._unions:
                self._arrays.append(*row)
        return self._arrays.joinable(closed, border)

    def _add(self, union: int, border: int, shared: int) -> None:
        if union in self._known:
            return
        if len(self._unions) == self._max_unions:
            raise GaveUpError
        self._known.add(union)
        self._unions.append((union, border, shared))
        if self._arrays is not None:
            self._arrays.append(union, border, shared)
        adjacency, limit = self._blocks.adjacency, self._blocks.width + 1
        for vertex in bits(shared):
            bag = border | adjacency[vertex] & ~union
            if bag.bit_count() <= limit:
                self._blocks.offer(bag, 1 << vertex, union)
