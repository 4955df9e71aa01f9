"""Exact treewidth: safe reductions (Bodlaender, Koster and van den Eijkhof 2005), a contraction lower bound, a min-fill
upper bound, and where these differ a search that asks for one width after another whether it suffices.
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
    """Is the treewidth at most a given width?

    A connected set C of vertices is good if C and its neighbours N(C) have a decomposition that narrow with a bag that
    holds N(C). It is iff for some v in C all components D of C - v are good and have at most `width` neighbours
    (Arnborg, Corneil and Proskurowski 1987). As every clique lies in some bag, the search starts from one.
    """

    def __init__(self, deadline: float | None) -> None:
        self._deadline = deadline
        self._adjacency: Adjacency = []
        self._width = 0
        self._orders: dict[int, list[int] | None] = {}

    def order_within(self, adjacency: Adjacency, alive: int, width: int) -> list[int] | None:
        """An elimination order of `alive` that never meets a degree above `width`, or None when there is none."""
        self._adjacency, self._width, self._orders = adjacency, width, {}
        if alive.bit_count() <= width + 1:
            return list(bits(alive))
        clique = _clique(adjacency, alive)
        if clique.bit_count() > width + 1:
            return None
        order = self._order_of_parts(alive & ~clique)
        return None if order is None else [*order, *bits(clique)]

    def _order_of_parts(self, among: int) -> list[int] | None:
        """Orders of all components, one after the other."""
        order: list[int] = []
        around = [(part, self._neighbours(part).bit_count()) for part in self._parts(among)]
        if any(n_neighbours > self._width for _, n_neighbours in around):
            return None
        for part, n_neighbours in sorted(around, key=lambda pair: pair[0].bit_count()):
            if part.bit_count() + n_neighbours <= self._width + 1:
                order += bits(part)
                continue
            own = self._order(part)
            if own is None:
                return None
            order += own
        return order

    def _order(self, part: int) -> list[int] | None:
        if part not in self._orders:
            if self._deadline is not None and time.monotonic() > self._deadline:
                raise _OutOfTimeError
            self._orders[part] = None
            border = self._neighbours(part)
            # vertices tied to much of the border first: they close off more of it
            for vertex in sorted(bits(part), key=lambda v: -(self._adjacency[v] & border).bit_count()):
                rest = self._order_of_parts(part & ~(1 << vertex))
                if rest is not None:
                    self._orders[part] = [*rest, vertex]
                    break
        return self._orders[part]

    def _parts(self, among: int) -> list[int]:
        found = []
        while among:
            part = frontier = among & -among
            while frontier:
                lowest = frontier & -frontier
                reached = self._adjacency[lowest.bit_length() - 1] & among & ~part
                part |= reached
                frontier = (frontier ^ lowest) | reached
            found.append(part)
            among &= ~part
        return found

    def _neighbours(self, part: int) -> int:
        around = 0
        for vertex in bits(part):
            around |= self._adjacency[vertex]
        return around & ~part


def _clique(adjacency: Adjacency, alive: int) -> int:
    """A clique, grown greedily from each vertex in turn; the largest found."""
    best = 0
    for start in bits(alive):
        clique, common = 1 << start, adjacency[start]
        while common:
            vertex = max(bits(common), key=lambda v: (adjacency[v] & common).bit_count())
            clique |= 1 << vertex
            common &= adjacency[vertex]
        if clique.bit_count() > best.bit_count():
            best = clique
    return best
