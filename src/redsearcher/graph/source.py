"""How the graph layer sees facts: four mappings, whatever stores them."""

from collections.abc import Mapping
from typing import Protocol


class FactSource(Protocol):
    """A set of facts. Mappings are read-only; object tuples are sorted and distinct; absent keys mean no fact."""

    def forward(self, property: str) -> Mapping[str, tuple[str, ...]]:
        """Subject -> objects (entity ids) of a property."""
        ...

    def backward(self, property: str) -> Mapping[str, tuple[str, ...]]:
        """Object -> subjects of a property."""
        ...

    def numbers(self, property: str) -> Mapping[str, tuple[float, ...]]:
        """Subject -> values (`Value.number`) of a literal property."""
        ...

    def members(self, type: str) -> tuple[str, ...]:
        """Entities of a type, sorted; an entity has exactly one type."""
        ...

    def type_of(self, entity: str) -> str:
        """The type of an entity. Raises KeyError."""
        ...
