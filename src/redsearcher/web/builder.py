"""Building a web: documents in, a folder with an index and web.json out, there whole or not at all."""

import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import tantivy

from redsearcher.core import jsonl
from redsearcher.core.folder import check_replaceable, swap_in
from redsearcher.core.hashing import content_hash
from redsearcher.errors import DataError, boundary
from redsearcher.records.world import Document
from redsearcher.web.config import WebConfig
from redsearcher.web.index import (
    ENGINE_VERSION,
    INDEX_FOLDER,
    INFO_FILE,
    WebInfo,
    order_key,
    register_analyzers,
    schema,
    to_row,
)

_PROGRESS_EVERY = 1_000
_MAX_THREADS = 8


def build_web(
    path: Path,
    documents: Iterable[Document],
    config: WebConfig,
    *,
    world_id: str,
    lang: str,
    progress: Callable[[int], None] | None = None,
) -> WebInfo:
    """Index `documents` into the folder `path`, replacing a web that is there; `progress` is told the pages done.

    Documents are streamed; memory is the writer's heap and about 100 bytes per page. The same documents in any order
    give the same id and the same search results. Raises DataError if two documents share a URL, InputError if
    `path` holds something that is no web.
    """
    check_replaceable(path, INFO_FILE)
    temporary = path.with_name(path.name + ".tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    (temporary / INDEX_FOLDER).mkdir(parents=True)
    try:
        total, n_documents = _fill(temporary / INDEX_FOLDER, documents, config, progress)
        info = WebInfo(
            id=content_hash(f"{total:040x}", n_documents, config.identity, ENGINE_VERSION),
            engine_version=ENGINE_VERSION,
            world=world_id,
            lang=lang,
            n_documents=n_documents,
            config=config,
        )
        jsonl.write(temporary / INFO_FILE, [info.model_dump_json(indent=1)])
        swap_in(temporary, path)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return info


def _fill(
    folder: Path, documents: Iterable[Document], config: WebConfig, progress: Callable[[int], None] | None
) -> tuple[int, int]:
    """Write the index; returns the sum of the document ids, which no order of documents changes, and their number."""
    threads = config.writer_threads or min(os.cpu_count() or 1, _MAX_THREADS)
    with boundary(f"opening an index in {folder}"):
        index = tantivy.Index(schema(), path=str(folder))
        register_analyzers(index, config)
        writer = index.writer(max(config.writer_heap_mb << 20, threads * 15_000_000), threads)
    try:
        counted = _add_all(writer, documents, progress)
    except BaseException:
        # The writer's threads go on writing into the folder until they are joined.
        writer.rollback()
        writer.wait_merging_threads()
        raise
    with boundary(f"committing the index in {folder}"):
        writer.commit()
        writer.wait_merging_threads()
    return counted


def _add_all(
    writer: tantivy.IndexWriter, documents: Iterable[Document], progress: Callable[[int], None] | None
) -> tuple[int, int]:
    total, n_documents = 0, 0
    urls: set[int] = set()
    for document in documents:
        url = order_key(content_hash(document.url))
        if url in urls:
            raise DataError(f"two pages have the URL {document.url}; a web needs one page per URL")
        urls.add(url)
        with boundary(f"indexing {document.url}"):
            writer.add_document(to_row(document))
        total += int(document.id, 16)
        n_documents += 1
        if progress and n_documents % _PROGRESS_EVERY == 0:
            progress(n_documents)
    if progress:
        progress(n_documents)
    return total, n_documents
