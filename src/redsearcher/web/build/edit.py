"""A built web with more pages or fewer: the new one shares the files of the old one but for what changes.

Pages are never marked as deleted, which would leave their words in the statistics that rank the others: the segments
that hold them are left out, and what else these held is indexed anew. Results are those of a web built without them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from redsearcher.core.hashing import content_hash
from redsearcher.core.progress import Progress
from redsearcher.errors import DataError, InputError
from redsearcher.web.address.book import addressed, shown_url
from redsearcher.web.build.journal import Mark, read_built
from redsearcher.web.build.making import Plan, SameUrl, Say, make, site, tidy, web_id
from redsearcher.web.build.segments import Pages, clone
from redsearcher.web.index import INDEX_FOLDER, WebInfo, read_info
from redsearcher.web.source.base import Placed, Position, Source, Tally


class _Old(NamedTuple):
    """The web that is changed."""

    path: Path
    info: WebInfo
    pages: Pages
    total: int
    last: str
    """Fingerprint of the last change."""

    def ids(self, numbers: Collection[int]) -> int:
        """The sum of the ids of all pages of those segments."""
        return sum(int(page.document.id, 16) for number in numbers for page in self.pages.read(number))


def append_pages(
    path: Path, source: Source, *, watch: Progress, say: Say, tally: Tally, same_url: SameUrl = "error"
) -> WebInfo:
    """Add the pages of a source to the web at `path`, which is the old one or the new one at any moment.

    Interrupted, the same call goes on; where these pages were the last change already, nothing is done. Raises
    DataError for a page whose URL the web has, unless `same_url` is first.
    """
    read_info(path)
    with site(path):
        old = _open(path)
        remembered = content_hash("append", source.fingerprint, same_url) if source.fingerprint else ""
        if remembered and old.last == remembered:
            tidy(path)
            say(f"these pages were the last to be added to {path}; nothing is left to do")
            return old.info
        plan = Plan(
            source=addressed(source, old.info.config.addresses),
            config=old.info.config,
            world=old.info.world,
            lang=old.info.lang,
            fingerprint=content_hash("append", old.info.id, source.fingerprint, same_url) if remembered else "",
            remembered=remembered,
            tally=tally,
            same_url=same_url,
            start=Mark(n_documents=old.info.n_documents, total=f"{old.total:x}", n_urls=0),
            lay=partial(clone, path / INDEX_FOLDER),
            known=lambda url: old.pages.count(url) > 0,
        )
        return make(path, plan, watch, say)


def delete_pages(path: Path, urls: Collection[str], *, watch: Progress, say: Say, missing_ok: bool = False) -> WebInfo:
    """Take the pages at `urls`, as the web or their source spells them, out of the web at `path`; crash-safe and
    resumed as appending is. Raises InputError where a URL has no page, unless that is `missing_ok`.
    """
    read_info(path)
    with site(path):
        old = _open(path)
        remembered = content_hash("delete", sorted(set(urls)))
        if old.last == remembered:
            tidy(path)
            say(f"these pages were the last to be taken out of {path}; nothing is left to do")
            return old.info
        found = _find(old, urls, missing_ok)
        gone = [old.pages.segments[number].name for number in found]
        rest = _Rest(old, found)
        plan = Plan(
            source=rest,
            config=old.info.config,
            world=old.info.world,
            lang=old.info.lang,
            fingerprint=content_hash("delete", old.info.id, remembered),
            remembered=remembered,
            tally=Tally(),
            start=Mark(
                n_documents=old.info.n_documents - sum(old.pages.segments[number].n_pages for number in found),
                total=f"{old.total - old.ids(found):x}",
                n_urls=0,
            ),
            lay=partial(clone, path / INDEX_FOLDER, without=gone),
        )
        return make(path, plan, watch, say)


def _open(path: Path) -> _Old:
    info, built = read_info(path), read_built(path)
    pages = Pages(path / INDEX_FOLDER)
    total = int(built.total, 16) if built is not None else -1
    old = _Old(path, info, pages, total, built.fingerprint if built is not None else "")
    if total < 0 or web_id(total, info.n_documents, info.config) != info.id:
        old = old._replace(total=old.ids(range(len(pages.segments))), last="")
    if web_id(old.total, len(pages), info.config) != info.id:
        raise DataError(f"{path} does not hold what its web.json says; `redsearcher web check {path}` tells more")
    return old


def _find(old: _Old, urls: Collection[str], missing_ok: bool) -> dict[int, set[int]]:
    """Where the pages lie: their places in each segment that holds any."""
    found: dict[int, set[int]] = defaultdict(set)
    missing = []
    shown = shown_url(old.info.config.addresses)
    for url in urls:
        address = old.pages.find(url) or old.pages.find(shown(url))
        if address is None:
            missing.append(url)
        else:
            found[address.segment_ord].add(address.doc)
    if missing and not missing_ok:
        raise InputError(
            f"{old.path} has no page at {missing[0]!r}"
            + (f", nor at {len(missing) - 1} more of the URLs given" if len(missing) > 1 else "")
            + "; nothing was deleted; --missing-ok deletes the others"
        )
    return {number: found[number] for number in sorted(found)}


class _Rest:
    """The other pages of segments that hold deleted ones; a place is a segment and a page of it."""

    fingerprint = ""

    def __init__(self, old: _Old, gone: dict[int, set[int]]) -> None:
        self._old, self._gone = old, gone
        self.n_documents: int | None = sum(old.pages.segments[n].n_pages - len(pages) for n, pages in gone.items())

    def read(self, start: Position = ()) -> Iterator[Placed]:
        """As they are stored."""
        first, done = start or (0, 0)
        for number, gone in self._gone.items():
            if number < first:
                continue
            begin = done if number == first else 0
            for place, page in enumerate(self._old.pages.read(number, begin), begin + 1):
                if place - 1 not in gone:
                    yield Placed(page.document, (number, place))
