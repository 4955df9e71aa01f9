"""What numbered entities are related to: compact arrays, read a row or a whole column at a time."""

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any, Generic, NamedTuple, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
Column = NDArray[np.int32]
"""Entity numbers."""
Places = NDArray[np.intp]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

ROWS_KEPT = 50_000
"""Rows kept as tuples once they were looked at; one more, and all are forgotten."""

RANKED_KEPT = 5_000
"""Rankings kept of one property's numbers; one more, and all are forgotten."""


class Reached(NamedTuple):
    """What the entities of a column are related to, one after the other, and the place in the column each came from."""

    places: Places
    ends: NDArray[Any]


class Rows(dict[int, tuple[T, ...]], Generic[T]):
    """`rows[e]` is the row of entity e, ascending and distinct: `ends[starts[e - first]:starts[e - first + 1]]`.

    As a dict it holds only rows that were looked at: index it, and do not ask what it contains.
    """

    def __init__(self, first: int, starts: NDArray[np.int32], ends: NDArray[Any]) -> None:
        super().__init__()
        self.first, self.starts, self.ends = first, starts, ends
        self._starts = memoryview(starts.data)  # indexing it makes no numpy scalars

    @classmethod
    def of(cls, subjects: Column, ends: NDArray[Any]) -> Self:
        """From pairs in the order of their subjects; what each subject has must be ascending and distinct."""
        if not len(subjects):
            return cls(0, np.zeros(2, dtype=np.int32), ends)
        first = int(subjects[0])
        starts = np.zeros(int(subjects[-1]) - first + 2, dtype=np.int32)
        np.cumsum(np.bincount(subjects - first), out=starts[1:])
        return cls(first, starts, ends)

    def __missing__(self, entity: int) -> tuple[T, ...]:
        if len(self) >= ROWS_KEPT:
            self.clear()
        row: tuple[T, ...] = tuple(self.array(entity).tolist())
        self[entity] = row
        return row

    def array(self, entity: int) -> NDArray[Any]:
        """The row of one entity."""
        at = entity - self.first
        inside = 0 <= at < len(self.starts) - 1
        return self.ends[self._starts[at] : self._starts[at + 1]] if inside else self.ends[:0]

    @cached_property
    def entities(self) -> Column:
        """Those that have a row, ascending."""
        return np.asarray(np.flatnonzero(self._lengths) + self.first, dtype=np.int32)

    @cached_property
    def subjects(self) -> Column:
        """Whose each end is."""
        return np.repeat(np.arange(len(self._lengths), dtype=np.int32) + np.int32(self.first), self._lengths)

    @cached_property
    def _lengths(self) -> NDArray[np.int32]:
        return np.diff(self.starts)

    def bounds(self, column: Column) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Where the rows of a column's entities begin and end."""
        at = column - self.first  # both ends of a row that is not there are clipped to the same place
        return self.starts.take(at, mode="clip"), self.starts.take(at + 1, mode="clip")

    def has(self, column: Column) -> Bools:
        """Which entities of a column have a row."""
        begin, end = self.bounds(column)
        return begin < end

    def fan_out(self, column: Column) -> int:
        """How much `reach` would give."""
        begin, end = self.bounds(column)
        return int(end.sum(dtype=np.int64) - begin.sum(dtype=np.int64))

    def reach(self, column: Column) -> Reached:
        """The rows of all entities of a column."""
        begin, end = self.bounds(column)
        counts = end - begin
        places = np.repeat(np.arange(len(column)), counts)
        shift = begin - np.cumsum(counts) + counts
        return Reached(places, self.ends[shift[places] + np.arange(len(places))])


class Relation:
    """A property between entities: `out` leads from subjects to objects, `into` from objects to subjects."""

    def __init__(self, subjects: Column, objects: Column) -> None:
        subjects, objects = _distinct(subjects, objects)
        self.out: Rows[int] = Rows.of(subjects, objects)
        back = np.argsort(objects, kind="stable")
        self.into: Rows[int] = Rows.of(objects[back], subjects[back])

    def rows(self, outward: bool) -> Rows[int]:
        """From subjects to objects, or the other way round."""
        return self.out if outward else self.into

    def degrees(self, outward: bool, block: range, counted: range) -> "Numbers":
        """How many of the entities of `counted` the rows of a block's entities hold, as a number that each has."""
        key = (outward, block, counted)
        if key not in self._degrees:
            places, ends = self.rows(outward).reach(np.arange(block.start, block.stop, dtype=np.int32))
            places = places[(ends >= counted.start) & (ends < counted.stop)]
            degrees = np.bincount(places, minlength=len(block)).astype(np.float64)
            self._degrees[key] = Numbers.of(np.arange(block.start, block.stop, dtype=np.int32), degrees)
        return self._degrees[key]

    @cached_property
    def _degrees(self) -> dict[tuple[bool, range, range], "Numbers"]:
        return {}

    @cached_property
    def _keys(self) -> NDArray[np.int64]:
        return np.asarray(self.out.subjects.astype(np.int64) << 32 | self.out.ends)

    def holds(self, subjects: Column, objects: Column) -> Bools:
        """Which of the pairs are facts."""
        if not len(self._keys):
            return np.zeros(len(subjects), dtype=np.bool_)
        wanted = subjects.astype(np.int64) << 32 | objects
        return np.asarray(self._keys.take(np.searchsorted(self._keys, wanted), mode="clip") == wanted)


class Numbers(Rows[float]):
    """The numbers of a literal property by subject."""

    @classmethod
    def of_pairs(cls, subjects: Column, values: Floats) -> Self:
        """From pairs in any order, the same one perhaps twice."""
        return cls.of(*_distinct(subjects, values))

    @cached_property
    def _by_value(self) -> tuple[Floats, Column]:
        order = np.argsort(self.ends, kind="stable")
        return self.ends[order], self.subjects[order]

    def n_within(self, low: float, high: float) -> int:
        """How many numbers lie in `[low, high]`."""
        values, _ = self._by_value
        return max(int(np.searchsorted(values, high, "right") - np.searchsorted(values, low, "left")), 0)

    def within(self, low: float, high: float) -> Column:
        """Subjects with a number in `[low, high]`, ascending."""
        values, subjects = self._by_value
        found = np.sort(subjects[np.searchsorted(values, low, "left") : np.searchsorted(values, high, "right")])
        return found[np.concatenate(([True], found[1:] != found[:-1]))] if len(found) else found

    def fit(self, column: Column, low: float, high: float) -> Bools:
        """Which entities of a column have a number in `[low, high]`."""
        fits = np.zeros(len(column), dtype=np.bool_)
        places, values = self.reach(column)
        fits[places[(low <= values) & (values <= high)]] = True
        return fits

    def worth(self, column: Column, is_top: bool) -> Floats:
        """The largest number of each entity of a column, or the smallest negated; minus infinite where it has none."""
        return self.greatest(column) if is_top else -self.least(column)

    def ranked(self, among: Hashable, entities: Callable[[], Column], is_top: bool) -> Floats:
        """What some entities are worth, those with a number only, ascending; kept under the name `among` of theirs."""
        key = (among, is_top)
        if key not in self._ranked:
            if len(self._ranked) >= RANKED_KEPT:
                self._ranked.clear()
            worth = np.sort(self.worth(entities(), is_top))
            self._ranked[key] = worth[np.searchsorted(worth, -np.inf, "right") :]
        return self._ranked[key]

    @cached_property
    def _ranked(self) -> dict[tuple[Hashable, bool], Floats]:
        return {}

    def least(self, column: Column) -> Floats:
        """The smallest number of each entity of a column, infinite where it has none."""
        begin, end = self.bounds(column)
        return np.where(begin < end, self._padded.take(begin), np.inf)

    def greatest(self, column: Column) -> Floats:
        """The largest number of each entity of a column, minus infinite where it has none."""
        begin, end = self.bounds(column)
        return np.where(begin < end, self._padded.take(end - 1), -np.inf)

    @cached_property
    def _padded(self) -> Floats:
        return np.append(self.ends, np.nan)


def _distinct(subjects: Column, ends: NDArray[Any]) -> tuple[Column, NDArray[Any]]:
    """Pairs in order, each once."""
    order = np.lexsort((ends, subjects))
    subjects, ends = subjects[order], ends[order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (subjects[1:] != subjects[:-1]) | (ends[1:] != ends[:-1])
    return subjects[new], ends[new]
