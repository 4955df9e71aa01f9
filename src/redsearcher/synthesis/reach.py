"""Facts as rows of neighbours, read out of the columns when first asked for: what small joins run on."""

from collections import defaultdict
from collections.abc import Collection

from redsearcher.synthesis.columns import Columns
from redsearcher.synthesis.factgraph import FactGraph
from redsearcher.world.facts import FactTable

SET_FROM = 16
"""Rows of so many entities or more are searched as sets."""


class Reach:
    """Who is joined to whom, by entity number. Only rows that were asked for take memory."""

    def __init__(self, graph: FactGraph, columns: Columns, source: FactTable) -> None:
        self.source = source
        self._ids = graph.entities
        self._columns = columns
        self._rows: dict[tuple[str, bool], dict[int, tuple[int, ...]]] = defaultdict(dict)
        self._sets: dict[tuple[str, bool, int], frozenset[int]] = {}
        self._numbers: dict[str, dict[int, tuple[float, ...]]] = defaultdict(dict)

    def row(self, entity: int, property: str, outward: bool) -> tuple[int, ...]:
        """Entities that the property leads to (`outward`) or comes from, ascending."""
        rows = self._rows[property, outward]
        found = rows.get(entity)
        if found is None:
            found = rows[entity] = tuple(self._columns.neighbours(entity, property, outward).tolist())
        return found

    def ends(self, entity: int, property: str, outward: bool) -> Collection[int]:
        """The same for membership tests."""
        row = self.row(entity, property, outward)
        if len(row) < SET_FROM:
            return row
        key = (property, outward, entity)
        found = self._sets.get(key)
        if found is None:
            found = self._sets[key] = frozenset(row)
        return found

    def holds(self, subject: int, property: str, object: int) -> bool:
        """Whether it is a fact."""
        return object in self.ends(subject, property, True)

    def numbers(self, entity: int, property: str) -> tuple[float, ...]:
        """Values of a literal property."""
        rows = self._numbers[property]
        found = rows.get(entity)
        if found is None:
            found = rows[entity] = self.source.numbers(property).get(self._ids[entity].id, ())
        return found
