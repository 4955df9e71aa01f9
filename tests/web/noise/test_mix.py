"""Noise beside a world's pages: as much as asked for, from a seed, at URLs of its own."""

from collections.abc import Iterator

import pytest

from redsearcher.core.rng import derive
from redsearcher.errors import InputError
from redsearcher.records.world import Document
from redsearcher.web.noise.config import NoiseConfig
from redsearcher.web.noise.mix import CLASH, COPY, KIND, noisy
from redsearcher.web.source.base import Placed, Position, Tally
from tests.web.pages import page


class Listed:
    """Documents of a list."""

    def __init__(self, documents: list[Document], name: str) -> None:
        self._documents, self.fingerprint = documents, name
        self.n_documents: int | None = len(documents)

    def read(self, start: Position = ()) -> Iterator[Placed]:
        (first,) = start or (0,)
        for number in range(first, len(self._documents)):
            yield Placed(self._documents[number], (number + 1,))


def pages(site: str, n: int) -> list[Document]:
    rng = derive(1, site)
    texts = [" ".join(f"w{rng.randrange(5_000)}" for _ in range(60)) for _ in range(n)]
    return [page(f"https://{site}.example/{number}", f"{site} {number}", text) for number, text in enumerate(texts)]


WORLD, OTHERS = pages("world", 40), pages("other", 300)


def mixed(noise: list[Document], ratio: float, seed: int = 0, tally: Tally | None = None) -> list[Document]:
    config = NoiseConfig(source="others", ratio=ratio, seed=seed)
    source = noisy(Listed(WORLD, "w"), Listed(noise, "n"), config, tally or Tally())
    return [placed.document for placed in source.read()]


@pytest.mark.parametrize("ratio", [0.01, 0.5, 1.0, 3.0, 7.5])
def test_as_much_as_asked_for(ratio: float) -> None:
    found = mixed(OTHERS, ratio)
    assert found[:40] == WORLD and len(found) - 40 == round(40 * ratio)
    assert {document.kind for document in found[40:]} <= {KIND} and {document.kind for document in WORLD} == {"page"}
    assert {document.url for document in found[40:]} <= {document.url for document in OTHERS}


def test_the_seed_chooses_and_more_holds_less() -> None:
    once, again, other = mixed(OTHERS, 2.0), mixed(OTHERS[::-1], 2.0), mixed(OTHERS, 2.0, seed=1)
    assert {d.url for d in once} == {d.url for d in again} != {d.url for d in other}
    assert {d.url for d in mixed(OTHERS, 1.0)} < {d.url for d in once} < {d.url for d in mixed(OTHERS, 4.0)}


def test_what_clashes_or_repeats_is_left_out() -> None:
    moved = [page(f"https://mirror.example/{n}", "Mirror", f"Copied: {d.text}") for n, d in enumerate(WORLD[:10])]
    same_url = [d.model_copy(update={"text": "quite another text"}) for d in WORLD[:5]]
    tally = Tally()
    noise = [*moved, *same_url, *OTHERS[:65]]
    found = mixed(noise, 75 / 40, tally=tally)
    assert {d.url for d in found[40:]} == {d.url for d in OTHERS[:65]}
    assert tally.dropped == {CLASH: 5, COPY: 10}


def test_noise_is_about_nobody_of_the_world() -> None:
    noise = [document.model_copy(update={"about": ("E1",)}) for document in OTHERS]
    assert all(document.about == () for document in mixed(noise, 1.0)[40:])


def test_too_little_noise_is_said() -> None:
    with pytest.raises(InputError, match=r"others has 30 pages to be noise, a ratio of 2 beside 40 pages needs 80"):
        mixed(OTHERS[:30], 2.0)


def test_reading_goes_on_where_it_was_left() -> None:
    source = noisy(Listed(WORLD, "w"), Listed(OTHERS, "n"), NoiseConfig(source="others", ratio=2.0), Tally())
    whole = list(source.read())
    for cut in (0, 10, 39, 40, 41, 77):
        assert list(source.read(whole[cut].position)) == whole[cut + 1 :]
    others = [noisy(Listed(WORLD, "w"), Listed(OTHERS, "n"), NoiseConfig(source="o", ratio=r), Tally()) for r in (2, 3)]
    assert source.fingerprint == others[0].fingerprint != others[1].fingerprint
    assert source.n_documents == 120 == len(whole)
