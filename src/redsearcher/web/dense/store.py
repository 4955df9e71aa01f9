"""The dense index of a web: vectors in a memory-mapped graph, and which pages they are of."""

import json
from bisect import bisect_right
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import tantivy

from redsearcher.core import jsonl
from redsearcher.errors import DataError, InputError, boundary
from redsearcher.records.base import Record
from redsearcher.web.build.segments import Segment
from redsearcher.web.dense.config import DenseConfig
from redsearcher.web.dense.encoder import Encoder, Vectors, open_encoder

FOLDER, INFO, GRAPH = "dense", "dense.json", "vectors.usearch"
_CONNECTIVITY, _EFFORT_ADD, _EFFORT_SEARCH = 16, 128, 256


class DenseInfo(Record):
    """What lies there: vectors of the pages of these segments, in this order, number after number."""

    config: DenseConfig
    segments: tuple[tuple[str, int], ...]
    n_dims: int


class Near(NamedTuple):
    """A page whose vector is near, and how near (cosine distance)."""

    distance: float
    address: tantivy.DocAddress


def graph(n_dims: int, kept_as: str) -> Any:
    """An empty index. Raises InputError where usearch is missing."""
    try:
        from usearch.index import Index
    except ImportError as error:
        raise InputError("a dense index needs usearch: pip install 'redsearcher[dense]'") from error
    return Index(
        ndim=n_dims,
        metric="cos",
        dtype=kept_as,
        connectivity=_CONNECTIVITY,
        expansion_add=_EFFORT_ADD,
        expansion_search=_EFFORT_SEARCH,
    )


def write_info(folder: Path, info: DenseInfo) -> None:
    """Say what the folder holds."""
    jsonl.write(folder / INFO, [info.model_dump_json(indent=1)])


def read_info(folder: Path) -> DenseInfo | None:
    """What the folder holds; None where that is nothing whole."""
    try:
        return DenseInfo.model_validate(json.loads((folder / INFO).read_bytes()))
    except (OSError, ValueError):
        return None


class DenseIndex:
    """Nearest pages to a text. Thread-safe; the vectors are mapped, not read."""

    def __init__(self, vectors: Any, encoder: Encoder, info: DenseInfo, config: DenseConfig) -> None:
        self._vectors, self._encoder = vectors, encoder
        self._starts = list(accumulate((n for _, n in info.segments), initial=0))
        self.depth, self.weight = config.depth, config.weight

    @classmethod
    def open(cls, web: Path, config: DenseConfig, segments: list[Segment]) -> "DenseIndex":
        """That of a web with these segments. Raises InputError where it was made for other pages or never."""
        folder = web / FOLDER
        info = read_info(folder)
        if info is None or info.config.vectors != config.vectors or info.segments != tuple(map(tuple, segments)):
            raise InputError(
                f"{web} has no dense index of its present pages; make one with "
                f"`redsearcher web embed {web} --encoder {config.encoder}`"
            )
        vectors = graph(info.n_dims, config.kept_as)
        with boundary(f"opening {folder / GRAPH}", raises=DataError):
            vectors.view(str(folder / GRAPH))
        return cls(vectors, open_encoder(config, folder), info, config)

    def nearest(self, text: str) -> list[Near]:
        """At most `depth` pages, the nearest first, in a fixed order; none for a text without meaning."""
        vector: Vectors = self._encoder.encode([text])[0]
        if not np.any(vector) or not len(self._vectors):
            return []
        with boundary("searching the dense index"):
            found = self._vectors.search(vector, self.depth, threads=1)
        pairs = zip(found.distances.tolist(), found.keys.tolist(), strict=True)
        return [Near(distance, self._address(number)) for distance, number in sorted(pairs)]

    def _address(self, number: int) -> tantivy.DocAddress:
        segment = bisect_right(self._starts, number) - 1
        return tantivy.DocAddress(segment, number - self._starts[segment])
