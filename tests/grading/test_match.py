"""The grader checks itself: gold scores 1, a perturbed answer 0, silence None."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redsearcher.core.text import normalise_answer
from redsearcher.grading.match import grade

WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz ", min_size=1).filter(lambda text: bool(normalise_answer(text)))


@given(name=WORDS)
def test_gold_is_right_and_silence_unscored(name: str) -> None:
    assert grade(name, name).value == 1.0
    assert grade(None, name).value is None
    assert grade("  ", name).value is None
    assert grade(name + "q", name).value == 0.0


@pytest.mark.parametrize(
    ("given_answer", "value"),
    [
        ("Halden University", 1.0),
        ("the university of halden", 1.0),
        ("University of Halden (Karsholm)", 1.0),
        ("University of Haldem", 0.0),
        ("University of Halden or University of Orm", 0.0),
        ("I do not know", 0.0),
    ],
)
def test_names(given_answer: str, value: float) -> None:
    assert grade(given_answer, "University of Halden", ["Halden University"]).value == value


@pytest.mark.parametrize(("given_answer", "value"), [("48,200", 1.0), ("48200.0", 1.0), ("48201", 0.0)])
def test_numbers(given_answer: str, value: float) -> None:
    assert grade(given_answer, "48200").value == value


def test_chinese() -> None:
    assert grade("《雾中桥》", "雾中桥").value == 1.0
    assert grade("雾中人", "雾中桥").value == 0.0
