"""What binds an unknown of a query: rows, ranges, comparisons and tests, by number."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from redsearcher.graph.relation import Bools, Column, Numbers, Relation, Rows


class Tie(NamedTuple):
    """Once the one unknown is bound to e, the other must lie in `rows[e]`; `outward` if the one is the subject."""

    other: int
    rows: Rows[int]
    relation: Relation
    outward: bool

    @property
    def back(self) -> Rows[int]:
        """From the other to the one."""
        return self.relation.rows(not self.outward)

    def holds(self, own: Column, theirs: Column) -> Bools:
        """Which pairs are facts."""
        return self.relation.holds(own, theirs) if self.outward else self.relation.holds(theirs, own)


class Span(NamedTuple):
    """Some number of an unknown must lie in `[low, high]`."""

    numbers: Numbers
    low: float
    high: float

    @property
    def n_numbers(self) -> int:
        """How many numbers lie there."""
        return self.numbers.n_within(self.low, self.high)

    def entities(self) -> list[int]:
        """Whose they are, ascending."""
        found: list[int] = self.numbers.within(self.low, self.high).tolist()
        return found


class Compare(NamedTuple):
    """Some number of an unknown must be smaller (`is_left`) or larger than some number of the other."""

    other: int
    own: Numbers
    theirs: Numbers
    is_left: bool

    def holds(self, own: Column, theirs: Column) -> Bools:
        """Which pairs compare as they should."""
        if self.is_left:
            return np.asarray(self.own.least(own) < self.theirs.greatest(theirs))
        return np.asarray(self.theirs.least(theirs) < self.own.greatest(own))


class Check(NamedTuple):
    """A test of the values of several unknowns, ready once those in the mask `others` are bound, too.

    `columns` says the same of whole columns, where there is a way.
    """

    others: int
    fits: Callable[[Mapping[int, int]], bool]
    columns: Callable[[Mapping[int, Column]], Bools] | None


class Listing(NamedTuple):
    """Some superset of an unknown's values, of `size`, by its constraints with the unknowns in the mask `others`."""

    others: int
    size: int
    entities: Callable[[], Sequence[int]]
