"""How the graph layer sees facts: entities by number, relations and numbers by property, whatever stores them."""

from collections.abc import Sequence
from typing import Protocol

from redsearcher.graph.relation import Numbers, Relation
from redsearcher.records.query import QualifierRange


class FactSource(Protocol):
    """A set of facts over entities numbered from 0: those of one type in a row, in the order of their ids."""

    @property
    def names(self) -> Sequence[str]:
        """Entity ids by number."""
        ...

    def number(self, entity: str) -> int:
        """The number of an entity; -1 for one that no fact and no type knows."""
        ...

    def block(self, type: str) -> range:
        """The entities of a type; each has at most one."""
        ...

    def relation(self, property: str, qualifiers: tuple[QualifierRange, ...] = ()) -> Relation:
        """Subjects and objects of a property, by those facts alone that meet all ranges."""
        ...

    def literal(self, property: str) -> Numbers:
        """Subjects and values (`Value.number`) of a literal property."""
        ...
