"""A MediaWiki XML dump, packed or not: the current text of its articles."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError, iterparse

from redsearcher.core.hashing import content_hash
from redsearcher.errors import DataError
from redsearcher.records.world import Document
from redsearcher.web.source.base import Placed, Position, Tally
from redsearcher.web.source.file import fingerprint, unpacked
from redsearcher.web.source.row import Defaults
from redsearcher.web.source.wikitext import to_plain

_REDIRECT = re.compile(r"\s*#\s*(?:redirect|重定向|重新導向)\b", re.IGNORECASE)
_UNFIT = {ord(" "): "_", ord("?"): "%3F", ord('"'): "%22", ord("%"): "%25"}
_INTERWIKI = re.compile(r":?[a-z]{2,3}(?:-[a-z]+)*:")
_NO_PAGE = frozenset({"file", "image", "category", "media"})


class _Wiki(NamedTuple):
    """What a dump says of its wiki; `spaces` are the names of all namespaces in lower case."""

    base: str
    lang: str
    spaces: frozenset[str]

    def url(self, title: str) -> str:
        """Of a page, as the wiki itself writes it but for letters beyond ASCII, which stay."""
        return f"{self.base}/{title.translate(_UNFIT)}"

    def resolve(self, target: str) -> str | None:
        """Where a link leads, "" for another wiki or namespace, None for what shows no words: a picture, a category."""
        space, colon, _ = target.strip().lstrip(":").partition(":")
        space = space.strip().lower()
        if colon and (space in self.spaces or space in _NO_PAGE):
            return None if space in _NO_PAGE and not target.startswith(":") else ""
        if _INTERWIKI.match(target):
            return "" if target.startswith(":") else None
        title = target.partition("#")[0].strip().replace("_", " ")
        return self.url(title[0].upper() + title[1:]) if title else ""


class WikiDump:
    """The articles of a dump, those of namespace 0 that are no redirects; a place is the number of pages behind it."""

    n_documents: int | None = None

    def __init__(self, file: Path, default: Defaults, tally: Tally) -> None:
        self._file, self._default, self._tally = file, default, tally
        self.fingerprint = content_hash("wiki", fingerprint(file), default)

    def read(self, start: Position = ()) -> Iterator[Placed]:
        """The articles. Raises DataError where the file is no XML or cut off, naming the page behind which it is."""
        (first,) = start or (0,)
        number = 0
        try:
            with unpacked(self._file) as stream:
                for wiki, page in _pages(iterparse(stream, events=("start", "end")), self._default):
                    number += 1
                    if number > first and (document := self._document(wiki, page)) is not None:
                        yield Placed(document, (number,))
        except (ParseError, DataError) as error:
            said = str(error).removeprefix(f"{self._file} ")
            if isinstance(error, ParseError) or not self._tally.skip_bad:
                self._tally.bad(f"{self._file} cannot be read behind page {number} ({said})")
            else:
                self._tally.drop("bad")

    def _document(self, wiki: _Wiki, page: Element) -> Document | None:
        title, markup = _said(page, "title"), _said(page, "revision/text")
        if _said(page, "ns") not in ("", "0"):
            self._tally.drop("other namespace")
        elif page.find("redirect") is not None or _REDIRECT.match(markup):
            self._tally.drop("redirect")
        elif not title or not markup.strip():
            self._tally.drop("empty")
        else:
            text, links = to_plain(markup, wiki.resolve)
            if text.strip():
                return Document(
                    url=wiki.url(title), site=urlsplit(wiki.base).netloc, kind="wiki", title=title, text=text,
                    lang=wiki.lang, links=links, date=_said(page, "revision/timestamp")[:10],
                )  # fmt: skip
            self._tally.drop("empty")
        return None


def _pages(events: Iterator[tuple[str, Element]], default: Defaults) -> Iterator[tuple[_Wiki, Element]]:
    """Every page with its wiki, one in memory; the names lose their XML namespace."""
    root: Element | None = None
    wiki = _Wiki(f"https://{default.site}/wiki", default.lang, frozenset())
    for event, element in events:
        if event == "start":
            root = element if root is None else root
            continue
        element.tag = element.tag.rpartition("}")[2]
        if element.tag == "siteinfo" and root is not None:
            wiki = _wiki(root, element, default)
        elif element.tag == "page" and root is not None:
            yield wiki, element
            root.clear()


def _wiki(root: Element, info: Element, default: Defaults) -> _Wiki:
    lang = root.get("{http://www.w3.org/XML/1998/namespace}lang", default.lang)
    base = _said(info, "base").rpartition("/")[0] or f"https://{default.site}/wiki"
    spaces = frozenset((each.text or "").lower() for each in info.iterfind("namespaces/namespace")) - {""}
    return _Wiki(base, lang, spaces)


def _said(element: Element, path: str) -> str:
    return (element.findtext(path) or "").strip()
