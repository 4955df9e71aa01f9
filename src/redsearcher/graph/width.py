"""Search width: how many partial solutions a solver must carry at once, whatever order it works in."""

import heapq
from collections.abc import Iterator

from redsearcher.errors import BudgetError
from redsearcher.graph.plan import Plan, Rows, bits, is_less
from redsearcher.graph.source import FactSource
from redsearcher.records.query import Query

WIDTH_CAP = 10_000
"""Search widths are reported as the smaller of themselves and this."""

Row = tuple[str, ...]
"""Values of all unknowns by number; "" where unbound."""


def search_width(query: Query, source: FactSource, *, cap: int = WIDTH_CAP, budget: int = 2_000_000) -> int:
    """min(search width, cap): least, over orders of binding the unknowns, of the most partial solutions met on the way.

    The partial solutions of a set of bound unknowns are their typed, injective assignments under which every constraint
    among them and the givens holds; their number depends on the set alone. So this is a bottleneck shortest path from
    the empty set to all unknowns, searched below a bound that grows until the path exists. Raises BudgetError when
    more than `budget` candidates are looked at.
    """
    width = _Width(Plan(query, source), budget)
    bound = 16
    while bound < cap:
        found = width.within(bound)
        if found is not None:
            return found
        bound *= 8
    found = width.within(cap)
    return cap if found is None else found


class _Width:
    def __init__(self, plan: Plan, budget: int) -> None:
        self._plan, self._budget, self._left = plan, budget, budget
        self._ties_into: list[list[tuple[int, Rows]]] = [[] for _ in plan.names]
        for u, ties in enumerate(plan.ties):
            for v, rows in ties:
                self._ties_into[v].append((u, rows))
        self._alone: dict[tuple[int, int], int] = {}

    def within(self, bound: int) -> int | None:
        """The search width if it is at most `bound`, else None."""
        plan = self._plan
        tables: dict[int, list[Row]] = {0: [("",) * len(plan.names)]}
        counted: dict[int, int] = {}
        made_from: dict[int, tuple[int, int]] = {}
        peaks: dict[int, int] = {0: 1}
        heap = [(1, 0)]
        while heap:
            peak, among = heapq.heappop(heap)
            if peak > peaks[among]:
                continue
            if among == plan.everything:
                return peak
            if among not in tables:
                before, v = made_from[among]
                tables[among] = self._extended(tables[before], v)
            for v in bits(plan.everything & ~among):
                larger = among | 1 << v
                if larger not in counted:
                    counted[larger] = self._count(tables[among], among, v, bound)
                    made_from[larger] = (among, v)
                larger_peak = max(peak, counted[larger])
                if larger_peak <= bound and larger_peak < peaks.get(larger, bound + 1):
                    peaks[larger] = larger_peak
                    heapq.heappush(heap, (larger_peak, larger))
        return None

    def _count(self, table: list[Row], among: int, v: int, bound: int) -> int:
        """Number of rows once v is bound as well; `bound + 1` stands for anything above `bound`."""
        if not table:
            return 0
        if not among & (self._plan.adjacent[v] | self._plan.peers[v]):  # nothing bound matters to v
            alone = self._count_values(table[0], v, bound)
            return min(len(table) * alone, bound + 1)
        total = 0
        for row in table:
            for _ in self._values(row, v):
                total += 1
                if total > bound:
                    return total
        return total

    def _count_values(self, row: Row, v: int, bound: int) -> int:
        key = (v, bound)
        if key not in self._alone:
            total = 0
            for _ in self._values(row, v):
                total += 1
                if total > bound:
                    break
            self._alone[key] = total
        return self._alone[key]

    def _extended(self, table: list[Row], v: int) -> list[Row]:
        return [(*row[:v], value, *row[v + 1 :]) for row in table for value in self._values(row, v)]

    def _values(self, row: Row, v: int) -> Iterator[str]:
        """Values of v that every constraint with what the row binds allows."""
        plan = self._plan
        lists = list(plan.anchors[v])
        for other, rows in self._ties_into[v]:
            if row[other]:
                lists.append(rows.get(row[other], ()))
        lists.sort(key=len)
        taken = [row[peer] for peer in bits(plan.peers[v]) if row[peer]]
        compares = [compare for compare in plan.compares[v] if row[compare[0]]]
        for value in lists[0] if lists else plan.members(v):
            self._left -= 1
            if self._left < 0:
                raise BudgetError(f"more than {self._budget} candidates tried while measuring a search width")
            if value in taken or not all(value in others for others in lists[1:]) or not plan.accepts(v, value):
                continue
            for other, own_numbers, other_numbers, is_left in compares:
                own, theirs = own_numbers.get(value, ()), other_numbers.get(row[other], ())
                if not (is_less(own, theirs) if is_left else is_less(theirs, own)):
                    break
            else:
                yield value
