"""Sentences: where they end and where they must not."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redsearcher.records.world import Link
from redsearcher.web.passage import bounds, packed, sentences, unpacked


def cut(text: str, links: tuple[Link, ...] = ()) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text, links)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        (
            "Dr. A. B. Orr met J. R. Vane in St. Ives. They left.",
            ["Dr. A. B. Orr met J. R. Vane in St. Ives.", "They left."],
        ),
        ("It is 3.5 km, i.e. far. Yes.", ["It is 3.5 km, i.e. far.", "Yes."]),
        ('He said "no." Then he left.', ['He said "no."', "Then he left."]),
        ("He is tall . She is not .", ["He is tall .", "She is not ."]),
        ("他出生于1956年。她是教授！真的？对", ["他出生于1956年。", "她是教授！", "真的？", "对"]),
        ("A title\nA line\n\n  Another.  ", ["A title", "A line", "Another."]),
        (" \n ", []),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_a_link_is_never_cut() -> None:
    text = "See Who? What! A play. It ran."
    start = text.index("Who")
    assert cut(text) == ["See Who?", "What!", "A play.", "It ran."]
    assert cut(text, (Link(start=start, end=start + len("Who? What! A play"), url="u"),)) == [
        "See Who? What! A play.",
        "It ran.",
    ]


def test_sentences_are_packed_as_distances() -> None:
    text = "One. Two!\n\n他出生于1956年。她是教授！ End"
    assert unpacked(packed(bounds(text))) == bounds(text)
    assert unpacked(packed(bounds(""))) == bounds("")
    assert packed(bounds("x" * 70_000 + ". End")) == b""


@given(st.text(alphabet='aB .!?。\n"”)', max_size=80))
def test_sentences_cover_every_visible_character_in_order(text: str) -> None:
    spans = sentences(text)
    assert "".join("".join(text[span.start : span.end].split()) for span in spans) == "".join(text.split())
    assert all(a.end <= b.start for a, b in pairwise(spans))
