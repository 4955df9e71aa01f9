"""What live services were paid: a line per request that was answered, in one file for all processes of a run."""

import json
import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Self

from redsearcher.core.jsonl import whole_lines

FILE = "web_spend.jsonl"


class Ledger:
    """Appends to a file. `path` None keeps no record."""

    def __init__(self, path: Path | None, prices: Mapping[str, float | None]) -> None:
        """`prices`: money per thousand requests by service, None where nobody said."""
        self._prices, self._descriptor = prices, -1
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def paid(self, service: str) -> None:
        """Write down one request."""
        if self._descriptor < 0:
            return
        price = self._prices.get(service)
        row = {"service": service, "money": None if price is None else price / 1000, "at": round(time.time(), 3)}
        os.write(self._descriptor, (json.dumps(row) + "\n").encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)


class Paid(NamedTuple):
    """What one service came to; money None where it has no price."""

    service: str
    n_requests: int
    money: float | None


def read_paid(path: Path) -> list[Paid]:
    """The sums of a ledger by service, in the order of their names; nothing where there is no file."""
    counts: dict[str, int] = {}
    money: dict[str, float | None] = {}
    for line in whole_lines(path):
        row = json.loads(line)
        name = row["service"]
        counts[name] = counts.get(name, 0) + 1
        if row["money"] is not None:
            money[name] = (money.get(name) or 0.0) + row["money"]
    return [Paid(name, counts[name], money.get(name)) for name in sorted(counts)]


class Pace:
    """Keeps requests of a process apart."""

    def __init__(self, pause_s: float) -> None:
        self._pause_s, self._next, self._guard = pause_s, 0.0, threading.Lock()

    def wait(self) -> None:
        """Until the next request may go out."""
        if not self._pause_s:
            return
        with self._guard:
            at = max(self._next, time.monotonic())
            self._next = at + self._pause_s
        time.sleep(max(at - time.monotonic(), 0.0))
