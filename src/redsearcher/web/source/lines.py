"""JSON lines of Documents or of plain pages, packed or not."""

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from redsearcher.core.hashing import content_hash
from redsearcher.records.world import Document
from redsearcher.web.source.base import Placed, Position, Tally
from redsearcher.web.source.file import fingerprint, unpacked
from redsearcher.web.source.row import Defaults, to_document

_SHAPE = "expected a Document, or {url, title, text, date?, site?, links?}"


class JsonLines:
    """A file of pages, one to a line; a place is the byte and the number of a line. Empty lines count as none."""

    n_documents: int | None = None

    def __init__(self, file: Path, default: Defaults, tally: Tally) -> None:
        self._file, self._default, self._tally = file, default, tally
        self.fingerprint = content_hash("lines", fingerprint(file), default)

    def read(self, start: Position = ()) -> Iterator[Placed]:
        """The pages. Raises DataError for a line that is none, naming file and line."""
        offset, number = start or (0, 0)
        with unpacked(self._file, offset) as lines:
            for line in lines:
                offset, number = offset + len(line), number + 1
                if not line.strip():
                    continue
                try:
                    document = _document(line, self._default)
                except (ValueError, TypeError, KeyError, AttributeError) as error:
                    said = str(error).splitlines()[0] if str(error) else repr(error)
                    self._tally.bad(f"{self._file} line {number} is no page ({said}); {_SHAPE}")
                    continue
                yield Placed(document, (offset, number))


def _document(line: bytes, default: Defaults) -> Document:
    try:
        return Document.model_validate_json(line)
    except ValidationError:
        return to_document(json.loads(line), default)
