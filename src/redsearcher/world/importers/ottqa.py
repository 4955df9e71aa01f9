"""OTT-QA's web: Wikipedia passages and tables that link to them, as documents (MIT; text CC BY-SA)."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import zstandard

from redsearcher.core.hashing import content_hash
from redsearcher.errors import boundary
from redsearcher.records.world import Document, Link
from redsearcher.world.importers.tokens import detokenise

SITE = "en.wikipedia.org"
BASE = f"https://{SITE}"


class Passage(NamedTuple):
    """A row of the passage file, its text still tokenised."""

    url: str
    title: str
    text: str

    def document(self) -> Document:
        return Document(url=self.url, site=SITE, kind="encyclopedia", title=self.title, text=detokenise(self.text))


def passages(data: Path) -> Iterator[Passage]:
    """All passages in stored order, with absolute URLs; those without text are left out."""
    for row in _rows(data / "ottqa-web" / "passages.jsonl.zst"):
        if row["text"].strip():
            yield Passage(BASE + row["url"], row["title"], row["text"])


def table_rows(data: Path) -> Iterator[dict[str, Any]]:
    """All tables as stored: cells are pairs of a tokenised text and the paths of the pages it links to."""
    return _rows(data / "ottqa-web" / "tables.jsonl.zst")


def tables(data: Path, is_page: Callable[[str], bool]) -> Iterator[Document]:
    """All tables as readable pages; a cell's link is kept where `is_page` knows its URL."""
    for row in table_rows(data):
        yield _table_document(row, is_page)


def chosen(urls: list[str], n_wanted: int | None, seed: int) -> set[str]:
    """`n_wanted` of the URLs, the same ones for the same seed however the file is ordered; all for None."""
    if n_wanted is None or n_wanted >= len(urls):
        return set(urls)
    return set(sorted(urls, key=lambda url: content_hash(seed, "ottqa", url))[:n_wanted])


def _table_document(row: dict[str, Any], is_page: Callable[[str], bool]) -> Document:
    section = detokenise(row["section_title"])
    title = f"{row['title']}: {section}" if section else str(row["title"])
    parts = [part for part in (row["intro"].strip(), detokenise(row["section_text"])) if part]
    text = "".join(part + "\n\n" for part in parts)
    headers = [detokenise(name) for name, _ in row["header"]]
    links: list[Link] = []
    for cells in row["data"]:
        line = ""
        for header, (cell, targets) in zip(headers, cells, strict=False):
            value = detokenise(cell)
            if not value:
                continue
            line += f"{' | ' if line else ''}{header + ': ' if header else ''}"
            start = len(text) + len(line)
            line += value
            links.extend(_cell_links(value, start, [BASE + target for target in targets if is_page(BASE + target)]))
        text += line + "\n"
    page, _, number = row["uid"].rpartition("_")
    return Document(
        url=f"{BASE}/wiki/{page}?table={number}", site=SITE, kind="table", title=title, text=text, links=tuple(links)
    )


def _cell_links(value: str, start: int, urls: list[str]) -> Iterator[Link]:
    """A cell's only link covers it all; several share it, each on the words of its page's name where they occur."""
    if len(urls) == 1:
        yield Link(start=start, end=start + len(value), url=urls[0])
        return
    reached = 0
    for url in urls:
        name = url.rsplit("/wiki/", 1)[-1].replace("_", " ").split(" (")[0]
        place = value.find(name, reached)
        if place >= 0:
            reached = place + len(name)
            yield Link(start=start + place, end=start + reached, url=url)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with boundary(f"reading {path}"):
        with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as stream:
            for line in io.TextIOWrapper(stream, encoding="utf-8"):
                yield json.loads(line)
