"""A world's pages and a sample of another corpus as one source of documents."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from redsearcher.core.hashing import content_hash
from redsearcher.errors import InputError
from redsearcher.records.world import Document
from redsearcher.web.address.book import page_number
from redsearcher.web.address.permutation import Permutation
from redsearcher.web.noise.config import NoiseConfig
from redsearcher.web.noise.copies import Copies
from redsearcher.web.source.base import Mapped, Placed, Position, Source, Tally, Union

KIND = "noise"
"""The kind of noise pages, by which operators tell them."""
CLASH, COPY = "noise at a URL of the world", "noise that repeats a page of the world"
_CHUNK = 1 << 18

Numbers = NDArray[np.uint64]


def noisy(world: Source, noise: Source, config: NoiseConfig, tally: Tally) -> Source:
    """The pages of `world`, then as many of `noise` per page as the config says.

    Of the noise, a seeded sample is taken; what stands at a URL of the world is not noise, and what repeats half of a
    page of the world is left out, both of which `tally` hears of. Noise is of kind KIND and about nobody. Both sources
    are read twice; raises InputError where the noise is too little.
    """
    return Union([world, Mapped(_Sample(world, noise, config, tally), _as_noise, KIND)])


def _as_noise(document: Document) -> Document:
    return document.model_copy(update={"kind": KIND, "about": ()})


class _Sample:
    """Documents of `noise` that are taken. Which those are is found out when they are first read."""

    def __init__(self, world: Source, noise: Source, config: NoiseConfig, tally: Tally) -> None:
        self._world, self._noise, self._config, self._tally = world, noise, config, tally
        parts = (world.fingerprint, noise.fingerprint, config.ratio, config.seed)
        self.fingerprint = content_hash("noise", *parts) if all(parts[:2]) else ""
        n = world.n_documents
        self.n_documents = None if n is None else round(n * config.ratio)
        self._order = Permutation(content_hash("noise", config.seed).encode())

    def read(self, start: Position = ()) -> Iterator[Placed]:
        """The sample, in the order of its source."""
        taken, copies = self._survey()
        last = self._last(taken, round(len(taken) * self._config.ratio))
        for document, position in self._noise.read(start):
            number = page_number(document.url)
            if self._order.forward(number) > last:
                continue
            if _holds(taken, number):
                self._tally.drop(CLASH)
            elif copies.repeats(document.text):
                self._tally.drop(COPY)
            else:
                yield Placed(document, position)

    def _survey(self) -> tuple[Numbers, Copies]:
        """The world's page numbers, ascending, and its pages to compare with."""
        numbers, copies = [], Copies()
        for document, _ in self._world.read():
            numbers.append(page_number(document.url))
            copies.add(document.text)
        return np.sort(np.array(numbers, np.uint64)), copies

    def _last(self, taken: Numbers, wanted: int) -> int:
        """The sample is what comes up to this place in the seed's order."""
        if wanted == 0:
            return -1
        best = np.zeros(0, np.uint64)
        chunk: list[int] = []
        n_found = 0
        for document, _ in self._noise.read():
            number = page_number(document.url)
            if not _holds(taken, number):
                n_found += 1
                chunk.append(self._order.forward(number))
            if len(chunk) == _CHUNK:
                best, chunk = _smallest(best, chunk, wanted), []
        best = _smallest(best, chunk, wanted)
        if n_found < wanted:
            raise InputError(
                f"{self._config.source} has {n_found:,} pages to be noise, a ratio of {self._config.ratio:g} beside "
                f"{len(taken):,} pages needs {wanted:,}; name a larger source or a smaller --noise-ratio"
            )
        return int(best.max())


def _smallest(best: Numbers, chunk: list[int], wanted: int) -> Numbers:
    both = np.concatenate([best, np.array(chunk, np.uint64)])
    return both if len(both) <= wanted else np.partition(both, wanted - 1)[:wanted]


def _holds(numbers: Numbers, number: int) -> bool:
    place = int(np.searchsorted(numbers, np.uint64(number)))
    return place < len(numbers) and int(numbers[place]) == number
