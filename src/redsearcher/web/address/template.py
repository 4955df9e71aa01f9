"""Paths that hold a number: a pattern such as `/{year}/{month}/{word}-{hex12}`, filled and read back."""

import re
import string
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from redsearcher.web.address.permutation import BITS

_SLOT = re.compile(r"\{([A-Za-z]+?)(\d*)\}")
_BASE36 = string.digits + string.ascii_lowercase
_FIRST_YEAR, _N_YEARS = 2003, 22


class Field(NamedTuple):
    """One place of a pattern: numbers below `radix` as text of the form `form`, and back (None for other text)."""

    radix: int
    form: str
    write: Callable[[int], str]
    read: Callable[[str], int | None]


class Template:
    """A pattern whose fields are the digits of a number of `BITS` bits, the first field the least; one path per number.

    `lists` holds the words of `{section}`, `{word}` and what else a pattern may name. Raises ValueError for a pattern
    that has too little room.
    """

    def __init__(self, pattern: str, lists: Mapping[str, Sequence[str]]) -> None:
        self.pattern = pattern
        slots = list(_SLOT.finditer(pattern))
        self._fields = [_field(slot[1], slot[2], lists) for slot in slots]
        capacity = 1
        for field in self._fields:
            capacity *= field.radix
        if capacity < 1 << BITS:
            raise ValueError(f"{pattern} holds {capacity.bit_length() - 1} bits, a page needs {BITS}")
        between = [re.escape(text) for text in _SLOT.sub("\0", pattern).split("\0")]
        forms = [f"({field.form})" for field in self._fields] + [""]
        self._form = re.compile("".join(part for pair in zip(between, forms, strict=True) for part in pair))
        self._literal = _SLOT.sub("{}", pattern)

    def fill(self, number: int) -> str:
        """The path of a number below 2**BITS."""
        texts = []
        for field in self._fields:
            number, digit = divmod(number, field.radix)
            texts.append(field.write(digit))
        return self._literal.format(*texts)

    def read(self, path: str) -> int | None:
        """The number of a path; None where the path is not one of this pattern."""
        found = self._form.fullmatch(path)
        if found is None:
            return None
        number, place = 0, 1
        for field, text in zip(self._fields, found.groups(), strict=True):
            digit = field.read(text)
            if digit is None:
                return None
            number += digit * place
            place *= field.radix
        return number if number < 1 << BITS else None


def _field(name: str, size: str, lists: Mapping[str, Sequence[str]]) -> Field:
    if name in lists:
        return _listed(lists[name])
    if name == "Word":
        return _listed([word.capitalize() for word in lists["word"]])
    return _NUMBERS[name](int(size or 0))


def _listed(words: Sequence[str]) -> Field:
    places = {word: number for number, word in enumerate(words)}
    return Field(len(words), "[A-Za-z]+", words.__getitem__, places.get)


def _counted(first: int, last: int, width: int = 0) -> Field:
    """Whole numbers from `first` to `last`, of `width` digits where one is given."""

    def read(text: str) -> int | None:
        value = int(text) - first
        return value if 0 <= value <= last - first and str(int(text)).zfill(width) == text else None

    return Field(last - first + 1, r"[0-9]+", lambda value: str(value + first).zfill(width), read)


def _based(alphabet: str, size: int) -> Field:
    """`size` characters of an alphabet."""
    base = len(alphabet)

    def write(value: int) -> str:
        digits = []
        for _ in range(size):
            value, digit = divmod(value, base)
            digits.append(alphabet[digit])
        return "".join(digits)

    def read(text: str) -> int:
        value = 0
        for char in reversed(text):
            value = value * base + alphabet.index(char)
        return value

    return Field(base**size, f"[{alphabet}]{{{size}}}", write, read)


_NUMBERS: dict[str, Callable[[int], Field]] = {
    "year": lambda _: _counted(_FIRST_YEAR, _FIRST_YEAR + _N_YEARS - 1),
    "month": lambda _: _counted(1, 12, 2),
    "day": lambda _: _counted(1, 28, 2),
    "upto": lambda size: _counted(1, size),
    "dig": lambda size: _counted(10 ** (size - 1), 10**size - 1),
    "hex": lambda size: _based(_BASE36[:16], size),
    "code": lambda size: _based(_BASE36, size),
    "CODE": lambda size: _based(_BASE36.upper(), size),
}
