"""Sources for tests: pages that can be read again, and pages that kill whoever reads them."""

import os
import signal
from collections.abc import Iterator, Sequence

from redsearcher.core.hashing import content_hash
from redsearcher.core.progress import Progress
from redsearcher.records.world import Document
from redsearcher.web.source.base import Placed, Position


class Listed:
    """A list of pages, killing the process before the `deadly`-th of them is given."""

    def __init__(self, pages: Sequence[Document], deadly: int | None = None) -> None:
        self._pages, self._deadly = pages, deadly
        self.fingerprint = content_hash([page.id for page in pages])
        self.n_documents: int | None = len(pages)
        self.starts: list[Position] = []

    def read(self, start: Position = ()) -> Iterator[Placed]:
        self.starts.append(start)
        for number in range(start[0] if start else 0, len(self._pages) + 1):
            if number == self._deadly:
                os.kill(os.getpid(), signal.SIGKILL)
            if number < len(self._pages):
                yield Placed(self._pages[number], (number + 1,))


class Watch:
    """Progress that counts."""

    def __init__(self) -> None:
        self.n_new, self.n_old = 0, 0

    def advance(self, n: int = 1, note: str = "") -> None:
        self.n_new += n

    def skip(self, n: int, note: str = "") -> None:
        self.n_old += n


_: Progress = Watch()
