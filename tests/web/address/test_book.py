"""Addresses of pages: distinct, stable, reversible with the seed alone, and silent about everything else."""

import re
from collections import Counter
from math import log

from hypothesis import given
from hypothesis import strategies as st

from redsearcher.core.rng import derive
from redsearcher.records.world import Document, Link
from redsearcher.web.address.book import AddressBook, addressed, page_number, shown_url
from redsearcher.web.address.config import AddressConfig
from redsearcher.web.address.site import Sites
from redsearcher.web.source.base import Once
from tests.web.pages import page

BOOK = AddressBook(AddressConfig(seed=7))
WORD = re.compile(r"[a-z]{4,}")


@given(st.integers(0, 2**64 - 1))
def test_addresses_lead_back_to_their_number(number: int) -> None:
    """A function with an inverse is one to one: no two pages share an address."""
    assert BOOK.number(BOOK.place(number)) == number


def test_many_addresses_are_distinct() -> None:
    n = 60_000
    assert len({BOOK.place(number) for number in range(n)}) == n


@given(st.text(max_size=60))
def test_no_other_text_is_an_address(text: str) -> None:
    assert BOOK.number(text) is None
    host = BOOK.address(text).split("/")[2]
    assert BOOK.number(f"https://{host}/{text}") is None


def test_same_seed_same_addresses_and_no_other() -> None:
    urls = [f"https://atlas.example/{number}" for number in range(500)]
    again, other = AddressBook(AddressConfig(seed=7)), AddressBook(AddressConfig(seed=8))
    assert [again.address(url) for url in urls] == [BOOK.address(url) for url in urls]
    assert not {other.address(url) for url in urls} & {BOOK.address(url) for url in urls}
    assert [other.number(BOOK.address(url)) for url in urls] == [None] * 500
    assert BOOK.address("https://en.wikipedia.org/wiki/Velm") == (
        "https://shop.greamwira.com/products/reach-corner-common-2069952607934"
    )


def test_pages_move_with_their_links() -> None:
    lead = "Velm lies on the Osk, near Moss."
    links = (
        Link(start=0, end=4, url="https://a.example/velm"),
        Link(start=17, end=20, url="https://a.example/osk#course"),
        Link(start=27, end=31, url="mailto:moss@a.example"),
    )
    velm = page("https://a.example/velm", "Velm", lead, links=links)
    osk = page("https://a.example/osk", "Osk", "A river.")
    shown = [placed.document for placed in addressed(Once([velm, osk]), AddressConfig(seed=7)).read()]
    assert [document.id for document in shown] == [velm.id, osk.id]
    assert [document.origin for document in shown] == [velm.url, osk.url]
    assert [link.url for link in shown[0].links][:2] == [shown[0].url, shown[1].url]
    assert [(link.start, link.end) for link in shown[0].links] == [(0, 4), (17, 20), (27, 31)]
    assert all(link.url.startswith("https://") and "a.example" not in link.url for link in shown[0].links)
    for document in shown:
        assert document.site == document.url.split("/")[2] and document.text in (lead, "A river.")
    assert list(addressed(Once([velm]), None).read()) == list(Once([velm]).read())
    assert shown_url(AddressConfig(seed=7))(osk.url) == shown[1].url and shown_url(None)(osk.url) == osk.url


def test_sites_are_shared_out_as_they_say() -> None:
    kinds = Counter(BOOK.kind(BOOK.place(number)) for number in range(20_000))
    assert abs(kinds["news"] / 20_000 - 0.22) < 0.015 and abs(kinds["shop"] / 20_000 - 0.1) < 0.012
    hosts = Counter(BOOK.place(number).split("/")[2] for number in range(20_000))
    assert len(hosts) == 420 and hosts.most_common(1)[0][1] > 5 * sorted(hosts.values())[20]
    assert BOOK.kind("https://nowhere.example/x") is None
    assert len(Sites(AddressConfig(seed=1, n_hosts=5)).by_host) == 35


def test_addresses_share_no_words_with_pages_but_by_chance() -> None:
    """Titles made of the very words that addresses use: a page's own address holds them no oftener than another's."""
    words = [word for number in range(3_000) for word in WORD.findall(BOOK.place(number))]
    rng = derive(1, "titles")
    pages = [_wiki_page(" ".join(rng.choices(words, k=4)), number) for number in range(6_000)]
    said = [set(WORD.findall(f"{document.url} {document.title}".lower())) for document in pages]
    shown = [set(WORD.findall(BOOK.address(document.url).lower())) for document in pages]
    own = sum(len(a & b) for a, b in zip(said, shown, strict=True))
    others = sum(len(a & b) for a, b in zip(said, shown[1:] + shown[:1], strict=True))
    assert others > 500  # the words do meet
    assert abs(own - others) < 4 * (own + others) ** 0.5


def test_a_classifier_cannot_tell_pages_from_noise_by_address() -> None:
    """Naive Bayes over tokens: sure of the pages' own URLs, at a loss over addresses."""
    gold = [f"https://atlas.example/town/{number}" for number in range(4_000)]
    noise = [f"https://en.wikipedia.org/wiki/Page_{number}" for number in range(4_000)]
    assert _auc(gold, noise) > 0.99
    assert abs(_auc([BOOK.address(url) for url in gold], [BOOK.address(url) for url in noise]) - 0.5) < 0.03


def _wiki_page(title: str, number: int) -> Document:
    return page(f"https://en.wikipedia.org/wiki/{title.replace(' ', '_')}_{number}", title, "")


def _auc(one: list[str], other: list[str]) -> float:
    """How well odds of tokens, counted on one half, rank the other half: 0.5 is guessing."""
    train, test = [rows[::2] for rows in (one, other)], [rows[1::2] for rows in (one, other)]
    counts = [Counter(token for row in rows for token in _tokens(row)) for rows in train]
    odds = {t: log((counts[0][t] + 1) / (counts[1][t] + 1)) for t in counts[0].keys() | counts[1].keys()}
    scores = [[sum(odds.get(token, 0.0) for token in _tokens(row)) for row in rows] for rows in test]
    ranked = sorted((score, label) for label, rows in enumerate(scores) for score in rows)
    ties: dict[float, list[int]] = {}
    for place, (score, _) in enumerate(ranked):
        ties.setdefault(score, []).append(place)
    mean = {score: sum(places) / len(places) for score, places in ties.items()}
    n = len(test[0])
    return (sum(mean[score] for score in scores[0]) - n * (n - 1) / 2) / (n * len(test[1]))


def _tokens(url: str) -> set[str]:
    """Words, numbers cut to their length, and how the address is built."""
    parts = re.findall(r"[a-z]+|[0-9]+|[^a-z0-9]", url.lower())
    return {f"#{len(part)}" if part.isdigit() else part for part in parts} | {re.sub("[a-z0-9]+", "w", url.lower())}


def test_the_number_of_a_url_is_the_same_for_every_seed() -> None:
    url = "https://a.example/velm"
    for seed in (0, 1, 2**63 - 1):
        book = AddressBook(AddressConfig(seed=seed))
        assert book.number(book.address(url)) == page_number(url)
