"""Where names occur in text: one pass over a page finds every name of every entity."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import ahocorasick

from redsearcher.core.text import is_cjk

# Names that are such a word would match nearly every page; only an all-capitals spelling ("IT", "US") is kept.
_STOP_TEXT = (
    "a about after all also an and any are as at be been before being both but by can could did do does down each "
    "ever few first for from had has have he her here hers him his how i if in into is it its just last like made "
    "make many may me more most much must my never new no non not now of off on once one only or other our out over "
    "own same she should since so some such than that the their them then there these they this those three time to "
    "too two under until up upon us use was way we were what when where which while who whom whose why will with "
    "would yes yet you your"
)
_STOP_WORDS = frozenset(_STOP_TEXT.split())
_SHORT = 3


class Mention(NamedTuple):
    """The code points `[start, end)` are a name of each of `entities` (sorted ids; several when it is ambiguous)."""

    start: int
    end: int
    entities: tuple[str, ...]


class _Readings(NamedTuple):
    """Who a folded name can be: under any spelling, under one with a capital letter, under one exact spelling."""

    any_case: tuple[str, ...]
    capital: tuple[str, ...]
    exact: tuple[tuple[str, tuple[str, ...]], ...]


class MentionIndex:
    """All names of all entities in one automaton (Aho-Corasick).

    Case and accents are ignored, except that a one-word name with a capital letter ("Queen") needs a capital in the
    text, and very short names need their exact spelling. One-letter names and names that are function words are left
    out. Latin names match whole words, Chinese ones anywhere; of overlapping names the leftmost, then longest, counts.
    """

    def __init__(self, names: Iterable[tuple[str, Sequence[str]]]) -> None:
        found: dict[str, dict[tuple[int, str], set[str]]] = defaultdict(lambda: defaultdict(set))
        for entity, spellings in names:
            for spelling in spellings:
                name = " ".join(spelling.split())
                mode = _mode(name)
                if mode is not None:
                    found[fold_aligned(name)][mode, name if mode == 2 else ""].add(entity)
        self._automaton = ahocorasick.Automaton()
        for folded, readings in found.items():
            self._automaton.add_word(folded, (len(folded), _readings(readings)))
        self._is_empty = not found
        if found:
            self._automaton.make_automaton()

    def find(self, text: str) -> list[Mention]:
        """Mentions in order of their start; they do not overlap."""
        if self._is_empty:
            return []
        folded = fold_aligned(text)
        last = len(folded) - 1
        candidates = []
        for end, (length, readings) in self._automaton.iter(folded):
            start = end - length + 1
            if start and _joins(folded[start - 1]) and _joins(folded[start]):
                continue
            if end < last and _joins(folded[end + 1]) and _joins(folded[end]):
                continue
            candidates.append((start, -end - 1, readings))
        candidates.sort(key=lambda c: c[:2])
        mentions: list[Mention] = []
        reached = 0
        for start, minus_end, readings in candidates:
            if start < reached:
                continue
            entities = _bearers(readings, text[start:-minus_end])
            if entities:
                mentions.append(Mention(start, -minus_end, entities))
                reached = -minus_end
        return mentions


def fold_aligned(text: str) -> str:
    """Case and accents dropped, blanks and dashes unified, one code point for one, so that positions stay the same."""
    if text.isascii():
        return text.lower().translate(_ASCII_BLANKS)
    return text.translate(_FOLDS)


class _Folds(dict[int, str]):
    """Code point -> its folded character, worked out on first use."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        decomposed = unicodedata.normalize("NFKD", char).casefold()
        plain = "".join(c for c in decomposed if not unicodedata.combining(c))
        if char.isspace():
            plain = " "
        elif unicodedata.category(char) == "Pd":
            plain = "-"
        folded = plain if len(plain) == 1 else char
        self[code] = folded
        return folded


_FOLDS = _Folds({ord("’"): "'", ord("‘"): "'", ord("ʼ"): "'", ord("`"): "'", ord("“"): '"', ord("”"): '"'})
_ASCII_BLANKS = {9: " ", 10: " ", 11: " ", 12: " ", 13: " ", ord("`"): "'"}


def _joins(char: str) -> bool:
    """Whether the character continues a word written with spaces between words."""
    return char.isalnum() and not is_cjk(char)


def _mode(name: str) -> int | None:
    """0: any spelling; 1: needs a capital; 2: exact; None: too common to be looked for."""
    if len(name) < 2:
        return None
    if is_cjk(name):
        return 0
    has_capital = name != name.lower()
    if name.lower() in _STOP_WORDS:
        return 2 if name.isupper() else None
    if len(name) <= _SHORT or name.isdigit():
        return 2
    return 1 if has_capital and " " not in name else 0


def _readings(found: dict[tuple[int, str], set[str]]) -> _Readings:
    exact = tuple((name, tuple(sorted(found[mode, name]))) for mode, name in sorted(found) if mode == 2)
    return _Readings(tuple(sorted(found.get((0, ""), ()))), tuple(sorted(found.get((1, ""), ()))), exact)


def _bearers(readings: _Readings, spelling: str) -> tuple[str, ...]:
    if not readings.capital and not readings.exact:
        return readings.any_case
    entities = set(readings.any_case)
    if readings.capital and spelling != spelling.lower():
        entities.update(readings.capital)
    for name, bearers in readings.exact:
        if name == spelling:
            entities.update(bearers)
    return tuple(sorted(entities))
