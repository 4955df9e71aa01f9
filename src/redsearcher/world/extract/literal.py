"""Dates and numbers as cells and headers write them. What is not plainly one of these is no literal."""

import re

from redsearcher.records.world import Value
from redsearcher.world.importers.life_date import MONTHS

_MONTH = "|".join(f"{name}|{name[:3]}\\.?|{name[:4]}\\.?" for name in MONTHS)
_DAY_FIRST = re.compile(rf"(\d{{1,2}}) ({_MONTH}),? (\d{{4}})")
_MONTH_FIRST = re.compile(rf"({_MONTH}) (\d{{1,2}}) ?, ?(\d{{4}})")
_MONTH_YEAR = re.compile(rf"({_MONTH}),? (\d{{4}})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_YEAR = re.compile(r"(\d{4})")
_NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")
_FOOTNOTE = re.compile(r"\s*(?:\[[^\]]*\]|[†‡*♦§]+)\s*")


def read_time(text: str) -> Value | None:
    """A whole cell that is a date, a month or a year between 1000 and 2100."""
    said = _FOOTNOTE.sub("", text).strip()
    if match := _ISO.fullmatch(said):
        return _time(match[1], int(match[2]), int(match[3]))
    if match := _DAY_FIRST.fullmatch(said):
        return _time(match[3], _month(match[2]), int(match[1]))
    if match := _MONTH_FIRST.fullmatch(said):
        return _time(match[3], _month(match[1]), int(match[2]))
    if match := _MONTH_YEAR.fullmatch(said):
        return _time(match[2], _month(match[1]))
    if match := _YEAR.fullmatch(said):
        return _time(match[1])
    return None


def read_quantity(text: str) -> Value | None:
    """A whole cell that is a number without a unit, with or without separators."""
    match = _NUMBER.fullmatch(_FOOTNOTE.sub("", text).strip())
    if match is None:
        return None
    return Value(datatype="quantity", text=match[1].replace(",", "") + (match[2] or ""))


def _month(word: str) -> int:
    return next(n for n, name in enumerate(MONTHS, 1) if name.startswith(word.rstrip(".")[:3]))


def _time(year: str, month: int = 0, day: int = 0) -> Value | None:
    if not 1000 <= int(year) <= 2100 or month > 12 or day > 31:
        return None
    text = year + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if day else "")
    return Value(datatype="time", text=text, precision="day" if day else "month" if month else "year")
