"""From text to index terms: English words folded and stemmed, Chinese runs as characters and bigrams."""

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

import tantivy

MAX_WORD_CHARS = 60
_HAN = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_HAN_RUN = re.compile(f"[{_HAN}]+")
_JAMO = re.compile("[\u1100-\u11ff]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
HARD, OTHER_LETTER = b"\0", b"\x7f"
_FLAT = bytes(ord(chr(code).lower()) if chr(code).isalnum() else ord(" ") for code in range(127))
_FLAT = HARD + _FLAT[1:] + OTHER_LETTER + bytes(128)

_STOP_FILES = files("redsearcher.web") / "stopwords"
STOP_WORDS = frozenset((_STOP_FILES / "en.txt").read_text(encoding="utf-8").split())
STOP_GRAMS = frozenset((_STOP_FILES / "zh.txt").read_text(encoding="utf-8").split())


def normal(text: str) -> str:
    """Compatibility forms unified (full-width letters, combining accents): what the index sees of a text."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def is_han(term: str) -> bool:
    """Whether a term is a Chinese character or bigram rather than a word."""
    return _HAN_RUN.match(term) is not None


def grams(run: str) -> list[str]:
    """Characters of a Chinese run, then its overlapping bigrams."""
    return [*run, *map("".join, pairwise(run))]


def phrase_grams(run: str) -> list[str]:
    """What asks for a Chinese run: its bigrams, or the character where there is only one."""
    return grams(run)[len(run) :] or [run]


def word_text(text: str) -> str:
    """The text without its Chinese runs, for the word field."""
    return text if text.isascii() else _HAN_RUN.sub(" ", text)


def gram_text(text: str) -> str:
    """The Chinese runs of the text as blank-separated grams, for the gram field; empty if there are none."""
    if text.isascii():
        return ""
    return " ".join(gram for run in _HAN_RUN.findall(text) for gram in grams(run))


def word_analyzer(*, stem: bool) -> tantivy.TextAnalyzer:
    """The analyser of the word field: runs of letters and digits, lower case, no accents, maybe stemmed."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    builder = builder.filter(tantivy.Filter.remove_long(MAX_WORD_CHARS))
    builder = builder.filter(tantivy.Filter.lowercase()).filter(tantivy.Filter.ascii_fold())
    if stem:
        builder = builder.filter(tantivy.Filter.stemmer("english"))
    return builder.build()


def gram_analyzer() -> tantivy.TextAnalyzer:
    """The analyser of the gram field, whose text is tokenised already."""
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()


class _Folding(dict[str, str]):
    """One character as the word field sees it, by the signs of `Analysis.flat`."""

    def __init__(self, plain: tantivy.TextAnalyzer) -> None:
        super().__init__()
        self._plain = plain

    def __missing__(self, char: str) -> str:
        self[char] = folded = self._fold(char)
        return folded

    def _fold(self, char: str) -> str:
        same = normal(char)
        if unicodedata.category(char)[0] == "M" or _JAMO.match(char) or (_HAN_RUN.search(same) and same != char):
            return HARD.decode()
        words = self._plain.analyze(word_text(normal(f"a{char}a")))
        if words == ["a", "a"]:
            return " "
        if len(words) != 1 or len(words[0]) != 3:
            return HARD.decode()
        return str(words[0][1]) if words[0].isascii() else OTHER_LETTER.decode()


class Term(NamedTuple):
    """A query term as the index holds it and as snippets look for it (words stemmed)."""

    indexed: str
    read: str


class Analysis:
    """Terms of queries and texts. The index may hold plain words; reading always compares stems."""

    def __init__(self, *, stem: bool) -> None:
        self._plain, self._stems = word_analyzer(stem=False), word_analyzer(stem=True)
        self._indexed = self._stems if stem else self._plain
        self.read_terms = lru_cache(maxsize=8192)(self._read_terms)
        self.stem_of = lru_cache(maxsize=65536)(self._stem_of)
        self._folding = _Folding(self._plain)

    def flat(self, text: str) -> bytes:
        """The text between two blanks as the word field sees it, a byte per character: plain letters, digits,
        blanks, OTHER_LETTER, and HARD where a character becomes several or one with its neighbours."""
        if not text.isascii():
            fold = self._folding.__getitem__
            text = _BEYOND_ASCII.sub(lambda run: "".join(map(fold, run[0])), text)
        return b" %b " % text.encode("ascii").translate(_FLAT)

    def _stem_of(self, word: str) -> str:
        """The term of one word as reading compares it; nothing where the index leaves it out."""
        found: list[str] = self._stems.analyze(normal(word))
        return found[0] if found else ""

    def _read_terms(self, text: str) -> frozenset[str]:
        """Every distinct term of a text as reading compares them: stems and Chinese grams."""
        text = normal(text)
        words = self._stems.analyze(word_text(text))
        return frozenset(words) if text.isascii() else frozenset([*words, *gram_text(text).split()])

    def phrase_words(self, text: str) -> list[str]:
        """Index words of a text in order, stop words kept: what a phrase is made of."""
        found: list[str] = self._indexed.analyze(word_text(normal(text)))
        return found

    def runs(self, text: str) -> list[str]:
        """Chinese runs in order."""
        return _HAN_RUN.findall(normal(text))

    def query_terms(self, text: str, limit: int) -> list[Term]:
        """At most `limit` distinct terms to search for, words first, each kind in order of appearance.

        Stop words are left out unless nothing else is asked. A Chinese run is asked by its bigrams, a lone character
        by itself.
        """
        latin = word_text(normal(text))
        plain = self._plain.analyze(latin)
        words = list(map(Term, self._indexed.analyze(latin), self._stems.analyze(latin)))
        kept = [word for word, spelled in zip(words, plain, strict=True) if spelled not in STOP_WORDS]
        chinese = [Term(gram, gram) for run in self.runs(text) for gram in phrase_grams(run)]
        kept += [gram for gram in chinese if gram.indexed not in STOP_GRAMS]
        return list(dict.fromkeys(kept or words or chinese))[:limit]
