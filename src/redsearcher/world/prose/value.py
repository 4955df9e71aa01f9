"""Literals in words: dates in several formats, numbers with separators and units."""

from random import Random
from typing import NamedTuple

from redsearcher.records.world import Value

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
SEX_ZH = {"male": "男", "female": "女"}
UNITS_ZH = {
    "metre": "米", "meter": "米", "m": "米", "kilometre": "公里", "kilometer": "公里", "km": "公里",
    "centimetre": "厘米", "cm": "厘米", "inhabitant": "人", "citation": "次", "crown": "克朗", "times": "次",
}  # fmt: skip
SAID_BY_PHRASE = frozenset(
    {"inhabitant", "inhabitants", "citation", "citations", "times", "time", "1", "person", "people"}
)


class Said(NamedTuple):
    """A literal as text: `bare`, and `full` with its preposition or counting word where the language wants one."""

    bare: str
    full: str


def say(value: Value, property_: str, lang: str, style: int) -> Said:
    """Text of a literal. `style` picks the format of dates; the exact value always stands in the text."""
    if value.datatype == "time":
        return _time_zh(value.text) if lang == "zh" else _time_en(value.text, style)
    if value.datatype == "quantity":
        return _quantity(value, property_, lang)
    if value.datatype == "string" and lang == "zh":
        text = SEX_ZH.get(value.text, value.text)
        return Said(text, text)
    text = value.text.replace(",", ", ") if value.datatype == "coordinate" else value.text
    return Said(text, text)


def _time_en(text: str, style: int) -> Said:
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return Said(str(parts[0]), f"in {parts[0]}")
    month = MONTHS[parts[1] - 1]
    if len(parts) == 2:
        return Said(f"{month} {parts[0]}", f"in {month} {parts[0]}")
    bare = f"{month} {parts[2]}, {parts[0]}" if style % 3 == 0 else f"{parts[2]} {month} {parts[0]}"
    return Said(bare, f"on {bare}")


def _time_zh(text: str) -> Said:
    marks = "年月日"
    bare = "".join(f"{int(part)}{marks[i]}" for i, part in enumerate(text.split("-")))
    return Said(bare, bare)


def number(text: str, lang: str) -> str:
    """A decimal number with separators (English, from ten thousand on in thousands) or plain (Chinese)."""
    whole, dot, rest = text.partition(".")
    if lang == "en" and len(whole) > 4:
        whole = f"{int(whole):,}"
    return whole + dot + rest


def _quantity(value: Value, property_: str, lang: str) -> Said:
    amount = number(value.text, lang)
    unit = value.unit
    if lang == "zh":
        counted = "次" if property_ == "P8328" else "人" if property_ == "P1082" else UNITS_ZH.get(unit, unit)
        return Said(amount + counted, amount + counted)
    if not unit or unit in SAID_BY_PHRASE:
        return Said(amount, amount)
    plural = unit if unit.endswith("s") or len(unit) < 3 or value.text == "1" else f"{unit}s"
    text = f"{amount} {plural}"
    return Said(text, text)


def rounded(value: Value, lang: str) -> str:
    """A quantity cut to two leading digits, for "about ..." beside the exact value."""
    whole = str(int(value.number))
    if len(whole) < 3:
        return whole
    return number(str(round(int(whole), -(len(whole) - 2))), lang)


def day_of(text: str, rng: Random) -> str:
    """An ISO date at the precision of days within a time value."""
    parts = text.split("-")
    month = parts[1] if len(parts) > 1 else f"{1 + int(rng.random() * 12):02d}"
    day = parts[2] if len(parts) > 2 else f"{1 + int(rng.random() * 28):02d}"
    return f"{parts[0]}-{month}-{day}"
