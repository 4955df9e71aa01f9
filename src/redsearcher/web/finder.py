"""Where the terms of a query stand in a text: by looking for their beginnings, not by analysing every word."""

import re
from collections.abc import Iterable

from redsearcher.web.analysis import HARD, OTHER_LETTER, Analysis, is_han

_HARD_RUN = re.compile(rb"[^ ]*\0[^ ]*")
Found = tuple[int, int]  # a code point of a text, and the number of the term that stands there


class TermFinder:
    """Finds the terms of one query, given as reading compares them (stems and Chinese grams)."""

    def __init__(self, analysis: Analysis, terms: Iterable[str]) -> None:
        self._analysis = analysis
        numbered = list(enumerate(terms))
        self._numbers = {term: number for number, term in numbered}
        self._grams = [(number, term) for number, term in numbered if is_han(term)]
        self._words = [(number, _beginning(term), term) for number, term in numbered if not is_han(term)]

    def find(self, text: str) -> list[Found]:
        """Every place of every term, in the order of the text."""
        flat = self._analysis.flat(text)
        found: list[Found] = []
        if HARD in flat:
            for run in _HARD_RUN.finditer(flat):
                terms = self._analysis.read_terms(text[run.start() - 1 : run.end() - 1])
                found += [(run.start() - 1, self._numbers[term]) for term in terms & self._numbers.keys()]
            flat = _HARD_RUN.sub(lambda run: b" " * len(run[0]), flat)
        stem_of = self._analysis.stem_of
        for number, beginning, stem in self._words:
            at = flat.find(beginning)
            while at >= 0:
                end = flat.find(b" ", at + 1)
                if stem_of(text[at : end - 1]) == stem:
                    found.append((at, number))
                at = flat.find(beginning, end)
        for number, gram in self._grams:
            at = text.find(gram)
            while at >= 0:
                found.append((at, number))
                at = text.find(gram, at + 1)
        found.sort()
        return found


def _beginning(stem: str) -> bytes:
    """What every English word of that stem begins with. Porter's second stemmer puts another last letter where that
    is i, e, l or y (`happy`, `hoping`, `ability`, `skies`), and two in `dying` and its like."""
    start = stem[:-1] or stem if stem[-1] in "iely" else stem
    start = stem[0] if len(stem) == 3 and stem.endswith("ie") else start
    return b" " + "".join(letter if letter.isascii() else OTHER_LETTER.decode() for letter in start).encode()
