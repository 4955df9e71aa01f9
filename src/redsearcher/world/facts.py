"""An in-memory set of facts that obeys the graph layer's FactSource protocol."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from redsearcher.graph.tool import Tools
from redsearcher.records.world import Fact


class FactTable:
    """Facts indexed by property and end. `types` maps every entity id to its type, `tools` is what tool atoms call."""

    def __init__(self, facts: Iterable[Fact], types: Mapping[str, str], tools: Tools | None = None) -> None:
        self.tools: Tools = tools or {}
        forward: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        backward: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        numbers: dict[str, dict[str, set[float]]] = defaultdict(lambda: defaultdict(set))
        for fact in facts:
            if fact.object is not None:
                forward[fact.property][fact.subject].add(fact.object)
                backward[fact.property][fact.object].add(fact.subject)
            elif fact.value is not None and fact.value.datatype in ("time", "quantity"):
                numbers[fact.property][fact.subject].add(fact.value.number)
        self._forward = {p: {k: tuple(sorted(v)) for k, v in rows.items()} for p, rows in forward.items()}
        self._backward = {p: {k: tuple(sorted(v)) for k, v in rows.items()} for p, rows in backward.items()}
        self._numbers = {p: {k: tuple(sorted(v)) for k, v in rows.items()} for p, rows in numbers.items()}
        self._types = types
        members: dict[str, list[str]] = defaultdict(list)
        for entity, type_ in types.items():
            members[type_].append(entity)
        self._members = {type_: tuple(sorted(entities)) for type_, entities in members.items()}

    def forward(self, property: str) -> Mapping[str, tuple[str, ...]]:
        return self._forward.get(property, {})

    def backward(self, property: str) -> Mapping[str, tuple[str, ...]]:
        return self._backward.get(property, {})

    def numbers(self, property: str) -> Mapping[str, tuple[float, ...]]:
        return self._numbers.get(property, {})

    def members(self, type: str) -> tuple[str, ...]:
        return self._members.get(type, ())

    def type_of(self, entity: str) -> str:
        return self._types[entity]
