"""Whether words that somebody claims to quote stand on the page, and whether they hold what they are quoted for."""

import re
from typing import NamedTuple

from redsearcher.core.text import contains_name, fold
from redsearcher.records.world import Value
from redsearcher.world.extract.literal import read_quantity, read_time
from redsearcher.world.importers.life_date import MONTHS
from redsearcher.world.number import number_key, numbers_in


class Span(NamedTuple):
    """Code points `[start, end)` of a text."""

    start: int
    end: int


def locate(text: str, quote: str) -> Span | None:
    """Where the quote stands, blanks aside; None if it does not, letter by letter."""
    words = quote.split()
    if not words:
        return None
    match = re.search(r"\s+".join(map(re.escape, words)), text)
    return None if match is None else Span(match.start(), match.end())


def names(text: str, name: str) -> bool:
    """Whether the text holds the name as whole words."""
    return contains_name(text, name)


def says_value(quote: str, value: Value) -> bool:
    """Whether the quote holds the number, or the date at its precision."""
    if number_key(value) not in numbers_in(quote):
        return False
    if value.datatype == "quantity" or value.precision == "year":
        return True
    year_month_day = value.text.split("-")
    folded = fold(quote)
    month = int(year_month_day[1])
    spelled = fold(MONTHS[month - 1])
    if value.text not in quote and spelled[:3] not in folded and f"{int(year_month_day[0])}年" not in quote:
        return False
    return value.precision == "month" or re.search(rf"(?<!\d)0?{int(year_month_day[2])}(?!\d)", quote) is not None


def read_value(kind: str, text: str) -> Value | None:
    """A value as a model writes it: an ISO date cut at its precision, or a number."""
    if kind == "quantity":
        return read_quantity(text)
    parts = text.split("-")
    return read_time(f"{MONTHS[int(parts[1]) - 1]} {parts[0]}" if _is_month(parts) else text)


def _is_month(parts: list[str]) -> bool:
    return len(parts) == 2 and all(part.isdigit() for part in parts) and 1 <= int(parts[1]) <= 12
