"""Ranges in words and back."""

from hypothesis import given, settings
from hypothesis import strategies as st

from redsearcher.world.interval import Interval, read, wordings

YEARS = st.integers(min_value=1000, max_value=2100)
LANGS = st.sampled_from(["en", "zh"])


def back(property_id: str, text: str, lang: str) -> Interval:
    found = [interval for interval, end in read(property_id, text, 0, lang) if end == len(text)]
    assert found, text
    return found[0]


@settings(derandomize=True, max_examples=150, deadline=None)
@given(YEARS, st.integers(min_value=0, max_value=80), st.sampled_from(["both", "low", "high"]), LANGS)
def test_years_come_back(first: int, span: int, side: str, lang: str) -> None:
    interval = Interval(float(first) if side != "high" else None, first + span + 0.9999 if side != "low" else None)
    for text in wordings("P569", interval, lang):
        assert back("P569", text, lang) == interval


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.floats(1500, 2000), st.floats(0, 40), LANGS)
def test_days_within_a_range_stay_within_it(low: float, span: float, lang: str) -> None:
    interval = Interval(low, low + span + 0.2)
    for text in wordings("P577", interval, lang):
        found = back("P577", text, lang)
        years = (int(low), int(low + span))
        days = [year + month / 12 + day / 372 for year in years for month in (0, 5) for day in (0, 27)]
        for day in days:
            if min(abs(day - interval.low), abs(day - interval.high)) < 1e-6:  # type: ignore[operator]
                continue
            inside = interval.low <= day <= interval.high  # type: ignore[operator]
            assert inside == (found.low <= day <= found.high)  # type: ignore[operator]


@settings(derandomize=True, max_examples=200, deadline=None)
@given(
    st.sampled_from(["P1082", "P2139", "P2048", "P2043", "P2044", "P8328"]),
    st.integers(0, 9_000_000),
    st.integers(0, 9_000_000),
    st.sampled_from(["both", "low", "high"]),
    LANGS,
)
def test_amounts_come_back(property_id: str, first: int, span: int, side: str, lang: str) -> None:
    interval = Interval(float(first) if side != "high" else None, float(first + span) if side != "low" else None)
    for text in wordings(property_id, interval, lang):
        assert back(property_id, text, lang) == interval


def test_plain_words() -> None:
    assert wordings("P569", Interval(1950.0, 1959.9999), "en")[0] == "in the 1950s"
    assert wordings("P569", Interval(None, 1929.9999), "en")[0] == "before 1930"
    assert wordings("P1082", Interval(40000.0, 60000.0), "en")[0] == "between 40,000 and 60,000"
    assert wordings("P1082", Interval(40000.0, 60000.0), "zh")[0] == "4万至6万人"
    assert wordings("P2139", Interval(4.5, None), "zh")[0] == "至少450万"
    assert wordings("P8328", Interval(2.0, 2.1), "en")[0] == "exactly 2 times"
    assert wordings("P577", Interval(1962.0, 1962.9999), "zh")[0] == "1962年"
