"""All answers of a query at once: a table of partial solutions that grows by one unknown at a time, in whole columns.

For queries with so many partial solutions that `Search` would go through them one by one for too long. An unknown that
nothing unbound depends on any more leaves the table, which so stays as narrow as the query is: this is variable
elimination, in an order chosen by the numbers met on the way. Unknowns of one type must differ, so one that still has m
unbound peers is not forgotten; but of the rows that differ in it alone any m + 1 are as good as all.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from redsearcher.errors import BudgetError
from redsearcher.graph.bitset import bits, mask
from redsearcher.graph.bond import Tie
from redsearcher.graph.domain import Domains, flags
from redsearcher.graph.plan import Plan
from redsearcher.graph.relation import Column, Rows
from redsearcher.graph.table import Table

FEW = 4
"""A table of so many rows is not worth compacting."""
MANY = 20_000
"""Before a table is to grow by so many rows, domains are narrowed, which costs about as much as handling these."""
UNSEEN = 0.1
"""What a row costs that is made and thrown away at once, in rows kept."""
TRIED = 10_000
"""Solutions of a part of its own that are looked through for ones without a common value."""
BY_HAND = 10
"""Rows of columns that take about the time of one that a tool judges."""


class Step(NamedTuple):
    """Bind `v`; by the rows of `tie`, from an unknown that is bound, or (None) by its domain."""

    v: int
    tie: Tie | None
    n_rows: int


class Join:
    """One evaluation. `max_rows` bounds the rows of any table; past it BudgetError is raised."""

    def __init__(self, plan: Plan, max_rows: int, *, few: int = FEW, many: int = MANY) -> None:
        self._plan, self._max_rows, self._few, self._many = plan, max_rows, few, many
        self._domains = Domains(plan)

    def answers(self) -> list[int]:
        """Distinct values of the answer over all solutions, ascending."""
        plan = self._plan
        left, table = plan.everything, Table(0 if plan.refuted else 1, {})
        for part in sorted(plan.parts(left), key=lambda part: part >> plan.answer & 1):  # the answer's own comes last
            left &= ~part
            if part >> plan.answer & 1:
                table = self._grown(table, part, left)
            else:
                others = left | mask(table.columns)
                found = self._grown(Table(1, {}), part, others)
                if not self._is_free(found, others):
                    self._check(table.n_rows * found.n_rows)
                    table = self._distinct(table.times(found), found)
            if not table.n_rows:
                return []
        answers: list[int] = self._values(plan.answer, table).tolist()
        return answers

    def _grown(self, table: Table, among: int, later: int) -> Table:
        """The table with the unknowns of `among` bound, too; those of `later` come after them."""
        while among and table.n_rows:
            step = self._next(table, among)
            if step.n_rows > self._many and not self._domains.narrowed:
                self._domains.narrow()
                for v in table.columns:
                    table = table.where(self._domains.hold(v, table.columns[v]))
                continue
            among &= ~(1 << step.v)
            table = self._compacted(self._bound(table, step, among | later), among | later)
        return table

    def _next(self, table: Table, among: int) -> Step:
        """What by estimate makes and leaves the fewest rows."""
        best, cheapest = None, np.inf
        for v in bits(among):
            size = table.n_rows * max(len(self._plan.blocks[v]), 1)
            ties = [tie for tie in self._plan.ties[v] if tie.other in table.columns]
            fan_outs = [tie.back.fan_out(table.columns[tie.other]) for tie in ties]
            if not ties:
                continue
            survivors = size * self._domains.share(v)
            for n_rows in fan_outs:
                survivors *= n_rows / size
            n_rows = min(fan_outs)
            if survivors + UNSEEN * n_rows < cheapest:
                best, cheapest = Step(v, ties[fan_outs.index(n_rows)], n_rows), survivors + UNSEEN * n_rows
        if best is None:
            v = min(bits(among), key=lambda v: len(self._domains[v]))
            best = Step(v, None, table.n_rows * len(self._domains[v]))
        return best

    def _bound(self, table: Table, step: Step, left: int) -> Table:
        """Every row with every value of an unknown that fits it, or with as many as are as good as all for `left`."""
        v = step.v
        if step.tie is None:
            domain = self._best_of(v, left | mask(table.columns))
            self._check(table.n_rows * len(domain))
            return self._filtered(table.times(Table(len(domain), {v: domain})), step)
        rows, column = step.tie.back, table.columns[step.tie.other]
        enough = self._enough(table, step, left)
        if enough and step.n_rows > self._many:
            rows = self._thinned(rows, self._values(step.tie.other, table), v, enough)
        self._check(rows.fan_out(column))
        places, ends = rows.reach(column)
        kept = np.flatnonzero(self._domains.hold(v, ends))
        bound = table.at(places[kept])
        bound.columns[v] = ends[kept]
        return self._filtered(bound, step)

    def _enough(self, table: Table, step: Step, left: int) -> int:
        """How many values per row are as good as all, where only this tie and peers bind the unknown; 0: all matter."""
        plan, v = self._plan, step.v
        tied = any(tie.other in table.columns and tie is not step.tie for tie in plan.ties[v])
        if tied or v == plan.answer or plan.adjacent[v] & left or plan.compares[v] or plan.checks[v] or plan.tests[v]:
            return 0
        return (plan.peers[v] & (left | mask(table.columns))).bit_count() + 1

    def _thinned(self, rows: Rows[int], entities: Column, v: int, n: int) -> Rows[int]:
        """The rows of some entities with no more than the first n values of v in each."""
        places, ends = rows.reach(entities)
        kept = np.flatnonzero(self._domains.hold(v, ends))
        places, ends = places[kept], ends[kept]
        starts = np.searchsorted(places, np.arange(len(entities)))
        kept = np.flatnonzero(np.arange(len(places)) - starts[places] < n)
        return Rows.of(entities[places[kept]], ends[kept])

    def _filtered(self, table: Table, step: Step) -> Table:
        """The rows in which the unknown fits what else is bound; what is dear to find out comes last."""
        plan, v = self._plan, step.v
        for tie in plan.ties[v]:
            if tie.other in table.columns and tie is not step.tie:
                table = table.where(tie.holds(table.columns[v], table.columns[tie.other]))
        table = self._distinct(table, Table(table.n_rows, {v: table.columns[v]}))
        for compare in plan.compares[v]:
            if compare.other in table.columns:
                table = table.where(compare.holds(table.columns[v], table.columns[compare.other]))
        if plan.tests[v]:
            values = self._values(v, table)
            self._check(BY_HAND * len(values))
            accepted = np.array([plan.accepts(v, entity) for entity in values.tolist()], dtype=np.bool_)
            table = table.where(flags(values[accepted], plan.blocks[v])[table.columns[v] - plan.blocks[v].start])
        for check in plan.checks[v]:
            if not all(u in table.columns for u in bits(check.others)):
                continue
            if check.columns is not None:
                table = table.where(check.columns(table.columns))
            else:
                self._check(BY_HAND * table.n_rows)
                together = (v, *bits(check.others))
                rows = zip(*(table.columns[u].tolist() for u in together), strict=True)
                fits = [check.fits(dict(zip(together, row, strict=True))) for row in rows]
                table = table.where(np.array(fits, dtype=np.bool_))
        return table

    def _distinct(self, table: Table, new: Table) -> Table:
        """The rows in which the unknowns of `new`, whose columns it holds too, differ from their peers."""
        for v in new.columns:
            for peer in bits(self._plan.peers[v]):
                if peer in table.columns:
                    table = table.where(table.columns[v] != table.columns[peer])
        return table

    def _compacted(self, table: Table, left: int) -> Table:
        """The table without what does not matter for binding the unknowns of `left`."""
        plan = self._plan
        done = [v for v in table.columns if v != plan.answer and not (plan.adjacent[v] | plan.peers[v]) & left]
        if len(done) == len(table.columns):
            return Table(min(table.n_rows, 1), {})
        for v in done:
            table = table.without(v)
        if done and table.n_rows > self._few:
            table = table.first(plan.blocks)
        for v in table.columns:
            if v != plan.answer and table.n_rows > self._few:
                worth = self._worth(v, table.columns[v], left)
                if worth is not None:
                    table = table.best(v, worth, (plan.peers[v] & left).bit_count() + 1, plan.blocks)
        return table

    def _best_of(self, v: int, others: int) -> Column:
        """An unknown's domain, or as much of it as is as good as all for the unknowns of `others`."""
        plan, domain = self._plan, self._domains[v]
        worth = None if v == plan.answer or plan.tests[v] else self._worth(v, domain, others)
        if worth is None:
            return domain
        return domain[np.argsort(worth, kind="stable")[: (plan.peers[v] & others).bit_count() + 1]]

    def _worth(self, v: int, column: Column, left: int) -> NDArray[Any] | None:
        """What to sort the values of v by, so that those come first that leave most to `left`; None: nothing does."""
        plan = self._plan
        if not plan.adjacent[v] & left:
            return column
        tied = mask(tie.other for tie in plan.ties[v])
        for check in plan.checks[v]:
            tied |= check.others
        compares = [compare for compare in plan.compares[v] if left >> compare.other & 1]
        if tied & left or len({(id(compare.own), compare.is_left) for compare in compares}) > 1:
            return None
        return compares[0].own.least(column) if compares[0].is_left else -compares[0].own.greatest(column)

    def _is_free(self, table: Table, others: int) -> bool:
        """Whether a part with these solutions can be solved whatever the unknowns of `others` are bound to.

        These take away at most one value each: enough that more solutions have no value in common.
        """
        if not table.columns:
            return table.n_rows > 0
        peers = 0
        for v in table.columns:
            peers |= self._plan.peers[v] & others
        taken: set[int] = set()
        n_apart = 0
        for row in zip(*(column[:TRIED].tolist() for column in table.columns.values()), strict=True):
            if n_apart <= peers.bit_count() and taken.isdisjoint(row):
                taken.update(row)
                n_apart += 1
        return n_apart > peers.bit_count()

    def _values(self, v: int, table: Table) -> Column:
        """The distinct values of an unknown in a table, ascending."""
        block = self._plan.blocks[v]
        values = np.flatnonzero(flags(table.columns[v], block)) + block.start
        return values.astype(np.int32)

    def _check(self, n_rows: int) -> None:
        if n_rows > self._max_rows:
            raise BudgetError(f"more than {self._max_rows} partial solutions at once while evaluating a query")
