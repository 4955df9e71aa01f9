"""Adding a dense index to a built web: chunk by chunk, resumed after a cut, there whole or not at all."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from redsearcher.core import jsonl
from redsearcher.core.folder import swap_in
from redsearcher.core.hashing import content_hash
from redsearcher.core.progress import Progress
from redsearcher.errors import DataError, boundary
from redsearcher.web.build.making import site, web_id
from redsearcher.web.build.segments import Pages
from redsearcher.web.dense.config import DenseConfig
from redsearcher.web.dense.encoder import LSA, Encoder, Vectors, open_encoder
from redsearcher.web.dense.store import FOLDER, GRAPH, DenseInfo, graph, read_info, write_info
from redsearcher.web.index import INDEX_FOLDER, INFO_FILE, WebInfo
from redsearcher.web.index import read_info as read_web

_CHUNK = 2_048
_BATCH = 256
_LSA_TITLES = 3  # 10 points of recall@2 on MuSiQue
_PLAN, _TOTAL = "plan.json", "total.txt"


def embed_web(path: Path, config: DenseConfig, watch: Progress, *, chunk: int = _CHUNK) -> WebInfo:
    """Give the web at `path` a dense index, in the place of one it may have; its id changes, as its results do.

    Interrupted at any moment, the same call goes on, at most `chunk` pages back. Raises InputError without such a web
    or encoder.
    """
    with site(path):
        info = read_web(path)
        pages = Pages(path / INDEX_FOLDER)
        segments = tuple(map(tuple, pages.segments))
        made = read_info(path / FOLDER)
        if made is None or made.config.vectors != config.vectors or made.segments != segments:
            _make(path, config, pages, watch, chunk)
        total = int((path / FOLDER / _TOTAL).read_text(), 16)
        settings = info.config.model_copy(update={"dense": config})
        info = info.model_copy(update={"config": settings, "id": web_id(total, info.n_documents, settings)})
        jsonl.write(path / INFO_FILE, [info.model_dump_json(indent=1)])
        return info


def _make(path: Path, config: DenseConfig, pages: Pages, watch: Progress, chunk: int) -> None:
    segments = tuple(map(tuple, pages.segments))
    temporary = path / f"{FOLDER}.tmp"
    plan = content_hash(config.vectors, [list(segment) for segment in segments], chunk)
    if not (temporary / _PLAN).is_file() or json.loads((temporary / _PLAN).read_text()) != plan:
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        _fit(temporary, config, pages)
        jsonl.write(temporary / _PLAN, [json.dumps(plan)])
    encoder = open_encoder(config, temporary)
    total, chunks = 0, []
    for number, documents in enumerate(_chunks(pages, config, chunk)):
        file = temporary / f"{number:06}.npy"
        texts, ids = documents
        total += ids
        if file.is_file():
            watch.skip(len(texts))
        else:
            _encode(encoder, texts, config, file)
            watch.advance(len(texts))
        chunks.append(file)
    info = DenseInfo(config=config, segments=segments, n_dims=_index(chunks, config, temporary / GRAPH))
    (temporary / _TOTAL).write_text(f"{total:x}")
    write_info(temporary, info)
    for file in [*chunks, temporary / _PLAN]:
        file.unlink()
    swap_in(temporary, path / FOLDER)


def _fit(folder: Path, config: DenseConfig, pages: Pages) -> None:
    if config.encoder != LSA:
        return
    from redsearcher.web.dense.lsa import Lsa

    step = max(1, -(-len(pages) // config.fit_pages))
    texts = (text for number, (text, _) in enumerate(_texts(pages, config)) if number % step == 0)
    Lsa.fit((text[: config.page_chars] for text in texts), config.n_dims).save(folder)


def _texts(pages: Pages, config: DenseConfig) -> Iterator[tuple[str, int]]:
    """Title and text of every page with its id as a number, in the order of the index."""
    n_titles = _LSA_TITLES if config.encoder == LSA else 1
    for number in range(len(pages.segments)):
        for page in pages.read(number):
            with boundary("reading a page of the index", raises=DataError):
                document = page.document
            yield f"{document.title}\n" * n_titles + document.text, int(document.id, 16)


def _chunks(pages: Pages, config: DenseConfig, chunk: int) -> Iterator[tuple[list[str], int]]:
    """Texts of a chunk, and the sum of their ids."""
    texts: list[str] = []
    ids = 0
    for text, number in _texts(pages, config):
        texts.append(text)
        ids += number
        if len(texts) == chunk:
            yield texts, ids
            texts, ids = [], 0
    if texts:
        yield texts, ids


def _encode(encoder: Encoder, texts: list[str], config: DenseConfig, file: Path) -> None:
    cut = [text[: config.page_chars] for text in texts]
    parts = [encoder.encode(cut[start : start + _BATCH]) for start in range(0, len(cut), _BATCH)]
    vectors: Vectors = np.concatenate(parts)
    temporary = file.with_suffix(".tmp")
    with temporary.open("wb") as opened:
        np.save(opened, vectors.astype(np.float16))
    temporary.replace(file)


def _index(chunks: list[Path], config: DenseConfig, file: Path) -> int:
    """Write the graph of all chunks; returns the number of dimensions. One thread: the same vectors, the same graph."""
    vectors, n_dims, start = None, 0, 0
    for chunk in chunks:
        rows = np.load(chunk).astype(np.float32)
        if vectors is None:
            n_dims = int(rows.shape[1])
            vectors = graph(n_dims, config.kept_as)
        known = np.flatnonzero(rows.any(axis=1))
        with boundary("filling the dense index"):
            if len(known):
                vectors.add(known + start, rows[known], threads=1)
        start += len(rows)
    if vectors is None:
        n_dims, vectors = 2, graph(2, config.kept_as)
    with boundary(f"writing {file}"):
        vectors.save(str(file))
    return n_dims
