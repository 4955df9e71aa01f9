"""A page before anything is known about it: its words, its links, its tables; and a table as lines of text."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from redsearcher.records.world import Document, Link


class Cell(NamedTuple):
    """A cell: its words and the URLs it links to."""

    text: str
    links: tuple[str, ...] = ()


class Table(NamedTuple):
    """A table under a heading. Rows may be shorter than the header."""

    section: str
    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class SourcePage(NamedTuple):
    """What a page gives: `links` lie in its text; the tables are rendered behind it."""

    url: str
    site: str
    kind: str
    title: str
    text: str
    links: tuple[Link, ...] = ()
    tables: tuple[Table, ...] = ()
    lang: str = "en"
    subject: str = ""
    """URL of the page about what this page is about, where that is another one."""


class RowPlace(NamedTuple):
    """Where a row stands in the text of its page: the code points `[start, end)` of its line."""

    table: int
    row: int
    start: int
    end: int


class Reading(NamedTuple):
    """A page as an extractor gets it: its document, and where the rows of its tables stand in the document's text."""

    page: SourcePage
    document: Document
    places: list[RowPlace]


def render(page: SourcePage, is_page: Callable[[str], bool]) -> Reading:
    """The page as a document, each row of a table a line "Header: value | Header: value".

    Cell links are kept where `is_page` knows their URL.
    """
    text = page.text.rstrip("\n") + "\n\n" if page.text.strip() and page.tables else page.text
    links = [link for link in page.links if is_page(link.url)]
    places: list[RowPlace] = []
    for number, table in enumerate(page.tables):
        if table.section and table.section not in page.title:
            text += f"{table.section}\n"
        for row_number, row in enumerate(table.rows):
            start, line = len(text), ""
            for header, cell in zip(table.headers, row, strict=False):
                if not cell.text:
                    continue
                line += f"{' | ' if line else ''}{header + ': ' if header else ''}"
                links += _cell_links(cell, start + len(line), is_page)
                line += cell.text
            if line:
                places.append(RowPlace(number, row_number, start, start + len(line)))
                text += line + "\n"
    document = Document(
        url=page.url, site=page.site, kind=page.kind, title=page.title, text=text, lang=page.lang, links=tuple(links)
    )
    return Reading(page, document, places)


def _cell_links(cell: Cell, start: int, is_page: Callable[[str], bool]) -> Iterator[Link]:
    """A cell's only link covers it all; several share it, each on the words of its page's name where they occur."""
    urls = [url for url in cell.links if is_page(url)]
    if len(urls) == 1:
        yield Link(start=start, end=start + len(cell.text), url=urls[0])
        return
    for url, (first, last) in zip(urls, anchors(cell.text, urls), strict=True):
        if last > first:
            yield Link(start=start + first, end=start + last, url=url)


def anchors(text: str, urls: Sequence[str]) -> list[tuple[int, int]]:
    """Where the name of each linked page occurs in a cell, left to right; an empty span where it does not."""
    found, reached = [], 0
    for url in urls:
        name = page_name(url).split(" (")[0]
        place = text.find(name, reached)
        found.append((place, place + len(name)) if place >= 0 else (0, 0))
        reached = place + len(name) if place >= 0 else reached
    return found


def page_name(url: str) -> str:
    """The last part of a URL as a title: blanks for underscores."""
    return url.rstrip("/").rsplit("/", 1)[-1].replace("_", " ")
