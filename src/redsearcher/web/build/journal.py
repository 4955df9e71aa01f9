"""How far an interrupted build had come: a mark is written before each commit, and the index says which one counts."""

import json
import os
from pathlib import Path

from redsearcher.core import jsonl
from redsearcher.records.base import Record

JOURNAL_FILE, URLS_FILE, BUILT_FILE = "journal.jsonl", "urls.bin", "build.json"


class Mark(Record):
    """The state at a commit. `total` is the sum of the document ids in hex, `n_urls` how many pages the build added to
    what it began with, `position` where the source goes on, `dropped` what was left out and why."""

    n_documents: int
    total: str
    n_urls: int
    position: tuple[int, ...] = ()
    dropped: dict[str, int] = {}


class Built(Record):
    """What a whole web keeps of its last change: a hash of what was asked for, and the sum of its document ids."""

    fingerprint: str
    total: str


class Journal:
    """Marks of one build, in a file."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / JOURNAL_FILE

    def begin(self, fingerprint: str, mark: Mark) -> None:
        """A new journal; there is none before this returns."""
        jsonl.write(self._file, [json.dumps({"fingerprint": fingerprint}), jsonl.dump(mark)])

    def fingerprint(self) -> str | None:
        """Of what was being built here; None where nothing was."""
        lines = list(jsonl.whole_lines(self._file))
        try:
            return str(json.loads(lines[0])["fingerprint"])
        except (IndexError, ValueError, KeyError, TypeError):
            return None

    def add(self, mark: Mark) -> None:
        """Once this returns, a kill does not lose the mark."""
        with self._file.open("ab") as file:
            file.write((jsonl.dump(mark) + "\n").encode())
            file.flush()
            os.fsync(file.fileno())

    def at(self, n_documents: int) -> Mark | None:
        """The last mark of so many pages."""
        found = None
        jsonl.cut_torn_line(self._file)
        for line in list(jsonl.whole_lines(self._file))[1:]:
            mark = Mark.model_validate_json(line)
            found = mark if mark.n_documents == n_documents else found
        return found


def read_built(folder: Path) -> Built | None:
    """Of a whole web; None where it says nothing readable."""
    try:
        return Built.model_validate_json((folder / BUILT_FILE).read_bytes())
    except (OSError, ValueError):
        return None
