"""The few lines under a search result: the window of a page that covers most of the query."""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence

from redsearcher.web.analysis import Analysis
from redsearcher.web.finder import Found, TermFinder
from redsearcher.web.passage import Bounds, Span, bounds

ELLIPSIS = "..."
_BLANKS = re.compile(r"\s+")
_WORD = re.compile(r"[^\s\u3400-\u9fff]+|[\u3400-\u9fff]")
_TITLE_SHARE = 0.3  # a query term that the title shows already earns this share of its idf in the snippet


class SnippetMaker:
    """Chooses snippets for one query. `idf` maps the query's terms, in their order, to what they are worth."""

    def __init__(self, analysis: Analysis, idf: Mapping[str, float], max_chars: int) -> None:
        self._finder = TermFinder(analysis, idf)
        self._idf = list(idf.values())
        self._worths: dict[int, _Worth] = {}
        self._room = max_chars - 2 * (len(ELLIPSIS) + 1)

    def make(self, text: str, title: str = "", spans: Bounds | None = None) -> str:
        """Whole sentences where they fit, else whole words of the best one; one line, ellipses where text is cut.

        The window is the shortest one with the greatest sum of idf over distinct query terms, the earliest among
        equals, grown to what fits; a page that covers nothing shows its start. `spans` are the sentences, if known.
        """
        spans = spans or bounds(text)
        if not spans.starts:
            return ""
        found = self._finder.find(text)
        worth = self._worth_beside(_union(self._finder.find(title)))
        window = self._best_window(spans, _terms(spans, found), worth)
        if window.end - window.start > self._room:
            window = self._best_words(text, window, found, worth)
        line = _BLANKS.sub(" ", text[window.start : window.end])
        before = f"{ELLIPSIS} " if window.start > spans.starts[0] else ""
        after = f" {ELLIPSIS}" if window.end < spans.ends[-1] else ""
        return f"{before}{line}{after}"

    def _worth_beside(self, in_title: int) -> "_Worth":
        if in_title not in self._worths:
            self._worths[in_title] = _Worth(self._idf, in_title)
        return self._worths[in_title]

    def _best_window(self, spans: Bounds, terms: Mapping[int, int], worth: "_Worth") -> Span:
        best, best_key = (0, 0), (0.0, 0)
        numbers = list(terms)
        for place, first in enumerate(numbers):
            covered, start = 0, spans.starts[first]
            for last in numbers[place:]:
                length = spans.ends[last] - start
                if last > first and length > self._room:
                    break
                if not terms[last] & ~covered:
                    continue
                covered |= terms[last]
                # Of windows that cover the same the shortest is the heart of the matter; the first among equals.
                key = (worth[covered], -length)
                if key > best_key:
                    best, best_key = (first, last), key
        return self._grown(spans, *best)

    def _best_words(self, text: str, window: Span, found: Sequence[Found], worth: "_Worth") -> Span:
        places = [word.span() for word in _WORD.finditer(text, window.start, window.end)]
        words = Bounds([start for start, _ in places], [end for _, end in places])
        terms = _terms(words, found)
        best, best_score, end = (0, 0), 0.0, 0
        for first, start in enumerate(words.starts):
            end = max(end, first + 1)
            while end < len(places) and words.ends[end] - start <= self._room:
                end += 1
            if first not in terms:
                continue
            matched = [number for number in range(first, end) if number in terms]
            covered = 0
            for number in matched:
                covered |= terms[number]
            if worth[covered] > best_score:
                best, best_score = (first, matched[-1]), worth[covered]
        chosen = self._grown(words, *best)
        return Span(chosen.start, min(chosen.end, chosen.start + self._room))

    def _grown(self, spans: Bounds, first: int, last: int) -> Span:
        """Spans first to last and as many around them as fit, one after and one before in turn."""
        while True:
            size = (first, last)
            if last + 1 < len(spans.ends) and spans.ends[last + 1] - spans.starts[first] <= self._room:
                last += 1
            if first and spans.ends[last] - spans.starts[first - 1] <= self._room:
                first -= 1
            if size == (first, last):
                return Span(spans.starts[first], spans.ends[last])


class _Worth(dict[int, float]):
    """What a set of terms (a bit each) is worth: the sum in the query's order, so that equal sets give equal floats."""

    def __init__(self, idf: Sequence[float], in_title: int) -> None:
        super().__init__()
        self._idf = [value * (_TITLE_SHARE if in_title >> number & 1 else 1.0) for number, value in enumerate(idf)]

    def __missing__(self, terms: int) -> float:
        self[terms] = total = sum(value for number, value in enumerate(self._idf) if terms >> number & 1)
        return total


def _union(found: Sequence[Found]) -> int:
    terms = 0
    for _, number in found:
        terms |= 1 << number
    return terms


def _terms(spans: Bounds, found: Sequence[Found]) -> dict[int, int]:
    """The terms, a bit each, that start in each of the spans where some do; spans and places in order."""
    terms: dict[int, int] = {}
    starts, ends = spans
    for start, term in found:
        number = bisect_right(starts, start) - 1
        if number >= 0 and start < ends[number]:
            terms[number] = terms.get(number, 0) | 1 << term
    return terms
