"""Search width: how many partial solutions a solver must carry at once, whatever order it works in."""

import heapq

from redsearcher.errors import BudgetError
from redsearcher.graph.bitset import bits
from redsearcher.graph.cap import WIDTH_CAP
from redsearcher.graph.plan import Plan
from redsearcher.graph.search import Search
from redsearcher.graph.source import FactSource
from redsearcher.records.query import Query


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
        self._counts: dict[int, tuple[int, int]] = {}

    def within(self, bound: int) -> int | None:
        """The search width if it is at most `bound`, else None."""
        everything = self._plan.everything
        peaks: dict[int, int] = {0: 1}
        heap = [(1, 0)]
        while heap:
            peak, among = heapq.heappop(heap)
            if peak > peaks[among]:
                continue
            if among == everything:
                return peak
            for v in bits(everything & ~among):
                larger = among | 1 << v
                if larger in peaks and peaks[larger] <= peak:
                    continue
                larger_peak = max(peak, self._count(larger, bound))
                if larger_peak <= bound and larger_peak < peaks.get(larger, bound + 1):
                    peaks[larger] = larger_peak
                    heapq.heappush(heap, (larger_peak, larger))
        return None

    def _count(self, among: int, bound: int) -> int:
        """Number of partial solutions of a set; `bound + 1` stands for any number above `bound`."""
        product = 1
        for group in self._plan.groups(among):
            product *= self._count_group(group, bound)
        return min(product, bound + 1)

    def _count_group(self, group: int, bound: int) -> int:
        counted, below = self._counts.get(group, (0, -1))
        if counted > below and bound > below:  # it was cut at a smaller bound, or never counted
            search = Search(self._plan, self._left, group)
            counted, below = search.count(group, bound + 1), bound
            self._left -= search.n_tried
            if self._left <= 0:
                raise BudgetError(f"more than {self._budget} candidates tried while measuring a search width")
            self._counts[group] = (counted, below)
        return min(counted, bound + 1)
