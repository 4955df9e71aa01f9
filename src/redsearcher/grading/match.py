"""Is this answer right? Normalised, alias and numeric match, without a model."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from redsearcher.core.text import normalise_answer

IMPLEMENTATION = "match:1"
_NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?")
_DISAMBIGUATOR = re.compile(r"\s*[(（][^()（）]*[)）]\s*$")
_SEVERAL = re.compile(r"\s+(?:or|and/or)\s+|\s*[;；/|]\s*|或者?", re.IGNORECASE)


class Grade(NamedTuple):
    """1.0 right, 0.0 wrong, None unscored; and why."""

    value: float | None
    reason: str


def grade(given: str | None, answer: str, aliases: Iterable[str] = ()) -> Grade:
    """Compare what was answered with the reference answer and its aliases.

    Case, accents, punctuation, a leading article and a disambiguator in parentheses do not matter; numbers are compared
    by value. An empty or missing answer is unscored. Several answers at once are wrong, even if one of them is right.
    """
    if given is None or not normalise_answer(given):
        return Grade(None, "no answer")
    names = {normalise_answer(name) for name in (answer, *aliases)}
    forms = {normalise_answer(given), normalise_answer(_DISAMBIGUATOR.sub("", given))}
    if forms & names:
        return Grade(1.0, "same name")
    expected = _only_number(answer)
    if expected is not None and expected == _only_number(given):
        return Grade(1.0, "same number")
    parts = [normalise_answer(part) for part in _SEVERAL.split(given)]
    if len(parts) > 1 and any(part in names for part in parts):
        return Grade(0.0, "several answers")
    return Grade(0.0, "another name")


def _only_number(text: str) -> float | None:
    found = _NUMBER.findall(text)
    rest = _NUMBER.sub("", text)
    if len(found) != 1 or any(char.isalpha() for char in rest):
        return None
    return float(found[0].replace(",", ""))
