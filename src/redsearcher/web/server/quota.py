"""Token buckets that the processes of a server share: a small file that each maps, one row per key."""

import fcntl
import mmap
import os
import struct
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

MINUTE_S, DAY_S = 60.0, 86_400.0
_ROW = struct.Struct("ddd")


class Rate(NamedTuple):
    """How many requests a key has per minute and per day, None for as many as it likes; `burst` of them at once."""

    per_minute: int | None = None
    per_day: int | None = None
    burst: int | None = None


class Buckets:
    """A bucket per minute and one per day for each key, full at first. One event loop of each process uses it.

    A row holds the tokens of either bucket and when they were counted, by the wall clock, so that a file which outlives
    the server goes on counting.
    """

    def __init__(self, path: Path, rates: Sequence[Rate]) -> None:
        self._rates = rates
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.lockf(self._file, fcntl.LOCK_EX)
        size = _ROW.size * max(len(rates), 1)
        if os.fstat(self._file).st_size != size:  # new, or of another set of keys
            rows = b"".join(_ROW.pack(*map(float, _sizes(rate)), time.time()) for rate in rates)
            os.pwrite(self._file, rows.ljust(size, b"\0"), 0)
            os.ftruncate(self._file, size)
        self._map = mmap.mmap(self._file, size)
        fcntl.lockf(self._file, fcntl.LOCK_UN)

    def take(self, number: int) -> float:
        """Take a token of each bucket of a key; returns 0, or the seconds until there is one, and takes none then."""
        sizes, at = _sizes(self._rates[number]), _ROW.size * number
        fcntl.lockf(self._file, fcntl.LOCK_EX, _ROW.size, at)
        try:
            *tokens, counted = _ROW.unpack_from(self._map, at)
            now = time.time()
            speeds = _speeds(self._rates[number])
            passed = max(now - counted, 0.0)
            left = [min(size, token + passed * speed) for size, token, speed in zip(sizes, tokens, speeds, strict=True)]
            wait = max((1 - token) / speed for token, speed in zip(left, speeds, strict=True))
            granted = wait <= 0
            _ROW.pack_into(self._map, at, *(token - granted for token in left), now)
            return 0.0 if granted else wait
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, _ROW.size, at)

    def close(self) -> None:
        """Close the file."""
        self._map.close()
        os.close(self._file)


_BOUNDLESS = 1e15


def _sizes(rate: Rate) -> tuple[float, float]:
    minute = rate.burst or rate.per_minute
    return (float(minute) if minute and rate.per_minute else _BOUNDLESS, float(rate.per_day or _BOUNDLESS))


def _speeds(rate: Rate) -> tuple[float, float]:
    """Tokens per second of either bucket."""
    return ((rate.per_minute or _BOUNDLESS) / MINUTE_S, (rate.per_day or _BOUNDLESS) / DAY_S)
