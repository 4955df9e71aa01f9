"""Dates of birth and death, read from the parenthesis that opens a biography.

"Name (27 January 1756 – 5 December 1791) was ..." and "Name (born May 24, 1941) is ..." say them in so many words. What
is not of this form (circa, before Christ, old style, doubtful years) is left alone: what is not certain is no fact.
"""

import re
from typing import NamedTuple

from redsearcher.records.world import Value

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
OPENING = 400
"""Code points from the start of the text within which the parenthesis must end."""

_MONTH = "|".join(MONTHS)
_DATE = re.compile(rf"(?:(\d{{1,2}})\s+({_MONTH})\s+|({_MONTH})\s+(\d{{1,2}}),\s+)?\b(\d{{4}})\b")
_PARENTHESIS = re.compile(r"\(([^()]*\d{4}[^()]*)\)")
_DOUBTFUL = re.compile(r"\b(?:circa|c|ca|BC|AD|O\.S|N\.S|or|before|after|about|baptised|bapt|fl|reigned)\b|\?|\[|/")
_DASH = re.compile(r"^\s*[–—-]\s*$")


class LifeDate(NamedTuple):
    """One date with the code points `[start, end)` of the parenthesis that says it."""

    property: str
    value: Value
    start: int
    end: int


def life_dates(text: str) -> list[LifeDate]:
    """Birth (P569) and death (P570) of the person whom the text is about; empty where its opening does not say them."""
    match = _PARENTHESIS.search(text[:OPENING])
    if match is None or _DOUBTFUL.search(match[1]):
        return []
    found = list(_DATE.finditer(match[1]))
    values = [_value(date) for date in found]
    if None in values:
        return []
    span = (match.start(), match.end())
    dates = [value for value in values if value is not None]
    if len(dates) == 2 and _DASH.match(match[1][found[0].end() : found[1].start()]):
        return [LifeDate("P569", dates[0], *span), LifeDate("P570", dates[1], *span)]
    if len(dates) == 1 and re.search(r"\bborn\b", match[1]):
        return [LifeDate("P569", dates[0], *span)]
    return []


def _value(date: re.Match[str]) -> Value | None:
    day, month = date[1] or date[4], date[2] or date[3]
    if day is None or month is None:
        return Value(datatype="time", text=date[5], precision="year")
    if not 1 <= int(day) <= 31:
        return None
    return Value(datatype="time", text=f"{date[5]}-{MONTHS.index(month) + 1:02d}-{int(day):02d}", precision="day")
