"""Latent semantic analysis: TF-IDF of the pages themselves, its main directions (Deerwester et al., 1990)."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from redsearcher.errors import DataError, InputError, boundary
from redsearcher.web.analysis import STOP_WORDS, Analysis
from redsearcher.web.dense.encoder import Vectors, unit

_FILE = "lsa.npz"
_MAX_WORDS = 60_000
_SEED = 0


class Lsa:
    """An encoder that knows the words of one corpus. Texts without any of them have no direction."""

    def __init__(self, words: list[str], idf: NDArray[np.float32], directions: NDArray[np.float32]) -> None:
        """`idf` [words], `directions` [words, dimensions]."""
        self._words, self._idf, self._directions = words, idf, directions
        self._numbers = {word: number for number, word in enumerate(words)}
        self._analysis = Analysis(stem=False)

    @classmethod
    def fit(cls, texts: Iterable[str], n_dims: int) -> "Lsa":
        """Learn from texts. Raises InputError where scikit-learn is missing or the texts have too few words."""
        try:
            from sklearn.decomposition import TruncatedSVD
            from threadpoolctl import threadpool_limits
        except ImportError as error:
            raise InputError("the lsa encoder needs scikit-learn: pip install 'redsearcher[dense]'") from error
        analysis = Analysis(stem=False)
        bags = [Counter(_words(analysis, text)) for text in texts]
        n_with = Counter(word for bag in bags for word in bag)
        kept = sorted(word for word, n in n_with.items() if n > 1)
        words = sorted(sorted(kept, key=lambda word: -n_with[word])[:_MAX_WORDS])
        n_dims = min(n_dims, len(words) - 1, len(bags) - 1)
        if n_dims < 2:
            raise InputError(f"lsa needs words that several pages share; {len(bags)} pages share {len(words)}")
        idf = np.log1p(len(bags) / np.array([n_with[word] for word in words], dtype=np.float64)).astype(np.float32)
        numbers = {word: number for number, word in enumerate(words)}
        with boundary("fitting lsa"), threadpool_limits(1):  # several threads add up in an order of their own
            model = TruncatedSVD(n_dims, random_state=_SEED).fit(_tfidf(bags, numbers, idf))
        return cls(words, idf, np.ascontiguousarray(model.components_.T, dtype=np.float32))

    def encode(self, texts: list[str]) -> Vectors:
        """Vectors of length 1, or 0 for a text without known words."""
        bags = [Counter(_words(self._analysis, text)) for text in texts]
        return unit(np.asarray(_tfidf(bags, self._numbers, self._idf) @ self._directions))

    def save(self, folder: Path) -> None:
        """Keep what was learned."""
        np.savez(folder / _FILE, words=np.array(self._words), idf=self._idf, directions=self._directions)

    @classmethod
    def load(cls, folder: Path) -> "Lsa":
        """What was kept. Raises DataError if it cannot be read."""
        with boundary(f"reading {folder / _FILE}", raises=DataError), np.load(folder / _FILE) as kept:
            return cls(kept["words"].tolist(), kept["idf"], kept["directions"])


def _words(analysis: Analysis, text: str) -> list[str]:
    grams = [gram for run in analysis.runs(text) for gram in run]
    return [word for word in analysis.phrase_words(text) if word not in STOP_WORDS] + grams


def _tfidf(bags: list[Counter[str]], numbers: dict[str, int], idf: NDArray[np.float32]) -> csr_array:
    """Rows of length 1: the logarithm of how often a word stands there, by its idf."""
    rows, columns, counts = [], [], []
    for row, bag in enumerate(bags):
        for word, count in bag.items():
            if (column := numbers.get(word)) is not None:
                rows.append(row)
                columns.append(column)
                counts.append(count)
    at = np.array(columns, dtype=np.int64)
    values = (1 + np.log(np.array(counts, dtype=np.float32))) * idf[at] if counts else np.zeros(0, np.float32)
    squares = np.bincount(np.array(rows, dtype=np.int64), values**2, minlength=len(bags))
    lengths = np.sqrt(np.where(squares > 0, squares, 1)).astype(np.float32)
    values = values / lengths[np.array(rows, dtype=np.int64)]
    return csr_array((values, (rows, columns)), shape=(len(bags), len(numbers)), dtype=np.float32)
