"""Cached search results and visits as pages: all that was seen of a page, put together."""

from collections.abc import Iterator
from pathlib import Path

from redsearcher.core.hashing import content_hash
from redsearcher.records.world import Document, Link
from redsearcher.web.extract import plain_url
from redsearcher.web.source.base import Placed, Position, Tally
from redsearcher.web.source.cached import LINK, Scrap, host, joined, scraps
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
        for file in self._files:
            for scrap in scraps(file, self._tally):
                found.setdefault(plain_url(scrap.url), []).append(scrap)
        for number, url in enumerate(sorted(found), 1):
            if number <= first:
                continue
            seen = found[url]
            passages = joined(seen)
            if not passages:
                self._tally.drop("nothing seen of it")
                continue
            yield Placed(self._page(url, seen, "\n\n".join(passages)), (number,))

    def _page(self, url: str, seen: list[Scrap], markdown: str) -> Document:
        text, links = _linked(markdown)
        return Document(
            url=url,
            site=host(url),
            kind="cached",
            title=next((scrap.title for scrap in seen if scrap.title), url),
            text=text,
            lang=self._default.lang,
            links=links,
            date=next((scrap.date for scrap in seen if scrap.date), ""),
        )


def _linked(markdown: str) -> tuple[str, tuple[Link, ...]]:
    """The text with its inline links taken out into records."""
    parts: list[str] = []
    links: list[Link] = []
    length, at = 0, 0
    for each in LINK.finditer(markdown):
        before = markdown[at : each.start()]
        start = length + len(before)
        links.append(Link(start=start, end=start + len(each[1]), url=plain_url(each[2])))
        parts += [before, each[1]]
        length, at = start + len(each[1]), each.end()
    return "".join([*parts, markdown[at:]]), tuple(links)
