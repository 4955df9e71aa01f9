"""Parquet tables of pages."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from redsearcher.core.hashing import content_hash
from redsearcher.errors import DataError, InputError
from redsearcher.web.source.base import Placed, Position, Tally
from redsearcher.web.source.file import fingerprint
from redsearcher.web.source.row import NAMES, Defaults, to_document

_ROWS_PER_BATCH = 256


class ParquetTable:
    """A file whose columns say url, title and text, as finewiki's do; a place is a row group and a row of it.

    Raises InputError for a file that has no such columns.
    """

    def __init__(self, file: Path, default: Defaults, tally: Tally) -> None:
        self._file, self._default, self._tally = file, default, tally
        self.fingerprint = content_hash("table", fingerprint(file), default)
        try:
            with pq.ParquetFile(file) as opened:
                columns = set(opened.schema_arrow.names)
                self.n_documents: int | None = opened.metadata.num_rows
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"{file} is no Parquet file: {str(error).splitlines()[0]}") from error
        self._columns = [name for names in NAMES.values() for name in names if name in columns]
        if not (columns & {*NAMES["url"], *NAMES["id"]} and columns & set(NAMES["text"])):
            raise InputError(f"{file} has the columns {', '.join(sorted(columns))}; expected url, title and text")

    def read(self, start: Position = ()) -> Iterator[Placed]:
        """The pages, a batch of rows in memory. Raises DataError for a row that is none, naming file and row."""
        first, done = start or (0, 0)
        with pq.ParquetFile(self._file) as opened:
            for group in range(first, opened.num_row_groups):
                yield from self._group(opened, group, done if group == first else 0)

    def _group(self, opened: pq.ParquetFile, group: int, done: int) -> Iterator[Placed]:
        number = 0
        try:
            for batch in opened.iter_batches(_ROWS_PER_BATCH, row_groups=[group], columns=self._columns):
                if number + len(batch) <= done:
                    number += len(batch)
                    continue
                for row in batch.to_pylist():
                    number += 1
                    if number <= done:
                        continue
                    try:
                        document = to_document(row, self._default)
                    except (ValueError, TypeError, KeyError, AttributeError) as error:
                        self._tally.bad(f"{self._file} row {number} of row group {group} is no page ({error})")
                        continue
                    yield Placed(document, (group, number))
        except (pa.ArrowException, OSError) as error:
            raise DataError(f"{self._file} row group {group} is damaged: {str(error).splitlines()[0]}") from error
