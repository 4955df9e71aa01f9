"""Terms are found where analysing the text word by word finds them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redsearcher.web.analysis import Analysis
from redsearcher.web.finder import TermFinder

ANALYSIS = Analysis(stem=False)


def places(text: str, *terms: str) -> list[tuple[int, str]]:
    return [(start, terms[number]) for start, number in TermFinder(ANALYSIS, terms).find(text)]


@pytest.mark.parametrize(
    ("text", "terms", "expected"),
    [
        ("Two elections, one Election.", ["elect"], [(4, "elect"), (19, "elect")]),
        ("He was dying; they died. Dye it.", ["die"], [(7, "die"), (19, "die")]),
        ("Happiness is happy.", ["happi"], [(0, "happi"), (13, "happi")]),
        ("Hoping for abilities under the skies.", ["hope", "abil", "sky"], [(0, "hope"), (11, "abil"), (31, "sky")]),
        ("In 1987 and 19870.", ["1987"], [(3, "1987")]),
        ("Żór, zor and ZO\u0301R", ["zor"], [(0, "zor"), (5, "zor"), (13, "zor")]),
        ("Die Straße – strasse", ["strass"], [(4, "strass"), (13, "strass")]),
        ("Река Москва у МОСКВА", ["москва"], [(5, "москва"), (14, "москва")]),
        ("北京大学 in 北京", ["北京", "大学"], [(0, "北京"), (2, "大学"), (8, "北京")]),
        ("a\0b mill", ["mill"], [(4, "mill")]),
        ("x" * 61 + " x", ["x"], [(62, "x")]),
        ("", ["mill"], []),
    ],
)
def test_places(text: str, terms: list[str], expected: list[tuple[int, str]]) -> None:
    assert places(text, *terms) == expected


WORDS = (
    "Elections elect dying lie lying skies possibly possible née Æsir ﬁne x² ½ don't U.S. жук Жук ß e\u0301 1987 "
    "北京 大学 東京タワー naïve … ™ _a_"
)


@given(st.lists(st.sampled_from(WORDS.split()), max_size=12), st.sampled_from([" ", ", ", "-", "\n"]))
def test_the_terms_found_are_those_of_the_text(words: list[str], separator: str) -> None:
    text = separator.join(words)
    asked = sorted(set().union(*map(ANALYSIS.read_terms, WORDS.split())))
    assert {term for _, term in places(text, *asked)} == ANALYSIS.read_terms(text) & set(asked)


@given(st.text(max_size=40))
def test_any_text_can_be_searched(text: str) -> None:
    terms = sorted(ANALYSIS.read_terms(text))
    found = places(text, *terms)
    assert found == sorted(found) and all(0 <= start < len(text) for start, _ in found)
