"""Exact treewidth with its proof: safe reductions, safe separators, and each piece closed in on from both sides."""

import time
from typing import NamedTuple

from redsearcher.core.rng import derive
from redsearcher.graph import decomposition
from redsearcher.graph.atom import Atom
from redsearcher.graph.bitgraph import Adjacency, compact, minor_min_width, parts_and_borders
from redsearcher.graph.bitset import bits
from redsearcher.graph.deadline import Clock, Deadline, OutOfTimeError
from redsearcher.graph.elimination import bags_of, perfect_order
from redsearcher.graph.reasoning import Graph
from redsearcher.graph.reduce import reduce
from redsearcher.graph.separator import cut, first_safe
from redsearcher.graph.triangulate import minimal_triangulation
from redsearcher.records.task import Decomposition, LowerBound

MMW_UP_TO = 1500
"""Larger graphs get no contraction bound before they are reduced and cut."""


class TreewidthResult(NamedTuple):
    """`lower <= treewidth <= upper`, equal iff exact; the decomposition has width `upper` and was checked."""

    lower: int
    upper: int
    exact: bool
    decomposition: Decomposition
    lower_bound: LowerBound


def treewidth(graph: Graph, *, time_limit_s: float | None = None, clock: Clock = time.monotonic) -> TreewidthResult:
    """Treewidth with a decomposition that attains it and the argument for the lower bound.

    With a time limit, by the given clock, the result may be a pair of bounds, `exact=False`; without one it is always
    exact and depends on the graph alone. A graph without vertices has treewidth -1. `lower_bound.kind` says why it
    cannot be lower: `edges` (it has one, or a vertex), `minor_min_width` (a minor of that least degree),
    `clique_minor`, or `exhausted` (every order of smaller width was refuted, of the graph or of a minor of it).
    """
    names = sorted(graph)
    number = {name: i for i, name in enumerate(names)}
    adjacency = [sum(1 << number[other] for other in graph[name] if other != name) for name in names]
    solver = _Solver(adjacency, Deadline(time_limit_s, clock))
    solver.run()
    made = decomposition.from_order(graph, [names[v] for v in solver.order()])
    decomposition.check(made, graph)
    lower, upper = solver.lower, made.width
    return TreewidthResult(lower, upper, lower == upper, made, LowerBound(kind=solver.kind, value=lower))


class _Piece(NamedTuple):
    """A connected graph on its own numbers, and the number of each vertex in the whole."""

    adjacency: Adjacency
    names: list[int]


class _Solver:
    """Cuts the graph into atoms, then refines the atoms in rounds, the widest first, until none can be wider than what
    is proved of some other."""

    def __init__(self, adjacency: Adjacency, deadline: Deadline) -> None:
        self.lower, self.kind = -1, "edges"
        self._adjacency = adjacency
        self._deadline = deadline
        self._bags: list[int] = []
        self._atoms: list[tuple[Atom, list[int]]] = []

    def run(self) -> None:
        everything = (1 << len(self._adjacency)) - 1
        if not everything:
            return
        self._raise(1 if any(self._adjacency) else 0, "edges")
        pieces: list[_Piece] = []
        try:
            if len(self._adjacency) <= MMW_UP_TO:
                self._raise(minor_min_width(self._adjacency, everything), "minor_min_width")
            pieces = self._reduced(_Piece(self._adjacency, list(range(len(self._adjacency)))))
            while pieces:
                self._deadline.check()
                parts = self._cut(pieces[-1])
                pieces.pop()
                pieces += parts
        except OutOfTimeError:
            for piece in pieces:
                self._keep(piece)
            return
        self._refine()

    def order(self) -> list[int]:
        """An elimination order that puts the decompositions of all pieces together."""
        bags = list(self._bags)
        for atom, names in self._atoms:
            bags += [_renamed(bag, names) for bag in bags_of(atom.adjacency, atom.upper.order)]
        filled = [0] * len(self._adjacency)
        for bag in bags:
            for vertex in bits(bag):
                filled[vertex] |= bag
        filled = [around & ~(1 << vertex) for vertex, around in enumerate(filled)]
        return perfect_order(filled, (1 << len(filled)) - 1)[0]

    def _raise(self, lower: int, kind: str) -> None:
        if lower > self.lower:
            self.lower, self.kind = lower, kind

    def _keep(self, piece: _Piece) -> Atom:
        atom = Atom(piece.adjacency, self.lower, self._deadline)
        self._atoms.append((atom, piece.names))
        return atom

    def _reduced(self, piece: _Piece) -> list[_Piece]:
        """The components that are left of a piece after reductions."""
        reduced = reduce(piece.adjacency, (1 << len(piece.names)) - 1, self.lower)
        self._bags += [_renamed(bag, piece.names) for bag in reduced.bags]
        self._raise(reduced.lower, "clique_minor")
        found = []
        for part, _ in parts_and_borders(reduced.graph, reduced.alive):
            inner, old = compact(reduced.graph, part)
            found.append(_Piece(inner, [piece.names[v] for v in old]))
        return found

    def _cut(self, piece: _Piece) -> list[_Piece]:
        """The parts of a piece at a safe separator, reduced; none, once the piece has become an atom."""
        if len(piece.names) <= self.lower + 1:
            self._bags.append(_renamed((1 << len(piece.names)) - 1, piece.names))
            return []
        atom = Atom(piece.adjacency, self.lower, self._deadline)
        if atom.upper.width > self.lower:
            _, separators = minimal_triangulation(piece.adjacency, atom.upper.order, self._deadline.check)
            separator = first_safe(piece.adjacency, separators, self._deadline.check)
            if separator is not None:
                found = []
                for inner, old in cut(piece.adjacency, separator):
                    found += self._reduced(_Piece(inner, [piece.names[v] for v in old]))
                return found
        self._atoms.append((atom, piece.names))
        return []

    def _refine(self) -> None:
        n_rounds = 0
        while True:
            self._atoms.sort(key=lambda pair: -pair[0].upper.width)
            if not self._atoms or self._atoms[0][0].upper.width <= self.lower:
                return
            for i, (atom, _) in enumerate(self._atoms):
                if atom.upper.width <= self.lower:
                    continue
                try:
                    atom.refine(self.lower, derive(0, "treewidth", n_rounds, i))
                except OutOfTimeError:
                    self._note(atom)
                    return
                self._note(atom)
            n_rounds += 1

    def _note(self, atom: Atom) -> None:
        self._raise(atom.lower, "exhausted" if atom.exhausted else "minor_min_width")


def _renamed(among: int, names: list[int]) -> int:
    renamed = 0
    for vertex in bits(among):
        renamed |= 1 << names[vertex]
    return renamed
