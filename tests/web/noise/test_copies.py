"""Pages that repeat most of another page are found, others are not."""

import pytest

from redsearcher.core.rng import derive
from redsearcher.web.noise.copies import Copies

VOCABULARY = [f"w{number}" for number in range(3_000)]


def text(seed: int, n_words: int = 200) -> list[str]:
    return derive(seed, "text").choices(VOCABULARY, k=n_words)


def copies_of(*pages: list[str]) -> Copies:
    copies = Copies()
    for page in pages:
        copies.add(" ".join(page))
    return copies


@pytest.mark.parametrize("n_added", [0, 200, 2_000])
def test_a_page_with_more_around_it_repeats(n_added: int) -> None:
    copies = copies_of(*[text(seed) for seed in range(20)])
    for seed in range(20):
        whole = text(100 + seed, n_added // 2) + text(seed) + text(200 + seed, n_added // 2)
        assert copies.repeats(" ".join(whole).upper())


def test_the_share_that_counts_is_about_half() -> None:
    """Pages with three quarters of the words in a row are nearly all found, those with a quarter hardly ever."""
    copies = copies_of(*[text(seed) for seed in range(60)])
    found = [
        sum(copies.repeats(" ".join(text(seed)[:kept] + text(500 + seed, 200 - kept))) for seed in range(60))
        for kept in (150, 50)
    ]
    assert found[0] >= 57 and found[1] <= 3


def test_other_pages_do_not() -> None:
    copies = copies_of(*[text(seed) for seed in range(200)])
    assert not any(copies.repeats(" ".join(text(1_000 + seed))) for seed in range(200))
    assert not copies.repeats("") and not Copies().repeats("some words that nobody added")


def test_short_and_chinese_pages() -> None:
    copies = Copies()
    copies.add("Two words")
    copies.add("")
    copies.add("王小明出生于黄河岸边的一座小城，后来成为北京大学教授。")
    assert copies.repeats("two words") and not copies.repeats("two other words")
    assert copies.repeats("有人说王小明出生于黄河岸边的一座小城，后来成为北京大学的教授。")
    assert not copies.repeats("黄河岸边有一座小城。")
