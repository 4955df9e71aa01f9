"""What editors work with, and what one of them is."""

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from random import Random
from typing import NamedTuple, Protocol

from redsearcher.core.text import fold
from redsearcher.records.query import Operand, Query, ToolAtom, ToolExpression
from redsearcher.records.world import Entity, Fact
from redsearcher.world.store import World
from redsearcher.world.tooling import ToolKnowledge


class Bench:
    """A world, and what editors keep asking of it."""

    def __init__(self, world: World) -> None:
        self.world = world

    @property
    def knowledge(self) -> ToolKnowledge:
        return self.world.knowledge

    def entity(self, id: str) -> Entity:
        return self.world.entities[id]

    def is_plain(self, id: str) -> bool:
        """Whether the entity's label means nobody else, so that a question may name it."""
        return self._bearers[fold(self.entity(id).label)] == 1

    def number(self, subject: str, property: str) -> tuple[str, float] | None:
        """The fact that gives a subject's number for a property, and the number; None unless there is exactly one and a
        page states it strictly."""
        found = self._numbers.get((subject, property), [])
        return found[0] if len(found) == 1 and self.world.is_stated(found[0][0]) else None

    def having(self, type: str, property: str) -> tuple[str, ...]:
        """Entities of a type with exactly one stated number for a property, sorted, with a label of their own."""
        key = (type, property)
        if key not in self._having:
            members = self.world.known.members(type)
            self._having[key] = tuple(e for e in members if self.number(e, property) and self.is_plain(e))
        return self._having[key]

    def links(self, entity: str) -> list[Fact]:
        """Facts that tie an entity to another, in stored order."""
        return self._links.get(entity, [])

    @cached_property
    def _links(self) -> dict[str, list[Fact]]:
        rows: dict[str, list[Fact]] = {}
        for fact in self.world.facts.values():
            if fact.object is not None:
                rows.setdefault(fact.subject, []).append(fact)
                rows.setdefault(fact.object, []).append(fact)
        return rows

    @cached_property
    def _having(self) -> dict[tuple[str, str], tuple[str, ...]]:
        return {}

    @cached_property
    def _bearers(self) -> Counter[str]:
        return Counter(fold(name) for entity in self.world.entities.values() for name in set(entity.names))

    @cached_property
    def _numbers(self) -> dict[tuple[str, str], list[tuple[str, float]]]:
        rows: dict[tuple[str, str], list[tuple[str, float]]] = {}
        for fact in self.world.facts.values():
            if fact.value is not None and fact.value.datatype in ("time", "quantity"):
                rows.setdefault((fact.subject, fact.property), []).append((fact.id, fact.value.number))
        return rows


class Proposal(NamedTuple):
    """A changed query, still to be proved. Proposals of one `group` say the same, each more exactly than the last: the
    first that holds is the vaguest."""

    query: Query
    group: int


class Editor(Protocol):
    """Replaces something that a question says by what only tools can tell."""

    @property
    def name(self) -> str:
        """The editor's name in reports."""
        ...

    @property
    def tools(self) -> tuple[str, ...]:
        """The tools that a solver then needs."""
        ...

    def proposals(self, bench: Bench, query: Query, rng: Random) -> Iterator[Proposal]:
        """Changed queries in the order in which to try them."""
        ...


Span = tuple[float | None, float | None]


def operand(variable: str, property: str | None = None) -> Operand:
    """An input of a tool."""
    return Operand(variable=variable, property=property)


def atom(id: str, call: ToolExpression, span: Span, *facts: str) -> ToolAtom:
    """A tool atom."""
    return ToolAtom(id=id, call=call, low=span[0], high=span[1], facts=tuple(dict.fromkeys(facts)))
