"""Exact treewidth: safe reductions, a contraction lower bound, then a search over elimination orders.

The search asks for one width after another, from the lower bound up, whether some order keeps to it. The graph left by
an elimination depends only on the set of vertices taken out, so sets that failed are stored; simplicial and almost
simplicial vertices of small degree go first without branching (Bodlaender et al. 2005, Gogate and Dechter 2004).
"""

import time
from dataclasses import dataclass
from typing import NamedTuple

from redsearcher.graph import bitgraph, decomposition
from redsearcher.graph.bitgraph import Adjacency
from redsearcher.graph.plan import bits
from redsearcher.graph.reasoning import Graph
from redsearcher.records.task import Decomposition, LowerBound


class TreewidthResult(NamedTuple):
    """`lower <= treewidth <= upper`, equal iff exact; the decomposition has width `upper`."""

    lower: int
    upper: int
    exact: bool
    decomposition: Decomposition
    lower_bound: LowerBound


class _OutOfTimeError(Exception):
    """The deadline passed."""


def treewidth(graph: Graph, *, time_limit_s: float | None = None) -> TreewidthResult:
    """Treewidth with a decomposition that attains it and the argument for the lower bound.

    With a time limit the result may be a pair of bounds, `exact=False`; without one it is always exact. A graph without
    vertices has treewidth -1. `lower_bound.kind` says why it cannot be lower: `edges` (it has one, or a vertex),
    `minor_min_width` (a minor of that least degree), `clique_minor`, or `exhausted` (every order of smaller width was
    refuted).
    """
    deadline = None if time_limit_s is None else time.monotonic() + time_limit_s
    names = sorted(graph)
    number = {name: i for i, name in enumerate(names)}
    adjacency = [sum(1 << number[other] for other in graph[name] if other != name) for name in names]
    proof = _Proof(-1, -1, "edges")
    order: list[int] = []
    parts = bitgraph.components(adjacency, (1 << len(names)) - 1)
    for part in parts:
        own = _solve([around if part >> v & 1 else 0 for v, around in enumerate(adjacency)], part, deadline)
        order += own.order
        proof = proof.join(own)
    made = decomposition.from_order(graph, [names[v] for v in order])
    bound = LowerBound(kind=proof.kind, value=proof.lower)
    return TreewidthResult(proof.lower, proof.upper, proof.lower == proof.upper, made, bound)


@dataclass(frozen=True)
class _Proof:
    lower: int
    upper: int
    kind: str
    order: tuple[int, ...] = ()

    def join(self, other: "_Proof") -> "_Proof":
        """For the union of two components."""
        lower, kind = (other.lower, other.kind) if other.lower > self.lower else (self.lower, self.kind)
        return _Proof(lower, max(self.upper, other.upper), kind)


def _solve(adjacency: Adjacency, alive: int, deadline: float | None) -> _Proof:
    """One connected component."""
    n = alive.bit_count()
    lower, kind = min(n - 1, 1), "edges"
    bound = bitgraph.minor_min_width(adjacency, alive)
    if bound > lower:
        lower, kind = bound, "minor_min_width"
    reduced = list(adjacency)
    order, rest = _reduce(reduced, alive, lower)
    # a simplicial vertex met after contractions sits in a clique minor, whose size bounds the width from below
    clique = max((width for _, width in order), default=0)
    if clique > lower:
        lower, kind = clique, "clique_minor"
    prefix = [vertex for vertex, _ in order]
    upper, suffix = bitgraph.min_fill_order(reduced, rest)
    upper = max(upper, clique)
    search = _Search(deadline)
    while lower < upper:
        try:
            found = search.order_within(reduced, rest, lower)
        except _OutOfTimeError:
            break
        if found is not None:
            upper, suffix = lower, found
        else:
            lower, kind = lower + 1, "exhausted"
    return _Proof(lower, upper, kind, (*prefix, *suffix))


def _reduce(adjacency: Adjacency, alive: int, lower: int) -> tuple[list[tuple[int, int]], int]:
    """Eliminate, in place, vertices that some best order may start with; `(vertex, degree)` of each and what is left.

    Those are simplicial ones, and almost simplicial ones of degree at most a lower bound on the treewidth.
    """
    order: list[tuple[int, int]] = []
    changed = True
    while changed:
        changed = False
        for vertex in bits(alive):
            degree = adjacency[vertex].bit_count()
            simplicial = bitgraph.is_simplicial(adjacency, vertex)
            if simplicial or (degree <= lower and bitgraph.is_almost_simplicial(adjacency, vertex)):
                lower = max(lower, degree)
                order.append((vertex, degree))
                bitgraph.eliminate(adjacency, vertex)
                alive &= ~(1 << vertex)
                changed = True
    return order, alive


class _Search:
    """Is there an elimination order of at most a given width?"""

    def __init__(self, deadline: float | None) -> None:
        self._deadline = deadline
        self._failed: set[int] = set()

    def order_within(self, adjacency: Adjacency, alive: int, width: int) -> list[int] | None:
        """An order of `alive` that never meets a degree above `width`, or None when there is none."""
        self._failed = set()
        return self._extend(list(adjacency), alive, width)

    def _extend(self, adjacency: Adjacency, alive: int, width: int) -> list[int] | None:
        """`adjacency` is this call's own to change."""
        prefix: list[int] = []
        alive = self._take_safe(adjacency, alive, width, prefix)
        if alive.bit_count() <= width + 1:
            return [*prefix, *bits(alive)]
        if alive in self._failed:
            return None
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise _OutOfTimeError
        if bitgraph.minor_min_width(adjacency, alive) <= width:
            candidates = [v for v in bits(alive) if adjacency[v].bit_count() <= width]
            candidates.sort(key=lambda v: (bitgraph.n_missing(adjacency, v), adjacency[v].bit_count()))
            for vertex in candidates:
                rest = list(adjacency)
                bitgraph.eliminate(rest, vertex)
                found = self._extend(rest, alive & ~(1 << vertex), width)
                if found is not None:
                    return [*prefix, vertex, *found]
        self._failed.add(alive)
        return None

    def _take_safe(self, adjacency: Adjacency, alive: int, width: int, prefix: list[int]) -> int:
        """Eliminate (almost) simplicial vertices of degree at most `width`: if the width suffices, it still does."""
        changed = True
        while changed:
            changed = False
            for vertex in bits(alive):
                if adjacency[vertex].bit_count() <= width and bitgraph.is_almost_simplicial(adjacency, vertex):
                    bitgraph.eliminate(adjacency, vertex)
                    prefix.append(vertex)
                    alive &= ~(1 << vertex)
                    changed = True
        return alive
