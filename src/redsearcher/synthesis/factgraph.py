"""The world as the sampler sees it: entities by number, strictly stated facts as edges, pages behind each fact."""

import random
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np

from redsearcher.core.text import fold
from redsearcher.records.world import Entity, Fact, Strength
from redsearcher.synthesis.columns import Columns, Ints
from redsearcher.world.property import properties
from redsearcher.world.store import World


class Edge(NamedTuple):
    """A stated fact between two entity numbers."""

    subject: int
    property: str
    object: int
    fact: str


class FactGraph:
    """Indexes over a world, made once per process.

    `adjacency[e]` leads from an entity that may be an unknown to its unknown-worthy neighbours and the stated facts
    between the two; `stated_of[e]` holds all stated facts at an entity; both ascending, so that draws are reproducible.
    """

    def __init__(self, world: World, *, hub_cap: int, capped: Collection[str] = ()) -> None:
        self.world_id = world.id
        self.lang = world.info.lang
        self.kind = world.info.kind
        self.capped = frozenset(capped)
        self.entities: list[Entity] = [world.entities[id] for id in sorted(world.entities)]
        self.number: Mapping[str, int] = {entity.id: n for n, entity in enumerate(self.entities)}
        self.type_names: list[str] = sorted({entity.type for entity in self.entities})
        codes = {name: code for code, name in enumerate(self.type_names)}
        self.types: Ints = np.array([codes[entity.type] for entity in self.entities], dtype=np.int64)
        self.members: list[Ints] = [np.flatnonzero(self.types == code) for code in range(len(self.type_names))]
        self.facts: Mapping[str, Fact] = world.facts
        stated = [fact for fact in world.facts.values() if world.is_stated(fact.id)]
        self.known = Columns(world.facts.values(), self.number)
        self.stated = Columns(stated, self.number)
        self.loose: dict[str, frozenset[str]] = {fact.id: world.stating(fact.id, Strength.LOOSE) for fact in stated}
        known_of, stated_of = (Counter(f.property for f in facts) for facts in (world.facts.values(), stated))
        self.share: dict[str, float] = {p: n / known_of[p] for p, n in stated_of.items()}
        self.degree: Ints = self._degrees()
        self.eligible = self.degree <= hub_cap
        self.stated_of: dict[int, list[Edge]] = defaultdict(list)
        self.literals_of: dict[int, list[Fact]] = defaultdict(list)
        self.adjacency: dict[int, dict[int, list[Edge]]] = defaultdict(dict)
        self._index(stated)
        self.seeds: list[int] = sorted(self.adjacency)
        self.names: list[tuple[str, ...]] = [
            tuple(folded for folded in (fold(name) for name in entity.names) if folded) for entity in self.entities
        ]
        self.ambiguous: frozenset[int] = self._namesakes()

    def _degrees(self) -> Ints:
        degree = np.zeros(len(self.entities), dtype=np.int64)
        for fact in self.facts.values():
            degree[self.number[fact.subject]] += 1
            if fact.object is not None:
                degree[self.number[fact.object]] += 1
        return degree

    def _index(self, stated: list[Fact]) -> None:
        table = properties()
        for fact in sorted(stated, key=lambda fact: fact.id):
            known = table.get(fact.property)
            if known is None or not known.sample or fact.qualifiers:
                continue
            subject = self.number[fact.subject]
            if fact.object is None:
                if known.object[0] in ("time", "quantity"):
                    self.literals_of[subject].append(fact)
                continue
            other = self.number[fact.object]
            if subject == other:
                continue
            edge = Edge(subject, fact.property, other, fact.id)
            self.stated_of[subject].append(edge)
            self.stated_of[other].append(edge)
            if self.eligible[subject] and self.eligible[other]:
                self.adjacency[subject].setdefault(other, []).append(edge)
                self.adjacency[other].setdefault(subject, []).append(edge)
        self.adjacency = {e: {o: rows[o] for o in sorted(rows)} for e, rows in self.adjacency.items()}

    def _namesakes(self) -> frozenset[int]:
        """Entities whose label is also a name of another entity of their type."""
        holders: dict[tuple[int, str], set[int]] = defaultdict(set)
        for number, names in enumerate(self.names):
            for name in names:
                holders[int(self.types[number]), name].add(number)
        return frozenset(
            number
            for number, entity in enumerate(self.entities)
            if len(holders[int(self.types[number]), fold(entity.label)]) != 1
        )

    def weight(self, edge: Edge) -> float:
        """How welcome a fact is: by the share of its property's facts that pages state (unstated ones make other
        answers that nobody can read about), capped properties seldom."""
        return self.share[edge.property] * (0.06 if edge.property in self.capped else 1.0)

    def pick(self, edges: list[Edge], rng: random.Random) -> Edge:
        """One of the parallel facts between two entities."""
        return rng.choices(edges, [self.weight(edge) for edge in edges])[0]

    def mentions(self, text: str, entity: int) -> bool:
        """Whether a folded text holds a name of the entity, even inside a word (stricter than a leak)."""
        return any(name in text for name in self.names[entity])
