"""Tables of partial solutions: rows picked, crossed and thinned out in whole columns."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from redsearcher.graph.relation import Bools, Column, Places

_MOST = 1 << 62


class Table(NamedTuple):
    """Partial solutions: how many, and what each binds an unknown to, in columns by unknown."""

    n_rows: int
    columns: dict[int, Column]

    def at(self, places: Places) -> Self:
        """The rows at some places."""
        return self._replace(n_rows=len(places), columns={v: column[places] for v, column in self.columns.items()})

    def where(self, kept: Bools) -> Self:
        """The rows where a flag is set."""
        return self if kept.all() else self.at(np.flatnonzero(kept))

    def times(self, other: Self) -> Self:
        """Every row with every row of a table of other unknowns."""
        mine = self.at(np.repeat(np.arange(self.n_rows), other.n_rows))
        theirs = other.at(np.tile(np.arange(other.n_rows), self.n_rows))
        return mine._replace(columns=mine.columns | theirs.columns)

    def without(self, v: int) -> Self:
        """The same rows less a column; some may then be equal."""
        return self._replace(columns={u: column for u, column in self.columns.items() if u != v})

    def first(self, blocks: Sequence[range]) -> Self:
        """The rows, each once. `blocks` are the values that unknowns may have."""
        return self.at(np.unique(self._keys(blocks), return_index=True)[1])

    def best(self, v: int, worth: NDArray[Any], n: int, blocks: Sequence[range]) -> Self:
        """Of the rows that differ in v alone the first n by worth, which v decides; each once."""
        others, values = self.without(v)._keys(blocks), self.columns[v]
        order = np.lexsort((values, worth, others))
        others, values = others[order], values[order]
        fresh = np.flatnonzero(_changes(others) | _changes(values))
        starts = np.flatnonzero(_changes(others[fresh]))
        nth = np.arange(len(fresh)) - np.repeat(starts, np.diff(starts, append=len(fresh)))
        return self.at(order[fresh[nth < n]])

    def _keys(self, blocks: Sequence[range]) -> NDArray[np.int64]:
        """A number for every row, equal for equal rows."""
        keys, n_keys = np.zeros(self.n_rows, dtype=np.int64), 1
        for v, column in self.columns.items():
            if n_keys * len(blocks[v]) >= _MOST:
                keys, n_keys = np.unique(keys, return_inverse=True)[1], self.n_rows
            keys, n_keys = keys * len(blocks[v]) + (column - blocks[v].start), n_keys * len(blocks[v])
        return keys


def _changes(values: NDArray[Any]) -> Bools:
    """Where a value differs from the one before; the first does."""
    changes = np.ones(len(values), dtype=np.bool_)
    changes[1:] = values[1:] != values[:-1]
    return changes
