"""Finding pages that repeat most of another page: shared runs of words, by a fixed-size sample per page."""

import re
from collections.abc import Iterator
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

RUN = 5
"""Words that follow one another, or Chinese characters, count as one item."""
SAMPLE = 16
"""Items kept per page: those with the smallest hashes, which are a random choice of them."""
SHARE = 0.5
"""A page that has so large a share of another's sample repeats it."""
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+")
_WORDS_KEPT = 1 << 20
_FACTORS = np.array([0x9E3779B97F4A7C15 * (2 * place + 1) % 2**64 for place in range(RUN)], np.uint64)

Hashes = NDArray[np.uint64]


class Copies:
    """Pages that others may repeat; 200 bytes are kept of each."""

    def __init__(self) -> None:
        self._words: dict[str, int] = {}
        self._samples: list[Hashes] = []
        self._sizes: list[int] = []
        self._items: Hashes | None = None
        self._pages: NDArray[np.uint32] = np.zeros(0, np.uint32)

    def add(self, text: str) -> None:
        """A page that must not be repeated."""
        items = self._hashes(text)
        sample = items[:SAMPLE]  # `_hashes` are in order
        self._samples.append(sample)
        self._sizes.append(len(sample))
        self._items = None

    def repeats(self, text: str) -> bool:
        """Whether the page holds about half of the word runs of a page that was added, or more."""
        items, pages = self._table()
        hashes = self._hashes(text)
        if not len(items) or not len(hashes):
            return False
        first, last = np.searchsorted(items, hashes, "left"), np.searchsorted(items, hashes, "right")
        found = first < last
        hit = [pages[a:b] for a, b in zip(first[found], last[found], strict=True)]
        if not hit:
            return False
        numbers, counts = np.unique(np.concatenate(hit), return_counts=True)
        return any(count >= SHARE * self._sizes[page] for page, count in zip(numbers, counts, strict=True))

    def _table(self) -> tuple[Hashes, NDArray[np.uint32]]:
        if self._items is None:
            items = np.concatenate([*self._samples, np.zeros(0, np.uint64)])
            pages = np.repeat(np.arange(len(self._sizes), dtype=np.uint32), self._sizes)
            order = np.argsort(items, kind="stable")
            self._items, self._pages = items[order], pages[order]
        return self._items, self._pages

    def _hashes(self, text: str) -> Hashes:
        """The runs of a text as 64-bit hashes, each once, ascending."""
        words = np.fromiter(self._numbers(text), np.uint64)
        if not len(words):
            return words
        runs = np.lib.stride_tricks.sliding_window_view(words, min(RUN, len(words)))
        mixed = (runs * _FACTORS[: runs.shape[1]]).sum(axis=1, dtype=np.uint64)
        mixed ^= mixed >> np.uint64(29)
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(32)
        return np.unique(mixed)

    def _numbers(self, text: str) -> Iterator[int]:
        if len(self._words) > _WORDS_KEPT:
            self._words.clear()
        known = self._words
        for word in _WORD.findall(text.lower()):
            number = known.get(word)
            if number is None:
                number = known[word] = crc32(word.encode("utf-8", "surrogatepass"))
            yield number
