"""Dense subgraphs of a draft: 4-cliques, triangles and 4-cycles around a node, one fact chosen per joined pair."""

from itertools import combinations
from typing import NamedTuple

from redsearcher.world.fiction.maker import Maker

MAX_DEGREE = 70
"""Nodes with more neighbours are hubs: good as given anchors, useless inside a reasoning graph."""
MAX_NEIGHBOURS = 24

Edge = tuple[int, str, int]


class Motif(NamedTuple):
    """A small subgraph: its nodes, and one fact (subject, property, object) for each joined pair."""

    shape: str
    nodes: tuple[int, ...]
    edges: tuple[Edge, ...]

    def signature(self, m: Maker) -> tuple[str, ...]:
        """Shape, sorted types of the nodes."""
        return (self.shape, *sorted(m.node(n).type for n in self.nodes))


class Neighbourhoods:
    """Facts between pairs of the nodes that were there at first (not their later copies)."""

    def __init__(self, m: Maker) -> None:
        self._m = m
        self._n_nodes = len(m.draft)
        self._known: dict[int, dict[int, list[Edge]]] = {}

    def of(self, number: int) -> dict[int, list[Edge]]:
        """Neighbour -> facts that join it; empty for countries and hubs."""
        if number not in self._known:
            joined: dict[int, list[Edge]] = {}
            if self._m.node(number).type != "country":
                for fact in self._m.draft.neighbours(number):
                    other = fact[2] if fact[0] == number else fact[0]
                    if other < self._n_nodes:
                        joined.setdefault(other, []).append(fact)
            self._known[number] = joined if len(joined) <= MAX_DEGREE else {}
        return self._known[number]

    def edges(self, pairs: list[tuple[int, int]]) -> tuple[Edge, ...]:
        """One fact per pair, chosen at random among those that join it."""
        return tuple(self._m.rng.choice(self.of(one)[other]) for one, other in pairs)


def motifs_at(m: Maker, near: Neighbourhoods, seed: int) -> list[Motif]:
    """Every 4-clique, and a few triangles and 4-cycles, through `seed`."""
    around = [n for n in near.of(seed) if near.of(n)]
    if len(around) > MAX_NEIGHBOURS:
        around = m.rng.sample(around, MAX_NEIGHBOURS)
    found: list[Motif] = []
    triangles = [(one, other) for one, other in combinations(around, 2) if other in near.of(one)]
    links: dict[int, set[int]] = {}
    for one, other in triangles:
        links.setdefault(one, set()).add(other)
    for one, other in triangles:
        thirds = sorted(links[one] & links.get(other, set()))
        found.extend(_motif(near, "clique", (seed, one, other, third)) for third in thirds)
    found.extend(_motif(near, "triangle", (seed, *pair)) for pair in m.rng.sample(triangles, min(6, len(triangles))))
    found.extend(_cycles(m, near, seed, around))
    return found


def _motif(
    near: Neighbourhoods, shape: str, nodes: tuple[int, ...], pairs: list[tuple[int, int]] | None = None
) -> Motif:
    return Motif(shape, nodes, near.edges(pairs or list(combinations(nodes, 2))))


def _cycles(m: Maker, near: Neighbourhoods, seed: int, around: list[int]) -> list[Motif]:
    """A few 4-cycles without chords: two neighbours that share another neighbour."""
    found = []
    for _ in range(8 if len(around) > 1 else 0):
        one, other = m.rng.sample(around, 2)
        if other in near.of(one):
            continue
        far = [n for n in near.of(one) if n != seed and n in near.of(other) and n not in near.of(seed) and near.of(n)]
        if far:
            corner = m.rng.choice(far)
            pairs = [(seed, one), (one, corner), (corner, other), (other, seed)]
            found.append(_motif(near, "cycle", (seed, one, corner, other), pairs))
    return found
