"""Documents that can be read again from any place in them: what a web is built from."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import NamedTuple, Protocol

from redsearcher.core.hashing import content_hash
from redsearcher.errors import DataError
from redsearcher.records.world import Document

Position = tuple[int, ...]
"""A place in a source, meaningful to that source alone; () is its beginning."""


class Placed(NamedTuple):
    """A document, and where reading goes on behind it."""

    document: Document
    position: Position


class Source(Protocol):
    """Documents in an order that is always the same.

    `fingerprint` differs where the documents may differ, and is "" where they cannot be read a second time;
    `n_documents` is None where nobody has counted them.
    """

    @property
    def fingerprint(self) -> str: ...

    @property
    def n_documents(self) -> int | None: ...

    def read(self, start: Position = ()) -> Iterator[Placed]: ...


class Tally:
    """What became of records that are no page of the web: dropped on purpose, or bad."""

    def __init__(self, *, skip_bad: bool = False) -> None:
        self.skip_bad = skip_bad
        self.dropped: Counter[str] = Counter()

    def drop(self, why: str) -> None:
        """One more record is left out."""
        self.dropped[why] += 1

    def bad(self, what: str) -> None:
        """A record that is no page: counted where bad ones are skipped, else DataError saying `what`."""
        if not self.skip_bad:
            raise DataError(f"{what}; mend it, or leave such out with --skip-bad")
        self.dropped["bad"] += 1


class Once:
    """Any documents, to be read one time."""

    fingerprint = ""
    n_documents: int | None = None

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = documents

    def read(self, start: Position = ()) -> Iterator[Placed]:
        """All of them."""
        for number, document in zip(count(1), self._documents, strict=False):
            yield Placed(document, (number,))


class Mapped:
    """Another source, every document changed. `name` says by what, and belongs to the fingerprint."""

    def __init__(self, source: Source, change: Callable[[Document], Document], name: str) -> None:
        self._source, self._change = source, change
        self.n_documents = source.n_documents
        self.fingerprint = content_hash("mapped", source.fingerprint, name) if source.fingerprint else ""

    def read(self, start: Position = ()) -> Iterator[Placed]:
        """The changed documents, at the places of the original ones."""
        for document, position in self._source.read(start):
            yield Placed(self._change(document), position)


class Union:
    """Several sources, one after another."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources
        counts = [source.n_documents for source in sources]
        self.n_documents = None if None in counts else sum(filter(None, counts))
        prints = [source.fingerprint for source in sources]
        self.fingerprint = content_hash("union", prints) if all(prints) else ""

    def read(self, start: Position = ()) -> Iterator[Placed]:
        """The documents of each; a place is the number of the source, then the place in it."""
        first, rest = (start[0], start[1:]) if start else (0, ())
        for number in range(first, len(self._sources)):
            for document, position in self._sources[number].read(rest if number == first else ()):
                yield Placed(document, (number, *position))
