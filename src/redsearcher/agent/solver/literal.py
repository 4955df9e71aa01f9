"""Dates and quantities in running text, as numbers that literal constraints compare."""

import re
from typing import NamedTuple

from redsearcher.records.world import Value


class Amount(NamedTuple):
    """A literal at code points `[start, end)`: a fractional year if `is_time`, else a plain amount in `unit`."""

    start: int
    end: int
    number: float
    is_time: bool
    unit: str


_MONTH_TEXT = "january february march april may june july august september october november december"
_MONTHS = _MONTH_TEXT.split()
_MONTH = "|".join([*(m.capitalize() for m in _MONTHS), *(m[:3].capitalize() + r"\." for m in _MONTHS)])
_DATES = (
    re.compile(rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<M>{_MONTH})\s*,?\s+(?P<y>\d{{3,4}})"),
    re.compile(rf"(?P<M>{_MONTH})\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s+(?P<y>\d{{3,4}})"),
    re.compile(rf"(?P<M>{_MONTH})\s*,?\s+(?:of\s+)?(?P<y>\d{{3,4}})"),
    re.compile(r"(?<!\d)(?P<y>\d{3,4})-(?P<m>\d{2})(?:-(?P<d>\d{2}))?(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>\d{3,4})\s*年(?:\s*(?P<m>\d{1,2})\s*月(?:\s*(?P<d>\d{1,2})\s*日)?)?"),
    re.compile(
        r"(?<![\d.,])(?P<y>1\d{3}|20\d{2})(?![\d]|[.,]\d|\s*(?:km|m|cm|people|inhabitants|times|metres|米|人|次))"
    ),
)
_SCALES = {
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "千": 1e3,
    "百万": 1e6,
    "万": 1e4,
    "亿": 1e8,
    "万亿": 1e12,
}
_UNIT = "kilometres|kilometers|km|centimetres|centimeters|cm|metres|meters|m|feet|ft"
_ZH_UNIT = "公里|千米|厘米|公分|米"
_NUMBER = re.compile(
    rf"(?<![A-Za-z\d.,])(?P<n>\d{{1,3}}(?:[,，  ]\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"\s*(?P<s>thousand|million|billion|trillion|百万|万亿|千(?!米)|万|亿)?\s*(?P<u>(?:{_UNIT})\b|{_ZH_UNIT})?"
)
_UNITS = {
    "kilometres": "km",
    "kilometers": "km",
    "公里": "km",
    "千米": "km",
    "centimetres": "cm",
    "centimeters": "cm",
    "厘米": "cm",
    "公分": "cm",
    "metres": "m",
    "meters": "m",
    "米": "m",
    "feet": "ft",
}


def amounts(text: str) -> list[Amount]:
    """Dates and quantities in order of place; what a date covers is not read again as a quantity."""
    found: list[Amount] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            if not any(a.start < match.end() and match.start() < a.end for a in found):
                number = _date_number(match.groupdict())
                if number is not None:
                    found.append(Amount(match.start(), match.end(), number, True, ""))
    dates = tuple(found)
    for match in _NUMBER.finditer(text):
        # A bare year may also be an amount; which one is meant is for the property to say.
        inside = [a for a in dates if a.start < match.end() and match.start() < a.end]
        if any(a.end - a.start != 4 for a in inside):
            continue
        unit = match["u"] or ""
        amount = float(re.sub(r"[,，  ]", "", match["n"])) * _SCALES.get(match["s"] or "", 1.0)
        found.append(Amount(match.start(), match.end(), amount, False, _UNITS.get(unit, unit)))
    return sorted(found)


def _date_number(parts: dict[str, str | None]) -> float | None:
    year = int(parts["y"] or 0)
    month = parts.get("m")
    if name := parts.get("M"):
        month = str(next(i for i, m in enumerate(_MONTHS, 1) if m.startswith(name.rstrip(".").casefold())))
    pieces = [f"{year:04d}"]
    if month:
        if not 1 <= int(month) <= 12:
            return None
        pieces.append(f"{int(month):02d}")
        if day := parts.get("d"):
            pieces.append(f"{int(day):02d}")
    return Value(datatype="time", text="-".join(pieces)).number


def in_unit(amount: Amount, property_id: str) -> float:
    """The number in the property's own unit: heights in cm, lengths in km, elevations in m, revenue in millions."""
    if property_id == "P2139":
        return amount.number / 1e6 if amount.number >= 1e5 else amount.number
    factor = _METRES.get(amount.unit, 0.0) / _METRES[_OWN_UNIT[property_id]] if property_id in _OWN_UNIT else 0.0
    return round(amount.number * factor, 6) if factor else amount.number


_METRES = {"cm": 0.01, "m": 1.0, "km": 1000.0, "ft": 0.3048}
_OWN_UNIT = {"P2048": "cm", "P2043": "km", "P2044": "m"}
