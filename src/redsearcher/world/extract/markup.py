"""Markdown and HTML as plain text with links and tables."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import NamedTuple

from redsearcher.records.world import Link
from redsearcher.world.extract.page import Cell, Table

Resolve = Callable[[str], str]
"""A link's target as written -> the URL of the page meant."""
_LINK = re.compile(r"!?\[([^\]]*)\]\(([^)\s]+)[^)]*\)")
_HEADING = re.compile(r"#{1,6}\s+(.*?)\s*#*$")
_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
_EMPHASIS = re.compile(r"(\*\*|__|`)(?=\S)(.+?)(?<=\S)\1|\*(?=\S)([^*]+?)(?<=\S)\*")
_BLOCKS = frozenset(
    {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "br", "section", "article", "dd", "dt"}
)
_SILENT = frozenset({"script", "style", "head", "nav", "footer", "sup"})


class Marked(NamedTuple):
    """What a marked-up file holds; `links` lie in `text`, tables are taken out of it."""

    title: str
    text: str
    links: tuple[Link, ...]
    tables: tuple[Table, ...]


def read_markdown(source: str, resolve: Resolve) -> Marked:
    """Headings, paragraphs, links and pipe tables. The first heading is the title."""
    text, title, section = _Text(), "", ""
    tables: list[Table] = []
    lines = source.splitlines()
    place = 0
    while place < len(lines):
        line = lines[place]
        if "|" in line and place + 1 < len(lines) and _RULE.match(lines[place + 1]):
            end = place + 2
            while end < len(lines) and "|" in lines[end]:
                end += 1
            rows = tuple(_cells(row, resolve) for row in lines[place + 2 : end])
            tables.append(Table(section, tuple(cell.text for cell in _cells(line, resolve)), rows))
            place = end
            continue
        if heading := _HEADING.match(line):
            section = _plain(heading[1], resolve)[0]
            if not title:
                title, line, section = section, "", ""
            else:
                line = section
        for piece, target in _pieces(line, resolve):
            text.add(piece, target)
        text.end_line()
        place += 1
    return Marked(title, *text.done(), tuple(tables))


def _cells(line: str, resolve: Resolve) -> tuple[Cell, ...]:
    return tuple(Cell(*_plain(part, resolve)) for part in re.split(r"(?<!\\)\|", line.strip().strip("|")))


def _plain(text: str, resolve: Resolve) -> tuple[str, tuple[str, ...]]:
    pieces = _pieces(text, resolve)
    return "".join(piece for piece, _ in pieces).strip(), tuple(target for _, target in pieces if target)


def _pieces(text: str, resolve: Resolve) -> list[tuple[str, str]]:
    """The text without marks, cut at its links: (words, target or "")."""
    found, reached = [], 0
    for match in _LINK.finditer(text):
        found.append((_unmarked(text[reached : match.start()]), ""))
        found.append((_unmarked(match[1]), "" if match[0].startswith("!") else resolve(match[2])))
        reached = match.end()
    return [*found, (_unmarked(text[reached:]), "")]


def _unmarked(text: str) -> str:
    return _EMPHASIS.sub(lambda match: match[2] or match[3], text)


def read_html(source: str, resolve: Resolve) -> Marked:
    """Text by blocks, links, and tables whose first row is a header. The title is `<title>`, else the first `<h1>`."""
    parser = _Html(resolve)
    parser.feed(source)
    parser.close()
    return Marked(parser.title.strip() or parser.heading.strip(), *parser.text.done(), tuple(parser.tables))


class _Text:
    """Text in the making with its links; blanks are collapsed, empty lines kept single."""

    def __init__(self) -> None:
        self._text = ""
        self._links: list[Link] = []

    def add(self, words: str, target: str = "") -> None:
        words = re.sub(r"\s+", " ", words)
        if self._text.endswith(("\n", " ")) or not self._text:
            words = words.lstrip()
        start = len(self._text)
        self._text += words
        if target and words.strip():
            self._links.append(Link(start=start, end=start + len(words.rstrip()), url=target))

    def end_line(self) -> None:
        self._text = self._text.rstrip(" ")
        if not self._text.endswith("\n\n") and self._text:
            self._text += "\n"

    def done(self) -> tuple[str, tuple[Link, ...]]:
        return self._text.rstrip() + "\n" if self._text.strip() else "", tuple(self._links)


class _Html(HTMLParser):
    def __init__(self, resolve: Resolve) -> None:
        super().__init__()
        self.text, self.title, self.heading = _Text(), "", ""
        self.tables: list[Table] = []
        self._resolve = resolve
        self._open: list[str] = []
        self._href = ""
        self._section = ""
        self._rows: list[list[Cell]] | None = None
        self._words, self._targets = "", list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.append(tag)
        if tag == "a":
            self._href = next((value or "" for name, value in attrs if name == "href"), "")
        elif tag == "table":
            self._rows = []
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])
        elif tag in ("td", "th"):
            self._words, self._targets = "", []
        elif tag in _BLOCKS and self._rows is None:
            self.text.end_line()
            self._section = "" if tag in ("h1", "h2", "h3", "h4") else self._section
        if tag in ("br", "img", "hr", "meta", "link", "input"):
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        while tag in self._open and self._open.pop() != tag:
            pass
        if tag == "a":
            self._href = ""
        elif tag in ("td", "th") and self._rows:
            self._rows[-1].append(Cell(" ".join(self._words.split()), tuple(self._targets)))
        elif tag == "table" and self._rows is not None:
            rows, self._rows = [tuple(row) for row in self._rows if row], None
            if len(rows) > 1:
                self.tables.append(Table(self._section, tuple(cell.text for cell in rows[0]), tuple(rows[1:])))
        elif tag in _BLOCKS and self._rows is None:
            self.text.end_line()

    def handle_data(self, data: str) -> None:
        if "title" in self._open and "head" in self._open:
            self.title += data
        if _SILENT & set(self._open):
            return
        if self._rows is not None:
            self._words += data
            if self._href:
                self._targets.append(self._resolve(self._href))
            return
        if "h1" in self._open:
            self.heading += data
        elif {"h2", "h3", "h4"} & set(self._open):
            self._section += data.strip()
        self.text.add(data, self._resolve(self._href) if self._href else "")
