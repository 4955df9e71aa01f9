"""A world being made: numbered nodes and a fact index that refuses what cannot be true."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from redsearcher.records.world import Value
from redsearcher.world.fiction.chronology import fits
from redsearcher.world.property import properties


@dataclass(slots=True)
class Node:
    """An entity and what its makers need to know of it. `country`, `city` and `home` are node numbers, -1 for none.

    `year` is the year of birth, foundation, publication or play; `end` the year of death (None: alive).
    """

    type: str
    label: str
    aliases: tuple[str, ...] = ()
    kind: str = ""
    sound: int = 0
    country: int = -1
    city: int = -1
    year: int = 0
    end: int | None = None
    sex: str = ""
    given: str = ""
    surname: str = ""
    topic: int = -1
    spot: tuple[float, float] = (0.0, 0.0)
    weight: float = 1.0


@dataclass(slots=True)
class Draft:
    """Nodes by number, facts by property and both ends, literals by node."""

    nodes: list[Node] = field(default_factory=list)
    out: list[dict[str, list[int]]] = field(default_factory=list)
    into: list[dict[str, list[int]]] = field(default_factory=list)
    values: list[dict[str, Value]] = field(default_factory=list)
    groups: dict[tuple[str, int, str], list[int]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.nodes)

    def add(self, node: Node) -> int:
        """Append a node; its number is returned."""
        number = len(self.nodes)
        self.nodes.append(node)
        self.out.append({})
        self.into.append({})
        self.values.append({})
        country = number if node.type == "country" else node.country
        for key in (
            (node.type, -1, ""),
            (node.type, country, ""),
            (node.type, -1, node.kind),
            (node.type, country, node.kind),
        ):
            members = self.groups.setdefault(key, [])
            if not members or members[-1] != number:
                members.append(number)
        return number

    def members(self, type_: str, country: int = -1, kind: str = "") -> list[int]:
        """Nodes of a type, in order of making; -1 and "" stand for any."""
        return self.groups.get((type_, country, kind), [])

    def get(self, subject: int, property_: str) -> list[int]:
        """Objects of a fact, in order of making."""
        return self.out[subject].get(property_, [])

    def one(self, subject: int, property_: str) -> int:
        """The first object of a fact, -1 when there is none."""
        found = self.out[subject].get(property_)
        return found[0] if found else -1

    def subjects(self, object_: int, property_: str) -> list[int]:
        return self.into[object_].get(property_, [])

    def link(self, subject: int, property_: str, object_: int) -> bool:
        """Add a fact (both directions of a symmetric one). False, and nothing added, when it is there already, breaks a
        functional property, or cannot be true by chronology."""
        if not self.can_link(subject, property_, object_):
            return False
        self._store(subject, property_, object_)
        if properties()[property_].symmetric:
            self._store(object_, property_, subject)
        return True

    def can_link(self, subject: int, property_: str, object_: int) -> bool:
        """Whether `link` would add the fact."""
        if subject < 0 or object_ < 0 or subject == object_:
            return False
        row = properties()[property_]
        held = self.get(subject, property_)
        if object_ in held or (row.functional and held):
            return False
        if row.functional and row.symmetric and self.get(object_, property_):
            return False
        return fits(self.nodes[subject], property_, self.nodes[object_])

    def _store(self, subject: int, property_: str, object_: int) -> None:
        self.out[subject].setdefault(property_, []).append(object_)
        self.into[object_].setdefault(property_, []).append(subject)

    def neighbours(self, number: int) -> Iterator[tuple[int, str, int]]:
        """Facts at a node as (subject, property, object); of a symmetric fact the outgoing direction only."""
        for property_, objects in self.out[number].items():
            for object_ in objects:
                yield number, property_, object_
        for property_, subjects in self.into[number].items():
            if not properties()[property_].symmetric:
                for subject in subjects:
                    yield subject, property_, number
