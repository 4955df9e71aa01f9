"""A query made ready for one fact source: what each unknown is tied to, by number instead of by name."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from math import inf, nextafter
from typing import TypeVar

from redsearcher.errors import DataError
from redsearcher.graph.aggregate import as_span, as_test
from redsearcher.graph.bitset import bits, mask
from redsearcher.graph.bond import Check, Compare, Listing, Span, Tie
from redsearcher.graph.relation import Rows
from redsearcher.graph.source import FactSource
from redsearcher.graph.tool import holds, tools_of
from redsearcher.records.query import CompareAtom, FactAtom, LiteralAtom, Query, ToolAtom

T = TypeVar("T")
U = TypeVar("U")


class Plan:
    """Unknowns are numbered as in `query.unknowns`; sets of them are bit masks. Givens become anchors and spans.

    `blocks[v]` are the entities of v's type, `anchors[v]` rows that hold all values v may take, `spans[v]` ranges for
    its numbers, `ties`, `compares` and `checks` what binds it to other unknowns. `peers[v]` are the other unknowns
    of v's type, `adjacent[v]` those that share a constraint with v. `refuted`: a constraint among givens fails.
    Raises DataError for a given without an entity.
    """

    def __init__(self, query: Query, source: FactSource) -> None:
        unknowns = query.unknowns
        self.names = tuple(variable.name for variable in unknowns)
        self.number = {name: v for v, name in enumerate(self.names)}
        self.answer = self.number[query.answer.name]
        self.everything = (1 << len(unknowns)) - 1
        self.refuted = False
        self.blocks = [source.block(variable.type) for variable in unknowns]
        self.anchors: list[list[tuple[Rows[int], int]]] = [[] for _ in unknowns]
        self.spans: list[list[Span]] = [[] for _ in unknowns]
        self.ties: list[list[Tie]] = [[] for _ in unknowns]
        self.compares: list[list[Compare]] = [[] for _ in unknowns]
        self.checks: list[list[Check]] = [[] for _ in unknowns]
        self.tests: list[list[Callable[[int], bool]]] = [[] for _ in unknowns]
        self.adjacent = [0] * len(unknowns)
        types = [variable.type for variable in unknowns]
        self.peers = [mask(u for u, t in enumerate(types) if t == own and u != v) for v, own in enumerate(types)]
        self.source = source
        self._listings = [[Listing(0, len(block), partial(range, block.start, block.stop))] for block in self.blocks]
        self._accepted: list[dict[int, bool]] = [{} for _ in unknowns]
        self._given: dict[str, int] = {}
        for variable in query.givens:
            if variable.entity is None:
                raise DataError(f"given {variable.name} has no entity, so the query cannot be evaluated")
            self._given[variable.name] = source.number(variable.entity)
        self._entities = {variable.name: variable.entity or "" for variable in query.givens}
        for constraint in query.constraints:
            if isinstance(constraint, FactAtom):
                self._add_fact(constraint)
            elif isinstance(constraint, LiteralAtom):
                self._add_literal(constraint)
            elif isinstance(constraint, ToolAtom):
                self._add_tool(constraint)
            else:
                self._add_compare(constraint)
        self.parts = cache(self._parts)
        self.groups = cache(self._groups)
        self.context = cache(self._context)

    def accepts(self, v: int, entity: int) -> bool:
        """Whether the entity has v's type and meets the constraints that tie v to no other unknown."""
        known = self._accepted[v].get(entity)
        if known is None:
            known = self._accepted[v][entity] = self._judge(v, entity)
        return known

    def listing(self, v: int, scope: int) -> Listing:
        """The smallest superset of v's values that its constraints inside `scope` list."""
        return min(
            (listing for listing in self._listings[v] if not listing.others & ~scope), key=lambda listing: listing.size
        )

    def _parts(self, among: int) -> tuple[int, ...]:
        """Connected components of some unknowns (constraints between them are the edges), as masks."""
        found = []
        while among:
            part = frontier = among & -among
            while frontier:
                reached = 0
                for v in bits(frontier):
                    reached |= self.adjacent[v]
                frontier = reached & among & ~part
                part |= frontier
            found.append(part)
            among &= ~part
        return tuple(found)

    def _groups(self, among: int) -> tuple[int, ...]:
        """Parts joined where they share a type: their solutions combine freely, so that their numbers multiply."""
        groups: list[int] = []
        for part in self.parts(among):
            peers = part
            for v in bits(part):
                peers |= self.peers[v]
            clashing = [group for group in groups if group & peers]
            groups = [group for group in groups if not group & peers] + [part | sum(clashing)]
        return tuple(groups)

    def _context(self, among: int) -> tuple[int, ...]:
        """The other unknowns on whose values the solutions for `among` depend: neighbours, and peers (injectivity)."""
        near = 0
        for v in bits(among):
            near |= self.adjacent[v] | self.peers[v]
        return tuple(bits(near & ~among))

    def _judge(self, v: int, entity: int) -> bool:
        return (
            entity in self.blocks[v]
            and all(any(low <= number <= high for number in numbers[entity]) for numbers, low, high in self.spans[v])
            and all(test(entity) for test in self.tests[v])
        )

    def _add_fact(self, atom: FactAtom) -> None:
        relation = self.source.relation(atom.property, atom.qualifiers)
        subject, object_ = self.number.get(atom.subject), self.number.get(atom.object)
        if subject is not None and object_ is not None:
            if subject == object_:
                self.tests[subject].append(lambda entity: entity in relation.out[entity])
                self._list(subject, 0, relation.out)
            else:
                self.ties[subject].append(Tie(object_, relation.out, relation, True))
                self.ties[object_].append(Tie(subject, relation.into, relation, False))
                self._join(subject, object_)
                self._list(subject, 1 << object_, relation.out)
                self._list(object_, 1 << subject, relation.into)
        elif subject is not None:
            self.anchors[subject].append((relation.into, self._given[atom.object]))
        elif object_ is not None:
            self.anchors[object_].append((relation.out, self._given[atom.subject]))
        elif self._given[atom.object] not in relation.out[self._given[atom.subject]]:
            self.refuted = True

    def _add_literal(self, atom: LiteralAtom) -> None:
        low = -inf if atom.low is None else atom.low
        high = inf if atom.high is None else atom.high
        self._span(atom.subject, Span(self.source.literal(atom.property), low, high))

    def _add_compare(self, atom: CompareAtom) -> None:
        lefts, rights = self.source.literal(atom.left_property), self.source.literal(atom.right_property)
        left, right = self.number.get(atom.left), self.number.get(atom.right)
        if left is None:
            lowest = min(lefts[self._given[atom.left]], default=inf)
            self._span(atom.right, Span(rights, nextafter(lowest, inf), inf))
        elif right is None:
            highest = max(rights[self._given[atom.right]], default=-inf)
            self._span(atom.left, Span(lefts, -inf, nextafter(highest, -inf)))
        elif left == right:
            self.tests[left].append(lambda entity: is_less(lefts[entity], rights[entity]))
            self._list(left, 0, lefts)
        else:
            self.compares[left].append(Compare(right, lefts, rights, True))
            self.compares[right].append(Compare(left, rights, lefts, False))
            self._join(left, right)
            self._list(left, 1 << right, lefts)
            self._list(right, 1 << left, rights)

    def _add_tool(self, atom: ToolAtom) -> None:
        source, tools = self.source, tools_of(self.source)
        given = {name: entity for name, entity in self._entities.items() if name in atom.variables}
        names = {self.number[name]: name for name in atom.variables if name in self.number}
        if len(names) == 1 and not given:
            (v,) = names
            span = as_span(atom, source, self.blocks[v])
            if span is not None:
                self._span(names[v], span)
                return
        seen: dict[tuple[int, ...], bool] = {}

        def fits(values: Mapping[int, int]) -> bool:
            key = tuple([values[v] for v in names])
            if key not in seen:
                bound = {name: source.names[values[v]] for v, name in names.items()}
                seen[key] = holds(atom, given | bound, source, tools)
            return seen[key]

        if not names:
            self.refuted = self.refuted or not fits({})
        elif len(names) == 1:
            (v,) = names
            self.tests[v].append(lambda entity: fits({v: entity}))
        else:
            everyone = mask(names)
            test = as_test(atom, source) if len(names) == len(atom.variables) else None
            columns = None if test is None else partial(_renamed, test, names)
            for v in names:
                self.checks[v].append(Check(everyone & ~(1 << v), fits, columns))
                self.adjacent[v] |= everyone & ~(1 << v)

    def _span(self, name: str, span: Span) -> None:
        v = self.number.get(name)
        if v is not None:
            self.spans[v].append(span)
            self._listings[v].append(Listing(0, span.n_numbers, cache(span.entities)))
        elif not any(span.low <= number <= span.high for number in span.numbers[self._given[name]]):
            self.refuted = True

    def _list(self, v: int, others: int, rows: Rows[int] | Rows[float]) -> None:
        self._listings[v].append(Listing(others, len(rows.entities), rows.entities.tolist))

    def _join(self, a: int, b: int) -> None:
        self.adjacent[a] |= 1 << b
        self.adjacent[b] |= 1 << a


def _renamed(test: Callable[[Mapping[str, T]], U], names: Mapping[int, str], bound: Mapping[int, T]) -> U:
    """A test by name of what is bound by number."""
    return test({name: bound[v] for v, name in names.items()})


def is_less(left: tuple[float, ...], right: tuple[float, ...]) -> bool:
    """Whether some number on the left is smaller than some number on the right."""
    return bool(left) and bool(right) and min(left) < max(right)
