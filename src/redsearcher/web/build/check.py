"""Whether a web is what its web.json says: every file, every record, every URL, some of the titles."""

from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from redsearcher.core.progress import Progress
from redsearcher.core.rng import derive
from redsearcher.errors import DataError, ToolError, boundary
from redsearcher.records.world import Document
from redsearcher.web.build.checksum import damaged_files
from redsearcher.web.build.journal import read_built
from redsearcher.web.build.making import web_id
from redsearcher.web.build.segments import Pages, Stored
from redsearcher.web.engine import Web
from redsearcher.web.index import INDEX_FOLDER, WebInfo, read_info

_FAULTS_PER_KIND = 10
_UNREADABLE = "a record cannot be read"
_FIRST, _SAME_SITE = 10, 100
_WATCHED = 1_000


class Checked(NamedTuple):
    """Figures by name, and one line per fault."""

    figures: dict[str, str]
    faults: list[str]


def check_web(path: Path, watch: Progress, *, n_titles: int = 200) -> Checked:
    """Read all of the web at `path`. Raises InputError if there is none.

    A dead link is no fault, as the pages it led to may never have been taken in; nor is a title that others push out of
    the first results, but one that does not find its page on its own site is.
    """
    try:
        info = read_info(path)
        damaged = damaged_files(path / INDEX_FOLDER)
    except DataError as error:
        return Checked({}, [str(error)])
    if damaged:
        return Checked({"pages": f"{info.n_documents:,}"}, damaged)
    try:
        with boundary(f"reading {path}", raises=DataError):
            return _Check(path, info, n_titles).run(watch)
    except DataError as error:
        return Checked({"pages": f"{info.n_documents:,}"}, [str(error)])


class _Check:
    def __init__(self, path: Path, info: WebInfo, n_titles: int) -> None:
        self._path, self._info = path, info
        self._pages, self._web = Pages(path / INDEX_FOLDER), Web.open(path)
        self._n, self._total, self._n_links, self._n_dead, self._n_first = 0, 0, 0, 0, 0
        self._kinds: Counter[str] = Counter()
        self._faults: list[str] = []
        self._titled: list[Document] = []
        rng, n_pages = derive(0, "titles"), len(self._pages)
        self._sample = frozenset(rng.sample(range(n_pages), min(n_titles, n_pages)))
        self._is_dead = lru_cache(1 << 16)(self._leads_nowhere)

    def run(self, watch: Progress) -> Checked:
        for number in range(len(self._pages.segments)):
            for page in self._pages.read(number):
                self._page(page)
                self._n += 1
                if self._n % _WATCHED == 0:
                    watch.advance(_WATCHED)
        self._whole()
        if not self._kinds[_UNREADABLE]:  # else a search may come upon such a record
            for document in self._titled:
                self._title(document)
        more = [f"{n - _FAULTS_PER_KIND:,} more: {kind}" for kind, n in self._kinds.items() if n > _FAULTS_PER_KIND]
        return Checked(self._figures(), self._faults + more)

    def _page(self, page: Stored) -> None:
        try:
            document = page.document
        except ValueError as error:
            self._fault(_UNREADABLE, f"page {self._n}: {str(error).splitlines()[0]}")
            return
        self._total += int(document.id, 16)
        found = self._pages.find(document.url)
        if (n_same := self._pages.count(document.url)) > 1:
            self._fault("a URL has several pages", f"{document.url} has {n_same}")
        elif found is None or (found.segment_ord, found.doc) != (page.address.segment_ord, page.address.doc):
            self._fault("a URL does not lead to its page", document.url)
        self._n_links += len(document.links)
        self._n_dead += sum(self._is_dead(link.url) for link in document.links)
        if self._n in self._sample:
            self._titled.append(document)

    def _leads_nowhere(self, url: str) -> bool:
        if self._pages.count(url):
            return False
        try:
            self._web.resolve(url)
        except ToolError:
            return True
        return False

    def _title(self, document: Document) -> None:
        self._n_first += any(hit.title == document.title for hit in self._web.find(document.title, _FIRST))
        phrase = " ".join(document.title.replace('"', " ").split())
        found = self._web.find(f'site:{document.site} "{phrase}"', _SAME_SITE)
        searched = any(char.isalnum() for char in phrase) and len(found) < _SAME_SITE
        if searched and document.url not in {hit.url for hit in found}:
            self._fault("a title does not find its page", f"{document.title!r} of {document.url}")

    def _whole(self) -> None:
        info, built = self._info, read_built(self._path)
        if self._n != info.n_documents:
            self._fault("the number of pages", f"web.json says {info.n_documents:,}, the index holds {self._n:,}")
        if (found := web_id(self._total, self._n, info.config)) != info.id:
            self._fault("the id", f"web.json says {info.id}, the pages give {found}")
        if built is not None and built.total != f"{self._total:x}":
            self._fault("build.json", "the sum of the ids is not that of the pages; remove the file")

    def _figures(self) -> dict[str, str]:
        size = sum(file.stat().st_size for file in (self._path / INDEX_FOLDER).iterdir())
        return {
            "pages": f"{self._n:,}",
            "segments": f"{len(self._pages.segments):,}",
            "MiB on disk": f"{size / 2**20:,.1f}",
            "links": f"{self._n_links:,}",
            "links to no page": f"{self._n_dead:,}"
            + (f" ({self._n_dead / self._n_links:.1%})" if self._n_links else ""),
            f"titles that find their like in the first {_FIRST}": f"{self._n_first:,} of {len(self._sample):,}",
        }

    def _fault(self, kind: str, said: str) -> None:
        self._kinds[kind] += 1
        if self._kinds[kind] <= _FAULTS_PER_KIND:
            self._faults.append(f"{kind}: {said}")
