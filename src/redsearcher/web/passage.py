"""Cutting a page into sentences with their places, for snippets and extraction."""

import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from redsearcher.records.world import Link

# What ends a sentence, with the first visible character after it on the line. Python looks for a class of a few plain
# characters several times faster than for anything else, so the other marks are asked for only where they occur.
_END = re.compile(r"[.!?]+[\"'”’)\]]*(?=\s+(\S))")
_OTHER_MARKS = "…。！？；"
_MARK = re.compile(r"[.!?…。！？；]")
_ANY_END = re.compile(r"[.!?…]++[\"'”’)\]]*+(?=\s+(\S))|[。！？；]++[”’」』）]*+(?=\s*(\S))")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Mt|Sr|Jr|vs|No|Vol|Inc|Ltd|Co|Corp|Gen|Col|Lt|Sgt|Rev|Hon|ca|cf|approx|etc|e\.g|i\.e)"
    r"|\b[A-Z]|\b(?:[A-Z]\.)+[A-Z])\.$"
)
_LONGEST_WORD = 40
_PUNCTUATION = re.compile(r"\W+")


class Span(NamedTuple):
    """Code points `[start, end)` of a text, blanks at both ends left out."""

    start: int
    end: int


def sentences(text: str, links: Iterable[Link] = ()) -> list[Span]:
    """Sentences in order; a line end always ends one, an abbreviation or the inside of a link never does."""
    kept_whole = [(link.start, link.end) for link in links]
    return list(map(Span, *bounds(text, kept_whole)))


class Bounds(NamedTuple):
    """Spans as two lists."""

    starts: list[int]
    ends: list[int]


def bounds(text: str, kept_whole: Sequence[tuple[int, int]] = ()) -> Bounds:
    """Where sentences start and end."""
    starts: list[int] = []
    ends: list[int] = []
    find = _END.finditer if text.isascii() or not any(mark in text for mark in _OTHER_MARKS) else _any_ends
    first = 0
    for line in text.split("\n"):
        start, last = first + len(line) - len(line.lstrip()), first + len(line.rstrip())
        if start < last:
            starts.append(start)
            for found in find(text, start, last):
                end = found.end()
                if text[found.start()] == "." and _goes_on(text, found, first):
                    continue
                if kept_whole and any(inside < end < after for inside, after in kept_whole):
                    continue
                ends.append(end)
                starts.append(found.start(found.lastindex or 0))
            ends.append(last)
        first += len(line) + 1
    return Bounds(starts, ends)


def packed(spans: Bounds) -> bytes:
    """Spans as distances of 16 bits; nothing where one of them is longer, or where there are none."""
    places = [place for span in zip(*spans, strict=True) for place in span]
    steps = [after - before for before, after in pairwise([0, *places])]
    return array("H", steps).tobytes() if max(steps, default=0) < 1 << 16 else b""


def unpacked(data: bytes) -> Bounds:
    """The inverse of `packed`."""
    places = list(accumulate(array("H", data)))
    return Bounds(places[::2], places[1::2])


def _any_ends(text: str, start: int, last: int) -> Iterator[re.Match[str]]:
    for mark in _MARK.finditer(text, start, last):
        if mark.start() >= start and (found := _ANY_END.match(text, mark.start(), last)):
            yield found
            start = found.end()


def _goes_on(text: str, end: re.Match[str], first: int) -> bool:
    """Whether a full stop ends no sentence: small letters follow, or it belongs to an abbreviation."""
    if end[1].islower():
        return True
    stop = end.start()
    return _is_abbreviation(text[max(text.rfind(" ", first, stop) + 1, stop - _LONGEST_WORD, first) : stop + 1])


@lru_cache(maxsize=1 << 16)
def _is_abbreviation(word: str) -> bool:
    """Whether a word with its full stop ends in an abbreviation."""
    return _ABBREVIATION.search(word, max(0, len(word) - 13)) is not None


def weight(terms: Iterable[str], idf: Mapping[str, float]) -> float:
    """Sum of the query terms' idf over `terms`, added in the query's order so that equal sets give equal floats."""
    found = set(terms)
    return sum(value for term, value in idf.items() if term in found)


def is_bare(text: str) -> bool:
    """Whether a text has nothing to read: blanks and punctuation only."""
    return not _PUNCTUATION.sub("", text)
