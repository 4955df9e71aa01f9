"""The intended solution of a query, proved from the facts that its constraints name."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property

from redsearcher.errors import DataError
from redsearcher.graph.extension import Extension, extension
from redsearcher.graph.sqltool import ToolTest
from redsearcher.records.aggregate import Aggregate, aggregates, is_aggregate
from redsearcher.records.query import Constraint, FactAtom, LiteralAtom, Operand, Query, ToolAtom
from redsearcher.records.world import Fact


class Intended:
    """Looks at the facts that constraints name. `stated` tells of a fact's id whether a page states it strictly.

    `complete` are the properties that aggregates may go through; None: all.
    """

    def __init__(
        self,
        facts: Mapping[str, Fact],
        stated: Collection[str],
        types: Mapping[str, str],
        tools: Mapping[str, Callable[..., tuple[float, ...]]],
        complete: Collection[str] | None = None,
    ) -> None:
        self._facts, self._stated, self._types, self._tools, self._complete = facts, stated, types, tools, complete

    def problems(self, query: Query) -> Iterator[str]:
        """Why the named facts do not make the query true of the intended solution."""
        values = {v.name: v.entity or "" for v in query.variables}
        if not all(values.values()):
            yield "a variable has no entity, so there is no intended solution"
            return
        unknown = [v.entity for v in query.unknowns]
        if len(set(unknown)) < len(unknown):
            yield "two unknowns are the same entity in the intended solution"
        for v in query.unknowns:
            if self._types.get(v.entity or "") != v.type:
                yield f"the intended value of {v.name} is no {v.type}"
        for c in query.constraints:
            facts = [self._facts[fact] for fact in c.facts if fact in self._facts]
            if len(facts) < len(c.facts) or not (facts or isinstance(c, ToolAtom)):
                yield f"constraint {c.id} names a fact that is not in the world, or none"
            elif isinstance(c, ToolAtom):
                yield from self._tool_problems(c, facts, values)
            elif not _supports(facts, c, values):
                yield f"the facts of constraint {c.id} do not make it true of the intended solution"
            elif isinstance(c, FactAtom) and not self._is_stated(c, values):
                yield f"no page states constraint {c.id} of the intended solution"

    def _is_stated(self, atom: FactAtom, values: Mapping[str, str]) -> bool:
        """Whether a page says it, from the subject to the object."""
        facts = self._facts_at(values[atom.subject], atom.property, True)
        return any(f.object == values[atom.object] and f.id in self._stated and _meets(f, atom) for f in facts)

    def _tool_problems(self, atom: ToolAtom, facts: list[Fact], values: Mapping[str, str]) -> Iterator[str]:
        """Whether the tool, fed with the intended entities and with the named facts only, says a number in range; and
        whether all that its aggregates are made up of is named."""
        try:
            parts = [self._extension(aggregate, values) for _, aggregate in aggregates(atom)]
        except DataError as error:
            yield f"constraint {atom.id}: {error}"
            return
        if self._complete is not None:
            for property_ in sorted({p for _, aggregate in aggregates(atom) for p in aggregate.properties}):
                if property_ not in self._complete:
                    yield f"constraint {atom.id} aggregates {property_}, which is not declared complete"
        links = {link: facts for part in parts for link, facts in part.links.items()}
        numbers = {fact for part in parts for fact in part.numbers}
        named, linking = set(atom.facts), {fact for facts in links.values() for fact in facts}
        strays = [f for f in facts if f.object is not None and f.id not in linking]
        if strays or not numbers <= named or not all(named & facts for facts in links.values()):
            yield f"the facts of {atom.id} are not all that its aggregates are made up of, and no others"
        read = {
            (values[o.variable], o.property)
            for call in atom.call.calls
            if not is_aggregate(call)
            for o in call.operands
            if isinstance(o, Operand) and o.property is not None
        }
        amounts = [part.amount for part in parts]
        own = [f for f in facts if f.object is None and ((f.subject, f.property) in read or f.id not in numbers)]
        if {(f.subject, f.property) for f in own} != read or not self._says(atom, own, amounts, values):
            yield f"what the tool says from the facts of {atom.id} is not in its range"

    def _says(self, atom: ToolAtom, facts: list[Fact], amounts: list[int | None], values: Mapping[str, str]) -> bool:
        entities = [values[name] for name in atom.variables]
        numbers: dict[tuple[str, int], list[float]] = {}
        for fact in facts:
            if fact.value is not None and fact.subject in entities:
                key = (fact.property, entities.index(fact.subject))
                numbers.setdefault(key, []).append(fact.value.number)
        inputs = [*(entities.index(entity) for entity in entities), *amounts]
        return bool(ToolTest(atom, entities, numbers, self._tools)(*inputs))

    def _extension(self, aggregate: Aggregate, values: Mapping[str, str]) -> Extension:
        members = [entity for entity, type_ in self._types.items() if type_ == aggregate.type]
        return extension(aggregate, values, self._facts_at, members)

    def _facts_at(self, entity: str, property_: str, is_subject: bool) -> list[Fact]:
        return (self._from if is_subject else self._into).get((entity, property_), [])

    @cached_property
    def _from(self) -> dict[tuple[str, str], list[Fact]]:
        found: dict[tuple[str, str], list[Fact]] = defaultdict(list)
        for fact in self._facts.values():
            found[fact.subject, fact.property].append(fact)
        return found

    @cached_property
    def _into(self) -> dict[tuple[str, str], list[Fact]]:
        found: dict[tuple[str, str], list[Fact]] = defaultdict(list)
        for fact in self._facts.values():
            if fact.object is not None:
                found[fact.object, fact.property].append(fact)
        return found


def _supports(facts: list[Fact], constraint: Constraint, values: Mapping[str, str]) -> bool:
    """Whether the facts are about the constraint's ends, and one of them (or a pair, to compare) makes it true."""
    ends = {values[name] for name in constraint.variables}
    if any(fact.subject not in ends or (fact.object is not None and fact.object not in ends) for fact in facts):
        return False
    if isinstance(constraint, FactAtom):
        subject, object_ = values[constraint.subject], values[constraint.object]
        links = {(f.subject, f.object) for f in facts if f.property == constraint.property and _meets(f, constraint)}
        return bool(links & {(subject, object_), (object_, subject)})  # a symmetric fact is stored both ways round
    if isinstance(constraint, LiteralAtom):
        low = float("-inf") if constraint.low is None else constraint.low
        high = float("inf") if constraint.high is None else constraint.high
        return any(low <= n <= high for n in _numbers(facts, values[constraint.subject], constraint.property))
    if isinstance(constraint, ToolAtom):
        return False
    lefts = _numbers(facts, values[constraint.left], constraint.left_property)
    rights = _numbers(facts, values[constraint.right], constraint.right_property)
    return any(a < b for a in lefts for b in rights)


def _meets(fact: Fact, atom: FactAtom) -> bool:
    """Whether a fact's qualifiers lie in the ranges of an atom."""
    return all(
        any(
            (asked.low is None or q.value.number >= asked.low) and (asked.high is None or q.value.number <= asked.high)
            for q in fact.qualifiers
            if q.property == asked.property and q.value is not None and q.value.datatype in ("time", "quantity")
        )
        for asked in atom.qualifiers
    )


def _numbers(facts: list[Fact], subject: str, property_: str) -> list[float]:
    own = [fact.value for fact in facts if fact.subject == subject and fact.property == property_ and fact.value]
    return [value.number for value in own if value.datatype in ("time", "quantity")]
