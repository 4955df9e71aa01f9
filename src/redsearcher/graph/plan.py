"""A query made ready for one fact source: what each unknown is tied to, by number instead of by name."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from math import inf

from redsearcher.errors import DataError
from redsearcher.graph.source import FactSource
from redsearcher.graph.tool import holds, tools_of
from redsearcher.records.query import CompareAtom, FactAtom, LiteralAtom, Query, ToolAtom

Rows = Mapping[str, tuple[str, ...]]
Numbers = Mapping[str, tuple[float, ...]]
Compare = tuple[int, Numbers, Numbers, bool]
Check = tuple[int, Callable[[Mapping[int, str]], bool]]


class Plan:
    """Unknowns are numbered as in `query.unknowns`; sets of them are bit masks. Givens become anchors and tests.

    `ties[v]` holds `(other, rows)`: once v is bound to e, the other must lie in `rows[e]`. `anchors[v]` are candidate
    tuples that depend on no unknown. `compares[v]` holds `(other, own numbers, other's numbers, own is left)`.
    `checks[v]` holds `(others, test)` of tool atoms: a test of all their values, once those of the mask are bound too.
    `peers[v]` are the other unknowns of v's type, `adjacent[v]` those that share a constraint with v. `refuted` tells
    that a constraint among givens fails. Raises DataError for a given without an entity.
    """

    def __init__(self, query: Query, source: FactSource) -> None:
        unknowns = query.unknowns
        self.names = tuple(variable.name for variable in unknowns)
        self.types = tuple(variable.type for variable in unknowns)
        self.number = {name: v for v, name in enumerate(self.names)}
        self.answer = self.number[query.answer.name]
        self.everything = (1 << len(unknowns)) - 1
        self.refuted = False
        self.ties: list[list[tuple[int, Rows]]] = [[] for _ in unknowns]
        self.anchors: list[tuple[tuple[str, ...], ...]] = [() for _ in unknowns]
        self.compares: list[list[Compare]] = [[] for _ in unknowns]
        self.checks: list[list[Check]] = [[] for _ in unknowns]
        self.adjacent = [0] * len(unknowns)
        self.peers = [
            mask(u for u, t in enumerate(self.types) if t == own and u != v) for v, own in enumerate(self.types)
        ]
        self._source = source
        self._tests: list[list[Callable[[str], bool]]] = [[] for _ in unknowns]
        self._domains: list[list[tuple[int, Mapping[str, object]]]] = [[] for _ in unknowns]
        self._accepted: list[dict[str, bool]] = [{} for _ in unknowns]
        self._given: dict[str, str] = {}
        for variable in query.givens:
            if variable.entity is None:
                raise DataError(f"given {variable.name} has no entity, so the query cannot be evaluated")
            self._given[variable.name] = variable.entity
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

    def accepts(self, v: int, entity: str) -> bool:
        """Whether the entity has v's type and meets the constraints that tie v to no other unknown."""
        known = self._accepted[v].get(entity)
        if known is None:
            known = self._accepted[v][entity] = self._judge(v, entity)
        return known

    def domain(self, v: int, scope: int) -> Sequence[str] | Mapping[str, object]:
        """The smallest listed superset of v's values by its constraints inside `scope`; iterate to get entities."""
        smallest: Sequence[str] | Mapping[str, object] = self._source.members(self.types[v])
        for others, keys in self._domains[v]:
            if not others & ~scope and len(keys) < len(smallest):
                smallest = keys
        return smallest

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

    def _judge(self, v: int, entity: str) -> bool:
        try:
            if self._source.type_of(entity) != self.types[v]:
                return False
        except KeyError:  # an entity that nobody typed is of no type
            return False
        return all(test(entity) for test in self._tests[v])

    def _add_fact(self, atom: FactAtom) -> None:
        forward, backward = self._source.forward(atom.property), self._source.backward(atom.property)
        subject, object_ = self.number.get(atom.subject), self.number.get(atom.object)
        if subject is not None and object_ is not None:
            if subject == object_:
                self._tests[subject].append(lambda entity: entity in forward.get(entity, ()))
            else:
                self.ties[subject].append((object_, forward))
                self.ties[object_].append((subject, backward))
            self._join(subject, object_, forward, backward)
        elif subject is not None:
            self.anchors[subject] += (backward.get(self._given[atom.object], ()),)
        elif object_ is not None:
            self.anchors[object_] += (forward.get(self._given[atom.subject], ()),)
        elif self._given[atom.object] not in forward.get(self._given[atom.subject], ()):
            self.refuted = True

    def _add_literal(self, atom: LiteralAtom) -> None:
        numbers = self._source.numbers(atom.property)
        low = -inf if atom.low is None else atom.low
        high = inf if atom.high is None else atom.high

        def lies_within(entity: str) -> bool:
            return any(low <= number <= high for number in numbers.get(entity, ()))

        v = self.number.get(atom.subject)
        if v is not None:
            self._tests[v].append(lies_within)
            self._domains[v].append((0, numbers))
        elif not lies_within(self._given[atom.subject]):
            self.refuted = True

    def _add_compare(self, atom: CompareAtom) -> None:
        lefts, rights = self._source.numbers(atom.left_property), self._source.numbers(atom.right_property)
        left, right = self.number.get(atom.left), self.number.get(atom.right)
        if left is not None and right is not None:
            if left == right:
                self._tests[left].append(lambda entity: is_less(lefts.get(entity, ()), rights.get(entity, ())))
            else:
                self.compares[left].append((right, lefts, rights, True))
                self.compares[right].append((left, rights, lefts, False))
            self._join(left, right, lefts, rights)
        elif left is not None:
            fixed = rights.get(self._given[atom.right], ())
            self._tests[left].append(lambda entity: is_less(lefts.get(entity, ()), fixed))
            self._domains[left].append((0, lefts))
        elif right is not None:
            fixed = lefts.get(self._given[atom.left], ())
            self._tests[right].append(lambda entity: is_less(fixed, rights.get(entity, ())))
            self._domains[right].append((0, rights))
        elif not is_less(lefts.get(self._given[atom.left], ()), rights.get(self._given[atom.right], ())):
            self.refuted = True

    def _add_tool(self, atom: ToolAtom) -> None:
        source, tools = self._source, tools_of(self._source)
        given = {name: self._given[name] for name in atom.variables if name in self._given}
        names = {self.number[name]: name for name in atom.variables if name in self.number}

        seen: dict[tuple[str, ...], bool] = {}

        def fits(values: Mapping[int, str]) -> bool:
            key = tuple([values[v] for v in names])
            if key not in seen:
                bound = {name: values[v] for v, name in names.items()}
                seen[key] = holds(atom, given | bound, source, tools)
            return seen[key]

        if not names:
            self.refuted = self.refuted or not fits({})
        elif len(names) == 1:
            (v,) = names
            self._tests[v].append(lambda entity: fits({v: entity}))
        else:
            everyone = mask(names)
            for v in names:
                self.checks[v].append((everyone & ~(1 << v), fits))
                self.adjacent[v] |= everyone & ~(1 << v)

    def _join(self, a: int, b: int, keys_a: Mapping[str, object], keys_b: Mapping[str, object]) -> None:
        """Note that a constraint ties a (a key of `keys_a`) to b (a key of `keys_b`)."""
        self.adjacent[a] |= 1 << b
        self.adjacent[b] |= 1 << a
        self._domains[a].append((1 << b, keys_a))
        self._domains[b].append((1 << a, keys_b))


def is_less(left: tuple[float, ...], right: tuple[float, ...]) -> bool:
    """Whether some number on the left is smaller than some number on the right."""
    return bool(left) and bool(right) and min(left) < max(right)


def mask(numbers: Iterable[int]) -> int:
    """The set of those numbers as bits."""
    found = 0
    for number in numbers:
        found |= 1 << number
    return found


def bits(among: int) -> Iterable[int]:
    """The numbers in a bit set, ascending."""
    while among:
        lowest = among & -among
        yield lowest.bit_length() - 1
        among ^= lowest
