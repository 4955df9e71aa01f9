import pytest

from redsearcher.core.text import contains_name, fold, normalise_answer


def test_fold_drops_accents_and_case() -> None:
    assert fold("  Ångström\u00a0 ÉCOLE ") == "angstrom ecole"


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("Born in Oslo.", "oslo", True),
        ("Osloites live there", "Oslo", False),
        ("他出生于北京市", "北京", True),
        ("anything", "", False),
        ("The C++ book", "C++", True),
    ],
)
def test_contains_name(text: str, name: str, found: bool) -> None:
    assert contains_name(text, name) is found


def test_normalise_answer() -> None:
    assert normalise_answer("The  Night-Watch!") == "night watch"
