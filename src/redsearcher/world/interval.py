"""How a range of a literal is worded and read back: "in the 1950s", "between 40,000 and 60,000", "1962年至1968年间".

Both ways live here, so that whoever writes a range and whoever reads it agree on its bounds. Times are fractional
years as `Value.number` makes them: a grid of 12 months of 31 days, so that a year Y is `[Y, Y + 0.9999]`.
"""

import calendar
import math
import re
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from redsearcher.world.property import properties

YEAR_END = 0.9999
SLOTS = 372
MONTHS = tuple(calendar.month_name)[1:]
UNITS = {
    "en": {"P2139": " million", "P2048": " cm", "P2043": " km", "P2044": " m", "P8328": " times"},
    "zh": {"P1082": "人", "P2048": "厘米", "P2043": "公里", "P2044": "米", "P8328": "次"},
}
COUNTS = frozenset({"P1082", "P8328"})
"""Properties whose values are whole numbers."""
SCALES = {("zh", "P2139"): 1_000_000}
"""How many of the unit said make one of the property's: Chinese says 450万 for 4.5 million."""
_Day = tuple[int, int, int]
_NUMBER = r"(?:\d+(?:,\d{3})*(?:\.\d+)?(?:万|亿)?)"


class Interval(NamedTuple):
    """`[low, high]`; None is unbounded."""

    low: float | None
    high: float | None


def wordings(property_id: str, interval: Interval, lang: str) -> tuple[str, ...]:
    """Every faithful wording of the interval, for the `{}` of the property's phrases; the plainest first."""
    if interval.low is None and interval.high is None:
        raise ValueError("an unbounded interval cannot be worded")
    if properties()[property_id].object[0] == "time":
        return _time_wordings(interval, lang)
    scale = SCALES.get((lang, property_id), 1)
    low, high = (None if n is None else float(Decimal(repr(float(n))) * scale) for n in interval)
    if property_id in COUNTS:
        whole = (None if low is None else math.ceil(low), None if high is None else math.floor(high))
        low, high = whole if None in whole or whole[0] <= whole[1] else (low, high)  # type: ignore[operator]
    return _quantity_wordings(Interval(low, high), lang, UNITS[lang].get(property_id, ""))


def read(property_id: str, text: str, start: int, lang: str) -> list[tuple[Interval, int]]:
    """Intervals worded at `start` of the text with the offset where each ends, the longest first."""
    is_time = properties()[property_id].object[0] == "time"
    found = []
    for pattern in _patterns(property_id, lang):
        if match := pattern.match(text, start):
            groups = match.groupdict()
            interval = (
                _time_interval(groups) if is_time else _amount_interval(groups, SCALES.get((lang, property_id), 1))
            )
            if interval.low is None or interval.high is None or interval.low <= interval.high:
                found.append((interval, match.end()))
    return sorted(found, key=lambda item: -item[1])


# ---- quantities


def say_number(number: float, lang: str) -> str:
    """A number as a reader expects it: thousands apart in English, 万 in Chinese; exact."""
    exact = Decimal(repr(float(number)))
    if lang == "zh":
        for unit, size in (("亿", 100_000_000), ("万", 10_000)):
            if abs(exact) >= size and exact % (size // 100) == 0:
                return f"{_plain(exact / size)}{unit}"
        return _plain(exact)
    return f"{int(exact):,}" if exact == exact.to_integral_value() else f"{exact:,f}"


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_number(text: str, scale: int = 1) -> float:
    """The inverse of `say_number`, divided by `scale`."""
    unit = {"万": 10_000, "亿": 100_000_000}.get(text[-1], 1)
    return float(Decimal(text.rstrip("万亿").replace(",", "")) * unit / scale)


def _quantity_wordings(interval: Interval, lang: str, unit: str) -> tuple[str, ...]:
    low = None if interval.low is None else say_number(interval.low, lang)
    high = None if interval.high is None else say_number(interval.high, lang)
    if lang == "zh":
        if low is not None and high is not None:
            if low == high:
                return (f"{low}{unit}",)
            return (f"{low}至{high}{unit}", f"{low}到{high}{unit}之间")
        return (
            (f"至少{low}{unit}", f"不低于{low}{unit}") if high is None else (f"不超过{high}{unit}", f"至多{high}{unit}")
        )
    if low is not None and high is not None:
        return (f"exactly {low}{unit}",) if low == high else (f"between {low} and {high}{unit}",)
    if high is None:
        return (f"at least {low}{unit}", f"no less than {low}{unit}")
    return (f"at most {high}{unit}", f"no more than {high}{unit}")


# ---- times


def _time_wordings(interval: Interval, lang: str) -> tuple[str, ...]:
    low = None if interval.low is None else _first_day(interval.low)
    high = None if interval.high is None else _last_day(interval.high)
    whole = (low is None or low[1:] == (1, 1)) and (high is None or high[1:] == (12, 31))
    if whole:
        words = _english_years if lang == "en" else _chinese_years
        return words(low[0] if low else None, high[0] if high else None)
    first, last = low and _day(low, lang), high and _day(high, lang)
    if lang == "zh":
        if first and last:
            return (f"{first}至{last}间",)
        return (f"{first}或之后",) if first else (f"{last}或之前",)
    if first and last:
        return (f"between {first} and {last}",) if first != last else (f"on {first}",)
    return (f"on {first} or later",) if first else (f"on {last} or earlier",)


def _english_years(low: int | None, high: int | None) -> tuple[str, ...]:
    if low is not None and high is not None:
        if low == high:
            return (f"in {low}",)
        if low % 10 == 0 and high == low + 9:
            return (f"in the {low}s",)
        if high == low + 1:
            return (f"in {low} or {high}",)
        return (f"between {low} and {high}", f"in the years from {low} to {high}")
    if high is None and low is not None:
        return (f"after {low - 1}", f"in {low} or later")
    return (f"before {high + 1}", f"in {high} or earlier") if high is not None else ()


def _chinese_years(low: int | None, high: int | None) -> tuple[str, ...]:
    if low is not None and high is not None:
        if low == high:
            return (f"{low}年",)
        if low % 10 == 0 and high == low + 9:
            decade = f"{low // 100 + 1}世纪{low % 100}年代"
            return (f"{low}年代", decade) if low % 100 else (f"{low}年代",)
        return (f"{low}年至{high}年间", f"{low}年到{high}年之间")
    if high is None:
        return (f"{low}年或之后", f"{low}年及以后")
    return (f"{high}年或之前", f"{high}年及以前")


def _first_day(number: float) -> _Day:
    """The first calendar day whose number is at least `number`."""
    year = math.floor(number)
    slot = math.ceil((number - year) * SLOTS - 1e-6)
    if slot >= SLOTS:
        return (year + 1, 1, 1)
    month, day = slot // 31 + 1, slot % 31 + 1
    if day > _month_days(year, month):
        return (year, month + 1, 1)
    return (year, month, day)


def _last_day(number: float) -> _Day:
    """The last calendar day whose number is at most `number`."""
    year = math.floor(number)
    slot = min(math.floor((number - year) * SLOTS + 1e-6), SLOTS - 1)
    month = slot // 31 + 1
    return (year, month, min(slot % 31 + 1, _month_days(year, month)))


def _month_days(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1] if year >= 1 else 31


def _day(day: _Day, lang: str) -> str:
    return f"{day[0]}年{day[1]}月{day[2]}日" if lang == "zh" else f"{day[2]} {MONTHS[day[1] - 1]} {day[0]}"


def _number(day: _Day, *, last: bool) -> float:
    if last and day[1:] == (12, 31):
        return day[0] + YEAR_END
    return day[0] + (day[1] - 1) / 12 + (day[2] - 1) / SLOTS


# ---- reading


_Groups = dict[str, str | None]


def _amount_interval(groups: _Groups, scale: int) -> Interval:
    same = groups.get("same")
    low, high = same or groups.get("low"), same or groups.get("high")
    return Interval(*(None if text is None else read_number(text, scale) for text in (low, high)))


def _time_interval(groups: _Groups) -> Interval:
    if decade := groups.get("decade"):
        year = int(decade)
        if century := groups.get("century"):
            year += (int(century) - 1) * 100
        return Interval(float(year), year + 9 + YEAR_END)
    if before := groups.get("before"):
        return Interval(None, int(before) - 1 + YEAR_END)
    if after := groups.get("after"):
        return Interval(float(int(after) + 1), None)
    same = groups.get("same")
    low, high = same or groups.get("low"), same or groups.get("high")
    return Interval(
        None if low is None else _number(_read_day(low, last=False), last=False),
        None if high is None else _number(_read_day(high, last=True), last=True),
    )


def _read_day(text: str, *, last: bool) -> _Day:
    numbers = [int(part) for part in re.findall(r"\d+", text)]
    if len(numbers) == 1:
        return (numbers[0], 12, 31) if last else (numbers[0], 1, 1)
    if len(numbers) == 3:
        return (numbers[0], numbers[1], numbers[2])
    month = next(index for index, name in enumerate(MONTHS, 1) if name in text)
    return (numbers[1], month, numbers[0])


_EN_DAY = rf"\d{{1,2}} (?:{'|'.join(MONTHS)}) \d{{1,4}}"
_ZH_DAY = r"\d{1,4}年\d{1,2}月\d{1,2}日"
_TIME_PATTERNS = {
    "en": (
        r"in the (?P<decade>\d{1,3}0)s",
        r"(?:between|in the years from) (?P<low>\d{1,4}) (?:and|to) (?P<high>\d{1,4})",
        r"in (?P<low>\d{1,4}) or (?P<high>\d{1,4})",
        r"in (?P<low>\d{1,4}) or later",
        r"in (?P<high>\d{1,4}) or earlier",
        r"before (?P<before>\d{1,4})",
        r"after (?P<after>\d{1,4})",
        r"in (?P<same>\d{1,4})",
        rf"between (?P<low>{_EN_DAY}) and (?P<high>{_EN_DAY})",
        rf"on (?P<same>{_EN_DAY})",
        rf"on (?P<low>{_EN_DAY}) or later",
        rf"on (?P<high>{_EN_DAY}) or earlier",
    ),
    "zh": (
        r"(?P<century>\d{1,2})世纪(?P<decade>\d0)年代",
        r"(?P<decade>\d{1,3}0)年代",
        r"(?P<low>\d{1,4})年至(?P<high>\d{1,4})年间",
        r"(?P<low>\d{1,4})年到(?P<high>\d{1,4})年之间",
        r"(?P<low>\d{1,4})年(?:或之后|及以后)",
        r"(?P<high>\d{1,4})年(?:或之前|及以前)",
        r"(?P<same>\d{1,4})年",
        rf"(?P<low>{_ZH_DAY})至(?P<high>{_ZH_DAY})间",
        rf"(?P<low>{_ZH_DAY})(?:或之后|及以后)",
        rf"(?P<high>{_ZH_DAY})(?:或之前|及以前)",
    ),
}
_QUANTITY_PATTERNS = {
    "en": (
        r"between (?P<low>N) and (?P<high>N)U",
        r"exactly (?P<same>N)U",
        r"(?:at least|no less than) (?P<low>N)U",
        r"(?:at most|no more than) (?P<high>N)U",
    ),
    "zh": (
        r"(?P<low>N)至(?P<high>N)U",
        r"(?P<low>N)到(?P<high>N)U之间",
        r"介于(?P<low>N)和(?P<high>N)U之间",
        r"(?:至少|不低于|不少于)(?P<low>N)U",
        r"(?:不超过|至多)(?P<high>N)U",
        r"(?P<same>N)U",
    ),
}


@cache
def _patterns(property_id: str, lang: str) -> tuple[re.Pattern[str], ...]:
    is_time = properties()[property_id].object[0] == "time"
    sources = _TIME_PATTERNS[lang] if is_time else _QUANTITY_PATTERNS[lang]
    unit = re.escape(UNITS[lang].get(property_id, ""))
    end = r"(?![\w])" if lang == "en" else ""
    if not is_time:
        sources = tuple(source.replace("N)", f"{_NUMBER})").replace("U", unit) for source in sources)
    return tuple(re.compile(source + end) for source in sources)
