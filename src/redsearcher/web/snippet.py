"""The few lines under a search result: the window of a page that covers most of the query."""

import re
from collections.abc import Mapping

from redsearcher.web.analysis import Analysis
from redsearcher.web.passage import Span, sentences, weight

ELLIPSIS = "..."
_BLANKS = re.compile(r"\s+")
_WORD = re.compile(r"[^\s\u3400-\u9fff]+|[\u3400-\u9fff]")
_TITLE_SHARE = 0.3  # a query term that the title shows already earns this share of its idf in the snippet


class SnippetMaker:
    """Chooses snippets for one query. `idf` maps the query's terms, in their order, to what they are worth."""

    def __init__(self, analysis: Analysis, idf: Mapping[str, float], max_chars: int) -> None:
        self._analysis, self._idf = analysis, dict(idf)
        self._room = max_chars - 2 * (len(ELLIPSIS) + 1)

    def make(self, text: str, title: str = "") -> str:
        """Whole sentences where they fit, else whole words of the best one; one line, ellipses where text is cut.

        The window is the shortest one with the greatest sum of idf over distinct query terms, the earliest among
        equals, grown to what fits; a page that covers nothing shows its start.
        """
        spans = sentences(text)
        if not spans:
            return ""
        shown = self._analysis.read_terms(title)
        worth = {term: value * (_TITLE_SHARE if term in shown else 1.0) for term, value in self._idf.items()}
        window = self._best_window(text, spans, worth)
        if window.end - window.start > self._room:
            window = self._best_words(text, window, worth)
        line = _BLANKS.sub(" ", text[window.start : window.end])
        before = f"{ELLIPSIS} " if window.start > spans[0].start else ""
        after = f" {ELLIPSIS}" if window.end < spans[-1].end else ""
        return f"{before}{line}{after}"

    def _best_window(self, text: str, spans: list[Span], worth: Mapping[str, float]) -> Span:
        terms = [self._analysis.read_terms(text[span.start : span.end]) & worth.keys() for span in spans]
        best, best_key = (0, 0), (0.0, 0)
        for first, span in enumerate(spans):
            covered: set[str] = set()
            for last in range(first, len(spans) if terms[first] else first):
                length = spans[last].end - span.start
                if last > first and length > self._room:
                    break
                if terms[last] <= covered:
                    continue
                covered |= terms[last]
                # Of windows that cover the same the shortest is the heart of the matter; the first among equals.
                key = (weight(covered, worth), -length)
                if key > best_key:
                    best, best_key = (first, last), key
        return self._grown(spans, *best)

    def _best_words(self, text: str, window: Span, worth: Mapping[str, float]) -> Span:
        words = [Span(found.start(), found.end()) for found in _WORD.finditer(text, window.start, window.end)]
        pieces = [text[word.start : word.end] for word in words]
        # A Chinese bigram needs the following character too.
        pairs = zip(pieces, [*pieces[1:], ""], strict=True)
        terms = [self._analysis.read_terms(a + b if len(a) == 1 else a) & worth.keys() for a, b in pairs]
        best, best_score, end = (0, 0), 0.0, 0
        for first, word in enumerate(words):
            end = max(end, first + 1)
            while end < len(words) and words[end].end - word.start <= self._room:
                end += 1
            score = weight((term for found in terms[first:end] for term in found), worth)
            if score > best_score:
                matched = [number for number in range(first, end) if terms[number]]
                best, best_score = (matched[0], matched[-1]), score
        found = self._grown(words, *best)
        return Span(found.start, min(found.end, found.start + self._room))

    def _grown(self, spans: list[Span], first: int, last: int) -> Span:
        """Spans first to last and as many around them as fit, one after and one before in turn."""
        while True:
            size = (first, last)
            if last + 1 < len(spans) and spans[last + 1].end - spans[first].start <= self._room:
                last += 1
            if first and spans[last].end - spans[first - 1].start <= self._room:
                first -= 1
            if size == (first, last):
                return Span(spans[first].start, spans[last].end)
