"""Backtracking join over a plan: candidates of the most constrained unknown first, dead ends remembered.

What the rest of a query can still do depends only on the values that touch it (neighbours, and same-type unknowns for
injectivity). Outcomes are stored under those values, so that no sub-query is searched twice, and unknowns that nothing
connects any more are searched apart.
"""

from bisect import bisect_left
from collections.abc import Iterator

from redsearcher.errors import BudgetError
from redsearcher.graph.bitset import bits
from redsearcher.graph.bond import Check, Compare
from redsearcher.graph.plan import Plan, is_less

Witness = tuple[tuple[int, int], ...]
Key = tuple[int | None, ...]
Undo = list[tuple[int, tuple[tuple[int, ...], ...]]]


class Search:
    """One evaluation. `budget` bounds the candidates tried; past it BudgetError is raised.

    Only the unknowns in the mask `scope`, and the constraints among them and the givens, take part.
    """

    def __init__(self, plan: Plan, budget: int, scope: int | None = None) -> None:
        self._plan, self._budget, self._left = plan, budget, budget
        self._scope = plan.everything if scope is None else scope
        self._values: list[int | None] = [None] * len(plan.names)
        self._options = [tuple(rows[given] for rows, given in anchors) for anchors in plan.anchors]
        self._witnesses: dict[Key, Witness | None] = {}
        self._counts: dict[Key, int] = {}
        self._visited: set[Key] = set()

    @property
    def n_tried(self) -> int:
        """Candidates tried so far."""
        return self._budget - self._left

    def answers(self, limit: int | None) -> set[int]:
        """Distinct values of the answer over all solutions; stops once there are `limit`."""
        found: set[int] = set()
        if not self._plan.refuted and limit != 0:
            self._collect(self._plan.everything, found, limit)
        return found

    def example(self, entity: int) -> Witness | None:
        """Some solution in which the answer is `entity`, or None."""
        plan = self._plan
        undo = None if plan.refuted or not plan.accepts(plan.answer, entity) else self._bind(plan.answer, entity)
        if undo is None:
            return None
        rest = self.witness(plan.everything & ~(1 << plan.answer))
        self._unbind(plan.answer, undo)
        return None if rest is None else ((plan.answer, entity), *rest)

    def solutions(self, among: int) -> Iterator[Witness]:
        """Every way to bind the unknowns of `among`, each binding in the order it was made."""
        if self._plan.refuted or self.witness(among) is None:
            return
        if not among:
            yield ()
            return
        v = self._choose(among)
        rest = among & ~(1 << v)
        for entity in self._candidates(v):
            undo = self._bind(v, entity)
            if undo is not None:
                for others in self.solutions(rest):
                    yield ((v, entity), *others)
                self._unbind(v, undo)

    def count(self, among: int, limit: int) -> int:
        """min(number of ways to bind the unknowns of `among`, limit)."""
        if self._plan.refuted:
            return 0
        if not among:
            return 1
        key = self._key(among)
        if key not in self._counts:
            self._counts[key] = self._count(among, limit)
        return self._counts[key]

    def witness(self, among: int) -> Witness | None:
        """Some way to bind the unknowns of `among` given what is bound, or None."""
        if not among:
            return ()
        key = self._key(among)
        if key not in self._witnesses:
            self._witnesses[key] = self._find(among)
        return self._witnesses[key]

    def _collect(self, among: int, found: set[int], limit: int | None) -> None:
        """Add the answers reachable from here. The answer is unbound and in `among`."""
        key = self._key(among)
        if key in self._visited:
            return
        self._visited.add(key)
        plan = self._plan
        parts = plan.parts(among)
        own = next(part for part in parts if part >> plan.answer & 1)
        if len(parts) > 1:
            if self.witness(among & ~own) is None:
                return  # jointly: parts of one type may exclude each other though each has a solution
            if not any(plan.peers[v] & among & ~own for v in bits(own)):
                among = own  # the rest has a solution and cannot clash with this part
        v = self._choose(own, prefer=plan.answer)
        rest = among & ~(1 << v)
        for entity in self._candidates(v):
            if v == plan.answer and entity in found:
                continue
            undo = self._bind(v, entity)
            if undo is None:
                continue
            if v != plan.answer:
                self._collect(rest, found, limit)
            elif self.witness(rest) is not None:
                found.add(entity)
            self._unbind(v, undo)
            if limit is not None and len(found) >= limit:
                return

    def _find(self, among: int) -> Witness | None:
        parts = self._plan.parts(among)
        if len(parts) > 1:
            joined: dict[int, int] = {}
            for part in parts:
                some = self.witness(part)
                if some is None:
                    return None
                joined.update(some)
            if not self._clash(joined):
                return tuple(sorted(joined.items()))
        v = self._choose(among)
        rest = among & ~(1 << v)
        for entity in self._candidates(v):
            undo = self._bind(v, entity)
            if undo is not None:
                others = self.witness(rest)
                self._unbind(v, undo)
                if others is not None:
                    return ((v, entity), *others)
        return None

    def _clash(self, joined: dict[int, int]) -> bool:
        return any(joined.get(peer) == entity for v, entity in joined.items() for peer in bits(self._plan.peers[v]))

    def _count(self, among: int, limit: int) -> int:
        groups = self._plan.groups(among)
        if len(groups) > 1:
            product = 1
            for group in groups:
                product = min(product * self.count(group, limit), limit)
            return product
        v = self._choose(among)
        rest = among & ~(1 << v)
        total = 0
        for entity in self._candidates(v):
            if not rest:
                total += 1
            else:
                undo = self._bind(v, entity)
                if undo is not None:
                    total += self.count(rest, limit)
                    self._unbind(v, undo)
            if total >= limit:
                return limit
        return total

    def _key(self, among: int) -> Key:
        values = self._values
        return (among, *[values[v] for v in self._plan.context(among)])

    def _choose(self, among: int, prefer: int = -1) -> int:
        """The unknown with the fewest candidates by its shortest option list; the preferred one counts as a quarter."""
        best, fewest = -1, 0
        for v in bits(among):
            options = self._options[v]
            size = min(map(len, options)) if options else 4 * self._plan.listing(v, self._scope).size + 4
            if v == prefer:
                size //= 4
            if best < 0 or size < fewest:
                best, fewest = v, size
        return best

    def _candidates(self, v: int) -> Iterator[int]:
        """Values of v that meet every constraint whose other ends are bound."""
        plan, values = self._plan, self._values
        lists = sorted(self._options[v], key=len)
        base = lists[0] if lists else plan.listing(v, self._scope).entities()
        others = lists[1:]
        taken = [values[u] for u in bits(plan.peers[v]) if values[u] is not None]
        compares = [c for c in plan.compares[v] if values[c[0]] is not None]
        checks = [c for c in plan.checks[v] if all(values[u] is not None for u in bits(c[0]))] if plan.checks[v] else []
        for entity in base:
            self._left -= 1
            if self._left < 0:
                raise BudgetError(f"more than {self._budget} candidates tried while evaluating a query")
            if entity in taken or (others and not _in_all(others, entity)):
                continue
            if not plan.accepts(v, entity) or (compares and not self._compares_hold(entity, compares)):
                continue
            if not checks or self._checks_hold(v, entity, checks):
                yield entity

    def _compares_hold(self, entity: int, compares: list[Compare]) -> bool:
        for other, own, theirs, is_left in compares:
            value = self._values[other]
            assert value is not None
            if not (is_less(own[entity], theirs[value]) if is_left else is_less(theirs[value], own[entity])):
                return False
        return True

    def _checks_hold(self, v: int, entity: int, checks: list[Check]) -> bool:
        known = {u: value for u, value in enumerate(self._values) if value is not None} | {v: entity}
        return all(check.fits(known) for check in checks)

    def _bind(self, v: int, entity: int) -> Undo | None:
        """Bind v and narrow what is tied to it; None (and nothing changed) if that leaves some unknown no option."""
        values, options = self._values, self._options
        values[v] = entity
        undo: Undo = []
        for other, rows, _, _ in self._plan.ties[v]:
            if values[other] is None and self._scope >> other & 1:
                found = rows[entity]
                if not found:
                    self._unbind(v, undo)
                    return None
                undo.append((other, options[other]))
                options[other] = (*options[other], found)
        return undo

    def _unbind(self, v: int, undo: Undo) -> None:
        self._values[v] = None
        for other, options in reversed(undo):
            self._options[other] = options


def _in_all(lists: list[tuple[int, ...]], entity: int) -> bool:
    """Whether every one of some sorted tuples holds the entity."""
    for options in lists:
        if len(options) < 8:
            if entity not in options:
                return False
        else:
            at = bisect_left(options, entity)
            if at == len(options) or options[at] != entity:
                return False
    return True
