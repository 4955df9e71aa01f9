"""Pages into an index: the one place that holds tantivy's writer."""

import os
from contextlib import suppress
from pathlib import Path

import tantivy

from redsearcher.errors import ForeignError, boundary
from redsearcher.records.world import Document
from redsearcher.web.config import WebConfig
from redsearcher.web.index import register_analyzers, schema, to_row

_MAX_THREADS = 8
_LEAST_HEAP_PER_THREAD = 15_000_000


class PageWriter:
    """Adds to the index of a folder, which is made if it is not there. Its threads write until it is closed."""

    def __init__(self, folder: Path, config: WebConfig) -> None:
        self._folder, self._title_weight = folder, config.title_weight
        threads = config.writer_threads or min(os.cpu_count() or 1, _MAX_THREADS)
        with boundary(f"opening an index in {folder}"):
            index = tantivy.Index(schema(), path=str(folder))
            register_analyzers(index, config)
            self._writer = index.writer(max(config.writer_heap_mb << 20, threads * _LEAST_HEAP_PER_THREAD), threads)

    def add(self, document: Document) -> None:
        """Durable with the next commit."""
        with boundary(f"indexing {document.url}"):
            self._writer.add_document(to_row(document, self._title_weight))

    def commit(self) -> None:
        """Once this returns, a kill loses no page added before."""
        with boundary(f"committing the index in {self._folder}"):
            self._writer.commit()

    def close(self) -> None:
        """Wait until segments are merged."""
        with boundary(f"merging the index in {self._folder}"):
            self._writer.wait_merging_threads()

    def abandon(self) -> None:
        """Forget what was added since the last commit."""
        with suppress(ForeignError), boundary("leaving the index"):
            self._writer.rollback()
        with suppress(ForeignError), boundary("leaving the index"):
            self._writer.wait_merging_threads()
