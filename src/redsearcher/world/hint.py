"""Hints about a name: initials, length, first letter. The facts behind name hints in questions."""

import re
import unicodedata

from redsearcher.core.text import is_cjk

_WORD = re.compile(r"[^\W\d_]+")


def words(name: str) -> list[str]:
    """The words of a name, or the characters of a Chinese one."""
    found = _WORD.findall(unicodedata.normalize("NFC", name))
    return [char for word in found for char in word] if is_cjk(name) else found


def initials(name: str) -> str:
    """First letters of the words, as capitals without accents: `Ér de Velm` gives `EDV`."""
    return "".join(_bare(word[0]) for word in words(name))


def n_letters(name: str) -> int:
    """Letters of a name, blanks and signs not counted."""
    return sum(len(word) for word in words(name))


def first_letter(name: str) -> str:
    """The first letter as a capital without accents; empty for a name without letters."""
    return initials(name)[:1]


def _bare(letter: str) -> str:
    plain = "".join(char for char in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(char))
    return (plain or letter).upper()
