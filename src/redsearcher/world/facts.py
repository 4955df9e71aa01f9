"""An in-memory set of facts that obeys the graph layer's FactSource protocol."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

import numpy as np

from redsearcher.graph.relation import Numbers, Relation, Rows
from redsearcher.graph.tool import Tools
from redsearcher.records.query import QualifierRange
from redsearcher.records.world import Fact
from redsearcher.world.qualified import Qualified

T = TypeVar("T")
N = TypeVar("N")


class FactTable:
    """Facts indexed by property and end. `types` maps every entity id to its type, `tools` is what tool atoms call.

    Inside, entities are numbers: those of one type in a row, in the order of their ids.
    """

    def __init__(self, facts: Iterable[Fact], types: Mapping[str, str], tools: Tools | None = None) -> None:
        self.tools: Tools = tools or {}
        self.names: list[str] = sorted(types, key=lambda entity: (types[entity], entity))
        self._numbers = {entity: number for number, entity in enumerate(self.names)}
        self._blocks: dict[str, range] = {}
        for type_, count in sorted(Counter(types.values()).items()):
            start = sum(map(len, self._blocks.values()))
            self._blocks[type_] = range(start, start + count)
        pairs: dict[str, tuple[array[int], array[int]]] = defaultdict(lambda: (array("i"), array("i")))
        values: dict[str, tuple[array[int], array[float]]] = defaultdict(lambda: (array("i"), array("d")))
        self._qualified: dict[str, Qualified] = defaultdict(Qualified)
        for fact in facts:
            if fact.object is not None:
                subjects, objects = pairs[fact.property]
                subject, object_ = self._enter(fact.subject), self._enter(fact.object)
                subjects.append(subject)
                objects.append(object_)
                if fact.qualifiers:
                    self._qualified[fact.property].add(subject, object_, fact.qualifiers)
            elif fact.value is not None and fact.value.datatype in ("time", "quantity"):
                subjects, numbers = values[fact.property]
                subjects.append(self._enter(fact.subject))
                numbers.append(fact.value.number)
        self._relations = {p: Relation(np.array(s), np.array(o)) for p, (s, o) in pairs.items()}
        self._literals = {p: Numbers.of_pairs(np.array(s), np.array(v)) for p, (s, v) in values.items()}
        self._no_relation = Relation(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32))
        self._no_literal = Numbers.of_pairs(np.zeros(0, dtype=np.int32), np.zeros(0))

    def _enter(self, entity: str) -> int:
        number = self._numbers.get(entity)
        if number is None:
            number = self._numbers[entity] = len(self.names)
            self.names.append(entity)
        return number

    def number(self, entity: str) -> int:
        return self._numbers.get(entity, -1)

    def block(self, type: str) -> range:
        return self._blocks.get(type, range(0))

    def relation(self, property: str, qualifiers: tuple[QualifierRange, ...] = ()) -> Relation:
        if qualifiers:
            return self._qualified[property].relation(qualifiers)
        return self._relations.get(property, self._no_relation)

    def literal(self, property: str) -> Numbers:
        return self._literals.get(property, self._no_literal)

    def forward(self, property: str) -> Mapping[str, tuple[str, ...]]:
        """Subject -> objects (entity ids, sorted) of a property."""
        return _Named(self, self.relation(property).out, self._said)

    def backward(self, property: str) -> Mapping[str, tuple[str, ...]]:
        """Object -> subjects of a property."""
        return _Named(self, self.relation(property).into, self._said)

    def numbers(self, property: str) -> Mapping[str, tuple[float, ...]]:
        """Subject -> values (`Value.number`, ascending) of a literal property."""
        return _Named(self, self.literal(property), tuple)

    def members(self, type: str) -> tuple[str, ...]:
        """Entities of a type, sorted."""
        block = self.block(type)
        return tuple(self.names[block.start : block.stop])

    def _said(self, row: tuple[int, ...]) -> tuple[str, ...]:
        return tuple(sorted(self.names[entity] for entity in row))


class _Named(Mapping[str, tuple[T, ...]], Generic[N, T]):
    """Rows by entity id; only entities that have one are keys."""

    def __init__(self, table: FactTable, rows: Rows[N], say: Callable[[tuple[N, ...]], tuple[T, ...]]) -> None:
        self._table, self._rows, self._say = table, rows, say

    def __getitem__(self, entity: str) -> tuple[T, ...]:
        row: tuple[N, ...] = self._rows[self._table.number(entity)]
        if not row:
            raise KeyError(entity)
        said: tuple[T, ...] = self._say(row)
        return said

    def __iter__(self) -> Iterator[str]:
        return iter([self._table.names[entity] for entity in self._rows.entities.tolist()])

    def __len__(self) -> int:
        return len(self._rows.entities)
