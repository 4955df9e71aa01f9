"""The files of an index: immutable segments, and the list of those that count (tantivy's meta.json)."""

import json
import os
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

import tantivy

from redsearcher.core import jsonl
from redsearcher.errors import DataError, boundary
from redsearcher.records.world import Document

META, MANAGED = "meta.json", ".managed.json"


class Segment(NamedTuple):
    """One segment: the start of its file names, and how many pages it holds. Ours hold no deleted ones."""

    name: str
    n_pages: int


def segments(folder: Path) -> list[Segment]:
    """Those that count, in the order in which a searcher numbers them. Raises DataError for a damaged list."""
    with boundary(f"reading {folder / META}", raises=DataError):
        found = json.loads((folder / META).read_bytes())["segments"]
        if any(segment["deletes"] for segment in found):
            raise DataError(f"{folder} holds pages that are marked as deleted; build the web again")
        return [Segment(segment["segment_id"].replace("-", ""), segment["max_doc"]) for segment in found]


def n_pages(folder: Path) -> int:
    """Pages of the last commit."""
    return sum(segment.n_pages for segment in segments(folder))


def files(folder: Path) -> list[Path]:
    """The files of the segments that count."""
    names = {segment.name for segment in segments(folder)}
    return sorted(file for file in folder.iterdir() if file.name.split(".")[0] in names)


def sweep(folder: Path) -> None:
    """Remove what no commit refers to, when nobody writes there: what a kill or a full disk left behind."""
    kept = {file.name for file in files(folder)} | {META, MANAGED}
    for file in folder.iterdir():
        if file.name not in kept:
            file.unlink()


def clone(folder: Path, into: Path, without: Collection[str] = ()) -> None:
    """Another index of the same segments but those named, which shares their files where the file system can."""
    into.mkdir(parents=True)
    kept = [file for file in files(folder) if file.name.split(".")[0] not in without]
    for file in kept:
        _share(file, into / file.name)
    meta = json.loads((folder / META).read_bytes())
    meta["segments"] = [each for each in meta["segments"] if each["segment_id"].replace("-", "") not in without]
    jsonl.write(into / MANAGED, [json.dumps(sorted([META, *(file.name for file in kept)]))])
    jsonl.write(into / META, [json.dumps(meta)])


def _share(file: Path, other: Path) -> None:
    try:
        os.link(file, other)
    except OSError:
        shutil.copyfile(file, other)


class Stored(NamedTuple):
    """A page as the index keeps it: where, and the bytes of its record."""

    address: tantivy.DocAddress
    record: bytes

    @property
    def document(self) -> Document:
        """The record, parsed. Raises ValueError if it is damaged."""
        return Document.model_validate_json(self.record)


class Pages:
    """The pages of the last commit, by place and by URL; they stay when the folder is replaced.

    Raises DataError if there is no index that can be opened.
    """

    def __init__(self, folder: Path) -> None:
        self.segments = segments(folder)
        with boundary(f"opening the index in {folder}", raises=DataError):
            index = tantivy.Index.open(str(folder))
            index.config_reader(reload_policy="manual")
            self._schema, self._searcher = index.schema, index.searcher()

    def __len__(self) -> int:
        return sum(segment.n_pages for segment in self.segments)

    def read(self, number: int, start: int = 0) -> Iterator[Stored]:
        """The pages of a segment from the `start`-th on."""
        for doc in range(start, self.segments[number].n_pages):
            address = tantivy.DocAddress(number, doc)
            yield Stored(address, self._searcher.doc(address)["record"][0])

    def count(self, url: str) -> int:
        """How many pages have exactly this URL."""
        return int(self._searcher.doc_freq("url", url))

    def find(self, url: str) -> tantivy.DocAddress | None:
        """Where the page of exactly this URL lies."""
        query = tantivy.Query.term_query(self._schema, "url", url)
        hits = self._searcher.search(query, 1, count=False).hits
        return hits[0][1] if hits else None
