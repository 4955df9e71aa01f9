"""Which URLs are taken: 8 bytes per page in sorted arrays, kept on disk too where a build may have to go on."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_KEY_BYTES = 8
_LONGEST_RUN = 1 << 22

Keys = NDArray[np.uint64]


class UrlSet:
    """URLs by 64 bits of a hash: among ten million, one chance in 300,000 that two of them are taken for one."""

    def __init__(self, file: Path | None = None, n_urls: int = 0) -> None:
        """Go on with the first `n_urls` that `file` holds; without a file, in memory alone."""
        self._runs: list[Keys] = []
        self._n = n_urls
        self._file = None
        if file is None:
            return
        with file.open("ab") as whole:
            whole.truncate(n_urls * _KEY_BYTES)
        for start in range(0, n_urls, _LONGEST_RUN):
            keys = np.fromfile(file, np.uint64, min(_LONGEST_RUN, n_urls - start), offset=start * _KEY_BYTES)
            self._runs.append(np.sort(keys))
        self._file = file.open("ab")

    def add(self, urls: Sequence[str]) -> NDArray[np.bool_]:
        """Take them in; says for each whether it is new, which the first of several equal ones is."""
        keys = np.frombuffer(b"".join(map(_key, urls)), np.uint64)
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        new_in_order = np.ones(len(keys), bool)
        new_in_order[1:] = ordered[1:] != ordered[:-1]
        for run in self._runs:
            places = np.minimum(np.searchsorted(run, ordered), len(run) - 1)
            new_in_order &= run[places] != ordered
        new = np.empty(len(keys), bool)
        new[order] = new_in_order
        self._keep(ordered[new_in_order])
        if self._file is not None:
            self._file.write(keys[new].tobytes())
        return new

    def __len__(self) -> int:
        return self._n

    def _keep(self, run: Keys) -> None:
        self._n += len(run)
        while self._runs and len(self._runs[-1]) < min(2 * len(run), _LONGEST_RUN):
            run = np.sort(np.concatenate([self._runs.pop(), run]), kind="stable")
        if len(run):
            self._runs.append(run)

    def sync(self) -> None:
        """Once this returns, a kill loses none that is in the set."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Let the file go."""
        if self._file is not None:
            self._file.close()


def _key(url: str) -> bytes:
    return hashlib.blake2b(url.encode("utf-8", "surrogatepass"), digest_size=_KEY_BYTES).digest()
