"""A folder of Markdown, HTML, text and JSON-line files as pages."""

from collections.abc import Iterator
from pathlib import Path

from redsearcher.core.hashing import content_hash
from redsearcher.web.source.base import Placed, Position, Tally
from redsearcher.web.source.file import fingerprint
from redsearcher.web.source.row import Defaults
from redsearcher.world.extract.page import render
from redsearcher.world.importers.pages_folder import FolderSource, PagesConfig


class FolderPages:
    """What `world import pages` reads, with the rows of tables as lines; a place is the number of pages behind it."""

    n_documents: int | None = None

    def __init__(self, folder: Path, default: Defaults, tally: Tally) -> None:
        lang = "zh" if default.lang == "zh" else "en"
        self._tally, self._counted = tally, Tally(skip_bad=True)
        self._pages = FolderSource(folder, PagesConfig(site=default.site, lang=lang), self._bad)
        files = [(file.relative_to(folder).as_posix(), fingerprint(file)) for file in self._pages.files]
        self.fingerprint = content_hash("folder", files, default)

    def read(self, start: Position = ()) -> Iterator[Placed]:
        """The pages in the order of their paths; those before the place are read once more and left out."""
        (first,) = start or (0,)
        self._again = first > 0
        for number, page in enumerate(self._pages.pages(), 1):
            if number > first:
                yield Placed(render(page, lambda _: True).document, (number,))
            self._again = number < first

    def _bad(self, what: str) -> None:
        (self._counted if self._again else self._tally).bad(what)
