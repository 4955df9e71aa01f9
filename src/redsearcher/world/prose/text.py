"""The text of a page while it is written: offsets of sentences and links are kept in code points."""

from redsearcher.records.world import Link


class PageText:
    """Append-only text. Inside a sentence the first literal text gets its capital."""

    __slots__ = ("_chunks", "_end", "_fresh", "_gap", "_start", "_stop", "links")

    def __init__(self, *, gap: str, stop: str) -> None:
        self._chunks: list[str] = []
        self._end = 0
        self._start = 0
        self._fresh = False
        self._gap, self._stop = gap, stop
        self.links: list[Link] = []

    def __str__(self) -> str:
        return "".join(self._chunks)

    def put(self, text: str) -> None:
        """Append literal text."""
        if not text:
            return
        if self._fresh:
            text = text[0].upper() + text[1:]
            self._fresh = False
        self._chunks.append(text)
        self._end += len(text)

    def name(self, name: str, url: str | None) -> None:
        """Append a proper name as it is, as the anchor of a link when `url` is given."""
        self._fresh = False
        if url is not None:
            self.links.append(Link(start=self._end, end=self._end + len(name), url=url))
        self._chunks.append(name)
        self._end += len(name)

    def possessive(self) -> str:
        """The English ending that makes the last word possessive."""
        return "'" if self._chunks[-1].endswith("s") else "'s"

    def begin(self, *, paragraph: bool = False) -> None:
        """Begin a sentence, in a new paragraph if asked."""
        if self._end:
            gap = "\n\n" if paragraph else self._gap
            self._chunks.append(gap)
            self._end += len(gap)
        self._start, self._fresh = self._end, True

    def close(self, *, stop: bool = True) -> tuple[int, int]:
        """End the sentence; its span, the full stop included."""
        last = self._chunks[-1][-1:]
        if stop and last not in ".!?。！？":
            self._chunks.append(self._stop)
            self._end += len(self._stop)
        self._fresh = False
        return self._start, self._end
