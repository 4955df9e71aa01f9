"""Tool observations read back into documents: what a model sees, as sentences with link anchors."""

import re
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple


class Anchor(NamedTuple):
    """A hyperlink on code points `[start, end)` of a sentence."""

    start: int
    end: int
    url: str


class Sentence(NamedTuple):
    """Plain text with its links."""

    text: str
    anchors: tuple[Anchor, ...] = ()


class Document(NamedTuple):
    """A search hit (`visited` false, its sentences are the snippet; `url` is the title where results give no addresses)
    or an opened page."""

    title: str
    url: str
    sentences: tuple[Sentence, ...]
    visited: bool


class Results(NamedTuple):
    """What one query returned, best first."""

    query: str
    hits: tuple[Document, ...]


class Seen(NamedTuple):
    """One observation: result lists of a search, or pages of a visit; both empty for an error."""

    results: tuple[Results, ...] = ()
    pages: tuple[Document, ...] = ()


_HEAD = re.compile(r'^## .*?["“](.*)["”]\s*$')
_TARGET = r"((?:[^()\s]|\([^()\s]*\))+)"
_HIT = re.compile(rf"^\s*\d+\. \[(.*)\]\({_TARGET}\)\s*$")
_BARE_HIT = re.compile(r"^\d+\. (.+)$")
"""A hit of results that give no addresses: no site and date follow it."""
_TITLE = re.compile(r"^# (.+)$")
_URL = re.compile(r"^URL:\s*(\S+)\s*$")
_SHOWN = re.compile(r"^\(.*(?:shown|characters).*\)$")
_LINK = re.compile(rf"\[([^\[\]]+)\]\({_TARGET}\)")
_END = re.compile(r"[。！？；]|[.!?](?=[\s\"”']+[A-Z\d“\"'(]|\s*$)")
_ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|St|Jr|Sr|Prof|vs|No|ca|c|approx)|\b[A-Z])\.$")


def can_open(url: str) -> bool:
    """Whether it is an address."""
    return "://" in url


def plain_url(url: str) -> str:
    """An address with the parentheses and blanks that markdown forces to be encoded."""
    for code, char in (("%28", "("), ("%29", ")"), ("%20", " ")):
        url = url.replace(code, char)
    return url


@lru_cache(maxsize=4096)
def read_observation(content: str) -> Seen:
    """Read one observation's text; anything that is neither results nor pages gives an empty Seen."""
    if content.startswith("## "):
        return Seen(results=tuple(_results(content.splitlines())))
    if content.startswith("# ") or "\n# " in content:
        blocks = re.split(r"^---\s*$", content, flags=re.MULTILINE)
        return Seen(pages=tuple(page for block in blocks if (page := _page(block)) is not None))
    return Seen()


def _results(lines: list[str]) -> list[Results]:
    found: list[tuple[str, list[tuple[str, str, list[str]]]]] = []
    for line in lines:
        head, hit, bare = _HEAD.match(line), _HIT.match(line), _BARE_HIT.match(line)
        if head:
            found.append((head.group(1), []))
        elif hit and found:
            found[-1][1].append((hit.group(1), plain_url(hit.group(2)), []))
        elif bare and found:
            found[-1][1].append((bare.group(1), bare.group(1), []))
        elif line.strip() and found and found[-1][1]:
            found[-1][1][-1][2].append(line.strip())
    return [Results(query, tuple(_hit(*hit) for hit in hits)) for query, hits in found]


def _hit(title: str, url: str, lines: list[str]) -> Document:
    # The first line under a title with an address is site and date; the snippet follows.
    snippet = lines[1:] if can_open(url) else lines
    return Document(title, url, tuple(s for line in snippet for s in sentences(line)), visited=False)


def _page(block: str) -> Document | None:
    title = url = ""
    body: list[Sentence] = []
    for line in block.strip().splitlines():
        line = line.strip()
        if line.startswith("Error:"):
            return None
        if not title and (match := _TITLE.match(line)):
            title = match.group(1).strip()
        elif title and not url and (match := _URL.match(line)):
            url = plain_url(match.group(1))
        elif line and line != "[...]" and not _SHOWN.match(line):
            body.extend(sentences(line.removeprefix("#").lstrip("# ")))
    return Document(title, url, tuple(body), visited=True) if title and url else None


@lru_cache(maxsize=16384)
def sentences(line: str) -> tuple[Sentence, ...]:
    """Split a line of markdown into sentences; links become anchors on the plain text."""
    plain, anchors = _strip_links(line)
    bounds = [0]
    for match in _END.finditer(plain):
        inside = any(a.start < match.end() < a.end for a in anchors)
        if not inside and not _ABBREVIATION.search(plain[: match.end()]):
            bounds.append(match.end())
    bounds.append(len(plain))
    found = []
    for start, end in pairwise(bounds):
        shift = start + len(plain[start:end]) - len(plain[start:end].lstrip())
        text = plain[shift:end].rstrip()
        own = (a for a in anchors if shift <= a.start and a.end <= end)
        kept = tuple(Anchor(a.start - shift, a.end - shift, a.url) for a in own)
        if text:
            found.append(Sentence(text, kept))
    return tuple(found)


def _strip_links(line: str) -> tuple[str, list[Anchor]]:
    parts: list[str] = []
    anchors: list[Anchor] = []
    length = last = 0
    for match in _LINK.finditer(line):
        before = line[last : match.start()]
        parts += (before, match.group(1))
        start = length + len(before)
        length = start + len(match.group(1))
        anchors.append(Anchor(start, length, plain_url(match.group(2))))
        last = match.end()
    parts.append(line[last:])
    return "".join(parts), anchors
