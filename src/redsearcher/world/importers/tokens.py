"""Tokenised text back to readable text, with the place of every token kept."""

from collections.abc import Sequence
from typing import NamedTuple

_NO_SPACE_BEFORE = frozenset(
    [",", ".", ";", ":", "!", "?", ")", "]", "}", "%", "'s", "’s", "n't", "'re", "'ve", "'ll", "'d", "'m", "”", "…"]
)  # fmt: skip
_NO_SPACE_AFTER = frozenset(["(", "[", "{", "$", "£", "€", "#", "“", "US$"])
_JOINING = frozenset(["-", "/", "–"])
_NEEDS_DIGITS = frozenset(["–", "/"])
_TOGGLES = frozenset(['"', "'"])
_SPELLINGS = {"``": '"', "''": '"', "-LRB-": "(", "-RRB-": ")", "--": "–"}


class Joined(NamedTuple):
    """A text and, for each token, the span of code points it fills; blank tokens fill nothing."""

    text: str
    spans: tuple[tuple[int, int], ...]


def join_tokens(tokens: Sequence[str]) -> Joined:
    """Put spaces where a writer would: none before commas, after opening brackets, inside quotation marks."""
    words = [_SPELLINGS.get(token.strip(), token.strip()) for token in tokens]
    pieces: list[str] = []
    spans: list[tuple[int, int]] = []
    length, is_open, is_glued = 0, dict.fromkeys(_TOGGLES, False), True
    for place, word in enumerate(words):
        if not word:
            spans.append((length, length))
            continue
        toggles = word in _TOGGLES and not (word == "'" and not is_open[word] and _is_possessive(words, place))
        closes = (toggles and is_open[word]) or (word == "'" and not toggles)
        joins = _is_joining(words, place)
        if not (is_glued or closes or joins or word in _NO_SPACE_BEFORE):
            pieces.append(" ")
            length += 1
        pieces.append(word)
        spans.append((length, length + len(word)))
        length += len(word)
        is_glued = joins or word in _NO_SPACE_AFTER or (toggles and not is_open[word])
        if toggles:
            is_open[word] = not is_open[word]
    return Joined("".join(pieces), tuple(spans))


def detokenise(text: str) -> str:
    """`join_tokens` of a text whose tokens are set apart by blanks."""
    return join_tokens(text.split()).text


def _is_joining(words: Sequence[str], place: int) -> bool:
    word = words[place]
    if word not in _JOINING or not 0 < place < len(words) - 1:
        return False
    before, after = words[place - 1], words[place + 1]
    if word in _NEEDS_DIGITS:
        return before[-1:].isdigit() and after[:1].isdigit()
    return before[-1:].isalnum() and after[:1].isalnum()


def _is_possessive(words: Sequence[str], place: int) -> bool:
    """Whether a lone apostrophe follows a plural, as in "the writers ' club"."""
    return place > 0 and words[place - 1].endswith("s") and "'" not in words[place + 1 : place + 8]
