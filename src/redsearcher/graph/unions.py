"""Many vertex sets in arrays, to find at once those that a block can be joined with."""

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]


class UnionTable:
    """Rows (union, border, shared) of sets of `n` vertices, 64 to a word; the tables grow as needed."""

    def __init__(self, n: int, max_border: int) -> None:
        self._n_words = (n + 63) // 64
        self._max_border = max_border
        self._n_rows = 0
        self._union, self._border, self._shared = (np.zeros((self._n_words, 1024), np.uint64) for _ in range(3))

    def append(self, union: int, border: int, shared: int) -> None:
        row = self._n_rows
        if row == self._union.shape[1]:
            self._union, self._border, self._shared = (
                np.concatenate((table, np.zeros_like(table)), axis=1)
                for table in (self._union, self._border, self._shared)
            )
        self._union[:, row] = self._words(union)
        self._border[:, row] = self._words(border)
        self._shared[:, row] = self._words(shared)
        self._n_rows += 1

    def joinable(self, closed: int, border: int) -> list[int]:
        """Rows whose union misses `closed`, that share a vertex of `border`, and whose border stays small with it."""
        n, own, whole = self._n_rows, self._words(border), self._words(closed)
        size = np.zeros(n, np.uint16)
        for word in range(self._n_words):
            size += np.bitwise_count(self._border[word, :n] | own[word])
        rows = np.flatnonzero(size <= self._max_border)
        touching = np.zeros(len(rows), np.uint64)
        sharing = np.zeros(len(rows), np.uint64)
        for word in range(self._n_words):
            touching |= self._union[word, rows] & whole[word]
            sharing |= self._shared[word, rows] & own[word]
        found: list[int] = rows[(touching == 0) & (sharing != 0)].tolist()
        return found

    def _words(self, among: int) -> Words:
        return np.frombuffer(among.to_bytes(8 * self._n_words, "little"), dtype="<u8")
