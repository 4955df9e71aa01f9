"""Pages by id: which row of the documents table each is, and reading those rows alone."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from redsearcher.errors import DataError

_HEX = 16
"""Hexadecimal digits of an id that are looked up; rows that share them are told apart by the whole id."""
_GROUPS_KEPT = 16


class Shelf:
    """Random access to a documents table. Holds 16 bytes per page and the row groups last read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with pq.ParquetFile(path) as file:
            self._metadata = file.metadata
            ids = file.read(columns=["id"]).column("id")
        sizes = [self._metadata.row_group(n).num_rows for n in range(self._metadata.num_row_groups)]
        self._starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        heads = np.concatenate([_heads(chunk.to_pylist()) for chunk in ids.chunks] or [np.empty(0, np.uint64)])
        self._rows = np.argsort(heads, kind="stable")
        self._heads = heads[self._rows]
        self._groups: OrderedDict[int, pa.Table] = OrderedDict()

    def rows(self, ids: Iterable[str]) -> Iterator[dict[str, Any]]:
        """The rows of those ids that the table has, in stored order. Raises DataError for what is no id."""
        wanted = set(ids)
        places = sorted({row for id_ in wanted for row in self._candidates(id_)})
        if not places:
            return
        with pq.ParquetFile(self._path, metadata=self._metadata) as file:
            for row in places:
                group = int(np.searchsorted(self._starts, row, side="right")) - 1
                found: dict[str, Any] = self._table(file, group).slice(row - self._starts[group], 1).to_pylist()[0]
                if found["id"] in wanted:
                    yield found

    def _candidates(self, id_: str) -> list[int]:
        head = _heads([id_])[0]
        first, last = np.searchsorted(self._heads, head, side="left"), np.searchsorted(self._heads, head, side="right")
        return [int(row) for row in self._rows[first:last]]

    def _table(self, file: pq.ParquetFile, group: int) -> pa.Table:
        if group in self._groups:
            self._groups.move_to_end(group)
        else:
            self._groups[group] = file.read_row_group(group)
            while len(self._groups) > _GROUPS_KEPT:
                self._groups.popitem(last=False)
        return self._groups[group]


def _heads(ids: list[str]) -> "np.ndarray[Any, np.dtype[np.uint64]]":
    try:
        digits = bytes.fromhex("".join(f"{id_[:_HEX]:0<{_HEX}}" for id_ in ids))
    except ValueError as error:
        raise DataError(f"a document id is not hexadecimal ({error}); make the world again") from error
    return np.frombuffer(digits, dtype=">u8").astype(np.uint64)
