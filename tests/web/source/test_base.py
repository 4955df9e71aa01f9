"""Sources over sources: read on from any place, they give what reading through gives."""

from redsearcher.web.source.base import Mapped, Once, Source, Tally, Union
from tests.web.build.sources import Listed
from tests.web.pages import random_pages

PAGES = random_pages(23)


def sources() -> list[Source]:
    return [Listed(PAGES[:7]), Listed([]), Mapped(Listed(PAGES[7:8]), lambda page: page, "same"), Listed(PAGES[8:])]


def test_reading_on_gives_the_rest() -> None:
    union = Union(sources())
    placed = list(union.read())
    assert [each.document for each in placed] == PAGES and union.n_documents == 23
    for number, (_, position) in enumerate(placed, 1):
        assert [each.document for each in union.read(position)] == PAGES[number:]


def test_fingerprints_tell_sources_apart() -> None:
    found = {Union(sources()).fingerprint, Union(sources()[::-1]).fingerprint, Listed(PAGES).fingerprint}
    found |= {Mapped(Listed(PAGES), lambda page: page, name).fingerprint for name in "ab"}
    assert len(found) == 5 and Union(sources()).fingerprint == Union(sources()).fingerprint


def test_what_is_read_once_has_no_fingerprint() -> None:
    once = Once(iter(PAGES))
    assert once.fingerprint == Mapped(once, lambda page: page, "x").fingerprint == ""
    union = Union([Listed(PAGES[:2]), once])
    assert union.fingerprint == "" and union.n_documents is None
    assert len(list(union.read())) == 25


def test_a_changed_document_keeps_its_place() -> None:
    mapped = Mapped(Listed(PAGES), lambda page: page.model_copy(update={"title": "T"}), "title")
    assert [(each.document.title, each.position) for each in mapped.read((20,))] == [("T", (n,)) for n in (21, 22, 23)]


def test_a_tally_refuses_or_counts() -> None:
    tally = Tally(skip_bad=True)
    tally.bad("this")
    tally.drop("redirect")
    assert tally.dropped == {"bad": 1, "redirect": 1}
