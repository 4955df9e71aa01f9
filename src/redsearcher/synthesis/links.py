"""What ties entities of one type together, and what marks some of them out, as 0/1 matrices over that type.

A link is a fact between two of them, or a neighbour that both share by the same property ("plays the same instrument
as"). A mark is a fact with a given, or a range of a literal. One world has a few dozen links and a few hundred marks.
"""

import math
from collections import Counter, defaultdict
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from redsearcher.synthesis.anchor import Anchor, GivenAnchor, RangeAnchor, ranges
from redsearcher.synthesis.columns import Bools, Columns, Ints
from redsearcher.synthesis.factgraph import FactGraph

Matrix = NDArray[np.float32]
MIN_STATED = 12
"""Links by fewer stated facts are passed over."""


class Link(NamedTuple):
    """Two entities share an object of type `latent` by `property`; or, with `latent` None, the one leads to the other.

    `via` narrows the shared object down: a property and the given it leads to.
    """

    property: str
    latent: int | None
    via: tuple[str, int] | None = None

    def n_edges(self) -> int:
        """How many facts it takes."""
        return 1 if self.latent is None else 2


class Mark(NamedTuple):
    """What is said of one entity: `given` at the other end of `property` (it is the object), or a range."""

    property: str
    given: int | None
    low: float = 0.0
    high: float = 0.0

    def fits(self, anchor: Anchor, variable: int) -> bool:
        """Whether an anchor of that variable says the same."""
        if isinstance(anchor, GivenAnchor):
            found = (anchor.edge.property, anchor.given) == (self.property, self.given) and anchor.outward
        elif isinstance(anchor, RangeAnchor):
            found = self.given is None and (anchor.property, anchor.low) == (self.property, self.low)
            found = found and anchor.high == self.high
        else:
            return False
        return found and anchor.variable == variable


class Crowd:
    """The entities of the type that most unknown-worthy ones have, with their links and marks."""

    def __init__(self, graph: FactGraph) -> None:
        self.graph = graph
        counts = Counter(int(graph.types[seed]) for seed in graph.seeds)
        self.type = min(counts, key=lambda code: (-counts[code], code))
        self.members: Ints = graph.members[self.type]
        self._place: Ints = np.full(len(graph.types), -1, dtype=np.int64)
        self._place[self.members] = np.arange(len(self.members))
        self.incidence = cache(self._incidence)
        self.shared = cache(self._shared)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """All links that enough stated facts carry."""
        return tuple(sorted(self._carried, key=lambda link: (link.property, link.latent or -1)))

    @cached_property
    def _carried(self) -> dict[Link, int]:
        """Links and how many stated facts carry each."""
        carried: Counter[Link] = Counter()
        for node in self.members.tolist():
            for edge in self.graph.stated_of.get(node, ()):
                if edge.subject == node and self.graph.eligible[edge.object]:
                    code = int(self.graph.types[edge.object])
                    carried[Link(edge.property, None if code == self.type else code)] += 1
        return {link: n for link, n in carried.items() if n >= MIN_STATED}

    @cached_property
    def vias(self) -> dict[int, tuple[tuple[str, int], ...]]:
        """By type of a shared object: the facts with a given that stated facts allow to say of one."""
        found: dict[int, set[tuple[str, int]]] = defaultdict(set)
        latents = {link.latent for link in self.links}
        for node, edges in sorted(self.graph.stated_of.items()):
            code = int(self.graph.types[node])
            if code in latents:
                for edge in edges:
                    fine = edge.subject == node and int(self.graph.types[edge.object]) != self.type
                    if fine and edge.property not in self.graph.capped:
                        found[code].add((edge.property, edge.object))
        return {code: tuple(sorted(rows)) for code, rows in found.items()}

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """Everything that stated facts say of a member and that all facts known say of two at least."""
        found: set[Mark] = set()
        for node in self.members.tolist():
            for edge in self.graph.stated_of.get(node, ()):
                if edge.subject == node and edge.object not in self.graph.ambiguous:
                    found.add(Mark(edge.property, edge.object))
            for fact in self.graph.literals_of.get(node, ()):
                found |= {Mark(fact.property, None, low, high) for low, high in ranges(fact)}
        ordered = sorted(found, key=lambda m: (m.property, -1 if m.given is None else m.given, m.low, m.high))
        return tuple(mark for mark in ordered if np.count_nonzero(self.bearers(self.graph.known, mark)) > 1)

    def bearers(self, facts: Columns, mark: Mark) -> Bools:
        """Which members bear a mark."""
        if mark.given is None:
            return np.asarray(facts.in_range(mark.property, mark.low, mark.high)[self.members])
        return np.asarray(facts.mask(facts.neighbours(mark.given, mark.property, False))[self.members])

    @cached_property
    def borne(self) -> dict[bool, Matrix]:
        """Marks by members, on all facts known (True) and on stated ones (False)."""
        sources = {True: self.graph.known, False: self.graph.stated}
        return {
            whole: np.array([self.bearers(facts, mark) for mark in self.marks], dtype=np.float32)
            for whole, facts in sources.items()
        }

    @cached_property
    def joint(self) -> Bools:
        """Which two marks, by different properties, some member bears both on stated facts."""
        properties = np.array([mark.property for mark in self.marks])
        apart: Bools = properties[:, None] != properties[None, :]
        return product(self.borne[False], self.borne[False].T) & apart

    def welcome(self, link: Link) -> float:
        """How welcome a link is: by the share of its property's facts that pages state, and by how many these are."""
        return self.graph.share[link.property] * math.sqrt(self._carried[link])

    def _incidence(self, link: Link, known: bool) -> Matrix:
        """Members by the objects they may share (or by members, for a direct link)."""
        facts = self.graph.known if known else self.graph.stated
        code = self.type if link.latent is None else link.latent
        objects = self.graph.members[code]
        place = np.full(len(self.graph.types), -1, dtype=np.int64)
        place[objects] = np.arange(len(objects))
        rows, reached = facts.expand(self.members, link.property, True)
        fits = place[reached] >= 0
        found = np.zeros((len(self.members), len(objects)), dtype=np.float32)
        found[rows[fits], place[reached[fits]]] = 1
        if link.via is not None:
            found[:, ~facts.mask(facts.neighbours(link.via[1], link.via[0], False))[objects]] = 0
        return found

    def _shared(self, link: Link, known: bool) -> Bools:
        """Members by members: whether the link holds between them."""
        found = self.incidence(link, known)
        return np.asarray(found > 0) if link.latent is None else product(found, found.T)

    def weakened(self, link: Link) -> list[Bools]:
        """The link on stated facts less each of its constraints in turn."""
        n = len(self.members)
        if link.latent is None:
            return [np.ones((n, n), dtype=np.bool_)]
        has = np.asarray(self.incidence(link, False).any(axis=1))
        found = [np.broadcast_to(has[None, :], (n, n)), np.broadcast_to(has[:, None], (n, n))]
        return found if link.via is None else [*found, self.shared(link._replace(via=None), False)]


def product(first: Matrix, second: Matrix) -> Bools:
    """Boolean product of two 0/1 matrices."""
    return np.asarray(first @ second > 0)
