"""Cached search results and visits as pages: all that was seen of a page, put together."""

from collections.abc import Iterator
from pathlib import Path

from redsearcher.core.hashing import content_hash
from redsearcher.records.world import Document, Link
from redsearcher.web.extract import plain_url
from redsearcher.web.source.base import Placed, Position, Tally
from redsearcher.web.source.cached import LINK, Scrap, bare, host, joined, scraps
from redsearcher.web.source.file import fingerprint
from redsearcher.web.source.row import Defaults


class CachedPages:
    """The pages of files of cached results, in the order of their URLs; a place is their number.

    All that was cached is in memory while it is read. Of a page that was never seen whole, the passages seen are its
    text, in the order in which they were first seen.
    """

    n_documents: int | None = None

    def __init__(self, files: list[Path], default: Defaults, tally: Tally) -> None:
        self._files, self._default, self._tally = files, default, tally
        self.fingerprint = content_hash("cache", [fingerprint(file) for file in files], default)

    def read(self, start: Position = ()) -> Iterator[Placed]:
        """The pages. Raises DataError for what is no cached result, naming file and record."""
        (first,) = start or (0,)
        found: dict[str, list[Scrap]] = {}
        tally = Tally(skip_bad=True) if start else self._tally  # what is bad was counted before the first page
        for file in self._files:
            for scrap in scraps(file, tally):
                found.setdefault(plain_url(scrap.url), []).append(scrap)
        for number, url in enumerate(sorted(found), 1):
            if number <= first:
                continue
            seen = found[url]
            text = joined(seen)
            if not text.strip():
                self._tally.drop("nothing seen of it")
                continue
            yield Placed(self._page(url, seen, text), (number,))

    def _page(self, url: str, seen: list[Scrap], text: str) -> Document:
        return Document(
            url=url,
            site=host(url),
            kind="cached",
            title=next((scrap.title for scrap in seen if scrap.title), url),
            text=text,
            lang=self._default.lang,
            links=_links(text, seen),
            date=next((scrap.date for scrap in seen if scrap.date), ""),
        )


def _links(text: str, seen: list[Scrap]) -> tuple[Link, ...]:
    """The links that any scrap shows, where its passage stands in the text, else where their words do."""
    found: dict[int, Link] = {}
    for passage in (passage for scrap in seen for passage in scrap.passages):
        place, behind = text.find(bare(passage)), 0
        for each in LINK.finditer(passage):
            start = place + each.start() - behind if place >= 0 else text.find(each[1])
            behind += len(each[0]) - len(each[1])
            if start >= 0:
                found.setdefault(start, Link(start=start, end=start + len(each[1]), url=plain_url(each[2])))
    apart, end = [], 0
    for start in sorted(found):
        if start >= end:
            apart.append(found[start])
            end = found[start].end
    return tuple(apart)
