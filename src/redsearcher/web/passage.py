"""Cutting a page into sentences with their places, for snippets and extraction."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from redsearcher.records.world import Link

_PARAGRAPH = re.compile(r"[^\n]+")
_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)|[。！？；]+[”’」』）]*")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Mt|Sr|Jr|vs|No|Vol|Inc|Ltd|Co|Corp|Gen|Col|Lt|Sgt|Rev|Hon|ca|cf|approx|etc|e\.g|i\.e)"
    r"|\b[A-Z]|\b(?:[A-Z]\.)+[A-Z])\.$"
)
_NEXT = re.compile(r"\s*(\S)")
_PUNCTUATION = re.compile(r"\W+")


class Span(NamedTuple):
    """Code points `[start, end)` of a text, blanks at both ends left out."""

    start: int
    end: int


def sentences(text: str, links: Iterable[Link] = ()) -> list[Span]:
    """Sentences in order; a line end always ends one, an abbreviation or the inside of a link never does."""
    kept_whole = [(link.start, link.end) for link in links]
    spans: list[Span] = []
    for line in _PARAGRAPH.finditer(text):
        start = line.start()
        for end in _ends(text, line.start(), line.end()):
            if any(first < end < last for first, last in kept_whole):
                continue
            spans.append(Span(start, end))
            start = end
        spans.append(Span(start, line.end()))
    return [trimmed for span in spans if (trimmed := _trim(text, span)).start < trimmed.end]


def _ends(text: str, start: int, end: int) -> Iterator[int]:
    for found in _END.finditer(text, start, end):
        following = _NEXT.match(text, found.end(), end)
        if following is None:
            return
        if found[0][0] == "." and (_ABBREVIATION.search(text, max(start, found.start() - 12), found.start() + 1)
                                   or following[1].islower()):  # fmt: skip
            continue
        yield found.end()


def _trim(text: str, span: Span) -> Span:
    piece = text[span.start : span.end]
    left = len(piece) - len(piece.lstrip())
    return Span(span.start + left, span.start + max(left, len(piece.rstrip())))


def weight(terms: Iterable[str], idf: Mapping[str, float]) -> float:
    """Sum of the query terms' idf over `terms`, added in the query's order so that equal sets give equal floats."""
    found = set(terms)
    return sum(value for term, value in idf.items() if term in found)


def is_bare(text: str) -> bool:
    """Whether a text has nothing to read: blanks and punctuation only."""
    return not _PUNCTUATION.sub("", text)
