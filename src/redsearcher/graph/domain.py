"""What each unknown of a query may be: by the givens and ranges, and by what other unknowns may be."""

import numpy as np

from redsearcher.graph.bond import Tie
from redsearcher.graph.plan import Plan
from redsearcher.graph.relation import Bools, Column, Places

SHRUNK = 0.7
"""A domain that becomes smaller than this share of what it was is used to narrow others."""
WORTH = 0.3
"""Narrowing a domain may look at so many facts per value that it holds."""


class Domains:
    """Ascending entity numbers by unknown; a superset of the values in solutions, always."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._domains: dict[int, Column] = {}
        self._flags: dict[int, Bools] = {}
        self.narrowed = False

    def __getitem__(self, v: int) -> Column:
        if v not in self._domains:
            self._domains[v] = self._listed(v)
        return self._domains[v]

    def share(self, v: int) -> float:
        """How much of its type an unknown may be."""
        if self._is_whole(v):
            return 1.0
        return len(self[v]) / max(len(self._plan.blocks[v]), 1)

    def hold(self, v: int, entities: Column) -> Bools:
        """Which entities an unknown may be."""
        block = self._plan.blocks[v]
        within = (entities >= block.start) & (entities < block.stop)
        if self._is_whole(v):
            return within
        if v not in self._flags:
            self._flags[v] = flags(self[v], block)
        return within & self._flags[v].take(entities - block.start, mode="clip")

    def narrow(self) -> None:
        """Leave out values that no value of a tied unknown goes with, as long as that is cheap and helps."""
        plan = self._plan
        self.narrowed = True
        for v, ties in enumerate(plan.ties):
            for tie in ties:
                self._set(v, self[v][tie.rows.has(self[v])])
        waiting = set(range(len(plan.names)))
        while waiting:
            v = min(waiting, key=lambda v: len(self[v]))
            waiting.remove(v)
            for tie in plan.ties[v]:
                size = len(self[tie.other])
                self._set(tie.other, self._met(v, tie))
                if len(self[tie.other]) < SHRUNK * size:
                    waiting.add(tie.other)

    def _set(self, v: int, domain: Column) -> None:
        self._domains[v] = domain
        self._flags.pop(v, None)

    def _is_whole(self, v: int) -> bool:
        return not (self.narrowed or self._plan.anchors[v] or self._plan.spans[v])

    def _listed(self, v: int) -> Column:
        """By the constraints of v alone, but for tests."""
        plan, found = self._plan, None
        block = plan.blocks[v]
        for row in sorted((rows.array(given) for rows, given in plan.anchors[v]), key=len):
            found = inside(row, block) if found is None else found[_among(row, found)]
        for span in sorted(plan.spans[v], key=lambda span: span.n_numbers):
            if found is None:
                found = inside(span.numbers.within(span.low, span.high), block)
            else:
                found = found[span.numbers.fit(found, span.low, span.high)]
        return np.arange(block.start, block.stop, dtype=np.int32) if found is None else found

    def _met(self, v: int, tie: Tie) -> Column:
        """The values of the other end of a tie that some value of v goes with; all where finding out is too dear."""
        own, theirs = self[v], self[tie.other]
        forth, back = tie.rows.fan_out(own), tie.back.fan_out(theirs)
        if min(forth, back) > WORTH * len(theirs):
            return theirs
        if forth > back:
            places, ends = tie.back.reach(theirs)
            return theirs[flags(places[self.hold(v, ends)], range(len(theirs)))]
        block = self._plan.blocks[tie.other]
        met = flags(inside(tie.rows.reach(own).ends, block), block)
        return theirs[met[theirs - block.start]]


def flags(column: Column | Places, block: range) -> Bools:
    """Which entities of a block are in a column of them."""
    found = np.zeros(len(block), dtype=np.bool_)
    found[column - block.start] = True
    return found


def inside(column: Column, block: range) -> Column:
    """The entities of a column that are in a block."""
    return column[(column >= block.start) & (column < block.stop)]


def _among(row: Column, entities: Column) -> Bools:
    """Which entities an ascending row holds."""
    if not len(row):
        return np.zeros(len(entities), dtype=np.bool_)
    return np.asarray(row.take(np.searchsorted(row, entities), mode="clip") == entities)
