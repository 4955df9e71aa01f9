"""Invented pages whose words follow the frequencies of real text, made in batches of arrays, never all held.

The head of the vocabulary is counted in real texts (invented words would match no real query), the tail is made up and
goes on by Zipf's law. Words are drawn independently, so pages have no topic: a query's words meet on a page by chance.
"""

import itertools
import time
from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np

from redsearcher.core.hashing import content_hash
from redsearcher.records.world import Document
from redsearcher.web.analysis import word_analyzer
from redsearcher.web.source.base import Placed, Position

SEED = 11
N_WORDS = 1_000_000
MEAN_WORDS, SPREAD = 330, 0.6  # of the lognormal length of a page
SHORTEST, LONGEST = 30, 4_000
_BATCH = 2_000
_SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "il", "or", "us")]


class Vocabulary:
    """Words by falling frequency and the cumulated share of each."""

    def __init__(self, texts: Iterable[str], n_words: int = N_WORDS) -> None:
        analyzer = word_analyzer(stem=False)
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(analyzer.analyze(text))
        head = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[: n_words // 2]
        made_up = (
            "".join(parts) for size in itertools.count(2) for parts in itertools.product(_SYLLABLES, repeat=size)
        )
        tail = itertools.islice((word for word in made_up if word not in counts), n_words - len(head))
        self.words = np.array([word for word, _ in head] + list(tail), dtype=object)
        shares = np.array([count for _, count in head] or [1.0])
        ranks = np.arange(1, n_words + 1)
        smooth = 1.0 / (ranks + 2.7)
        weights = smooth * (shares[:1000].sum() / smooth[: min(1000, len(shares))].sum())
        weights[: len(head)] = shares[: len(head)]
        # Counts of a small text end in a long run of ones; there the law goes on instead.
        cut = int(np.argmax(shares <= 3)) if (shares <= 3).any() else len(head)
        weights[cut:] = smooth[cut:] * (weights[max(cut - 1, 0)] / smooth[max(cut - 1, 0)])
        self.cumulative = np.cumsum(weights / weights.sum())
        self.fingerprint = content_hash(list(self.words[:: n_words // 1000]), len(head))

    def draw(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """Ranks of `size` words, each by its frequency."""
        return np.minimum(np.searchsorted(self.cumulative, rng.random(size)), len(self.words) - 1)


class Pages:
    """Documents of 2 to 5 title words and sentences of 6 to 24 words, five to a paragraph: a source of webs.

    The same for the same vocabulary and seed; `spent_s` is the processor time that making them took.
    """

    def __init__(self, vocabulary: Vocabulary, n_pages: int, seed: int = SEED) -> None:
        self._vocabulary, self.n_documents, self._seed = vocabulary, n_pages, seed
        self.fingerprint = content_hash("zipf", n_pages, seed, MEAN_WORDS, vocabulary.fingerprint)
        self.spent_s = 0.0

    def __iter__(self) -> Iterator[Document]:
        return (placed.document for placed in self.read())

    def read(self, start: Position = ()) -> Iterator[Placed]:
        """From a page on."""
        first = start[0] if start else 0
        for batch in range(first // _BATCH * _BATCH, self.n_documents, _BATCH):
            began = time.thread_time()
            made = list(_batch(self._vocabulary, batch, np.random.default_rng([self._seed, batch])))
            self.spent_s += time.thread_time() - began
            for number, document in enumerate(made[: self.n_documents - batch], batch):
                if number >= first:
                    yield Placed(document, (number + 1,))


def _batch(vocabulary: Vocabulary, start: int, rng: np.random.Generator) -> Iterator[Document]:
    lengths = rng.lognormal(np.log(MEAN_WORDS) - SPREAD**2 / 2, SPREAD, _BATCH)
    lengths = np.clip(lengths, SHORTEST, LONGEST).astype(int)
    words = vocabulary.words[vocabulary.draw(rng, int(lengths.sum()))].tolist()
    sites = rng.integers(0, 5_000, _BATCH)
    cuts = rng.integers(6, 25, int(lengths.sum()) // 6 + _BATCH).tolist()
    at, cut = 0, 0
    for number, length in enumerate(lengths.tolist()):
        page = words[at : at + length]
        at += length
        name = sorted(set(page[:12]), key=lambda word: (-len(word), word))[: 2 + number % 4]
        end = sentence = 0
        while end < length:
            page[end] = page[end].capitalize()
            end = min(end + cuts[cut], length)
            cut += 1
            sentence += 1
            page[end - 1] += ".\n\n" if sentence % 5 == 0 and end < length else "."
        site = f"site{sites[number]}.example"
        yield Document(
            url=f"https://{site}/{start + number}",
            site=site,
            kind="invented",
            title=" ".join(name).title(),
            text=" ".join(page).replace("\n\n ", "\n\n"),
        )
