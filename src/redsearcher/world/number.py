"""Numbers as pages write them: with separators, scale words or Chinese units, compared by amount."""

import re

from redsearcher.records.world import Value

_NUMBER = re.compile(
    r"(\d{1,3}(?:[,，\u00a0\u202f\u2009 ]\d{3})+(?!\d)|\d+)(\.\d+)?"
    r"(?:\s?(thousand|million|billion|trillion|万|萬|亿|億)(?![a-z]))?",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[,，\u00a0\u202f\u2009 ]")
_SCALES = {
    "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8,
}  # fmt: skip


def numbers_in(text: str) -> dict[str, tuple[int, int]]:
    """Every amount in a text, as `number_key` spells it -> the span of its first occurrence."""
    found: dict[str, tuple[int, int]] = {}
    for match in _NUMBER.finditer(text):
        whole, fraction, scale = match.groups()
        amount = float(_SEPARATORS.sub("", whole) + (fraction or ""))
        span = match.span()
        if fraction is None and " " in whole:
            for part in re.finditer(r"\d+", whole):
                found.setdefault(_key(float(part.group())), (match.start() + part.start(), match.start() + part.end()))
        found.setdefault(_key(amount), span)
        if scale:
            found.setdefault(_key(amount * _SCALES[scale.lower()]), span)
    return found


def number_key(value: Value) -> str:
    """The year of a time, the amount of a quantity, in one spelling; empty for other values."""
    if value.datatype == "time":
        return _key(float(value.text.lstrip("-+").split("-")[0]))
    if value.datatype == "quantity":
        return _key(abs(float(value.text)))
    return ""


def _key(amount: float) -> str:
    return f"{amount:.6g}" if amount >= 1e15 else f"{amount:.6f}".rstrip("0").rstrip(".")
