import pytest

from redsearcher.world.importers.life_date import life_dates


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("Ann Lee (27 January 1756 – 5 December 1791), a composer", [("P569", "1756-01-27"), ("P570", "1791-12-05")]),
        ("Bob Ray (January 8, 1935 – August 16, 1977) was a singer", [("P569", "1935-01-08"), ("P570", "1977-08-16")]),
        ("Cid (born Cidney Orr; May 24, 1941) is an author", [("P569", "1941-05-24")]),
        ("Dan Fox (; 15 February 1564 – 1642) was", [("P569", "1564-02-15"), ("P570", "1642")]),
        ("Eve (1901–1980) was a painter", [("P569", "1901"), ("P570", "1980")]),
        ("Fay (c. 1401 – 1480) was a painter", []),
        ("Gus (7 May [O.S. 25 April] 1840 – 6 November 1893) was", []),
        ("Hal (active 1999) is a band", []),
        ("Ida (1850, 1860 or 1870) lived", []),
        ("Jon was born. " + "x" * 500 + "(born 1 May 1900)", []),
        ("No dates at all", []),
    ],
)
def test_opening_parenthesis(text: str, dates: list[tuple[str, str]]) -> None:
    found = life_dates(text)
    assert [(date.property, date.value.text) for date in found] == dates
    for date in found:
        assert text[date.start] == "("
        assert text[date.end - 1] == ")"
        assert date.value.text[:4] in text[date.start : date.end]
