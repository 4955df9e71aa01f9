"""OTT-QA's tables and passages as plain pages: no knowledge graph comes with them."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from redsearcher.core.config import Config
from redsearcher.world.extract.page import Cell, SourcePage, Table
from redsearcher.world.importers import ottqa
from redsearcher.world.importers.tokens import detokenise

SOURCE = (
    "Facts: extracted from the pages by rule. Pages: passages and tables of OTT-QA (MIT); their text is from Wikipedia "
    "under CC BY-SA, whose authors are listed on the pages named by the URLs."
)


class OttqaConfig(Config):
    """Which of the tables and passages go into the world."""

    n_tables: int | None = None
    """How many tables; None takes all 8,298."""
    n_passages: int | None = 0
    """Passages beyond those that the tables link to; None takes all."""
    seed: int = 0
    """Which tables and passages are taken when not all are."""


class OttqaSource:
    """The passages that the chosen tables link to, other passages, then the tables. Passages are kept in memory."""

    def __init__(self, data: Path, config: OttqaConfig) -> None:
        self._data, self._config = data, config

    def is_subject(self, page: SourcePage) -> bool:
        """Passages are about one thing, tables are not."""
        return page.kind == "encyclopedia"

    def pages(self) -> Iterator[SourcePage]:
        """Passages, then tables, in stored order."""
        yield from self._passages
        yield from self._tables

    @cached_property
    def _tables(self) -> tuple[SourcePage, ...]:
        rows = list(ottqa.table_rows(self._data))
        kept = ottqa.chosen([_url(row) for row in rows], self._config.n_tables, self._config.seed)
        return tuple(_page(row) for row in rows if _url(row) in kept)

    @cached_property
    def _passages(self) -> tuple[SourcePage, ...]:
        linked = {page.subject for page in self._tables}
        linked |= {
            url
            for page in self._tables
            for table in page.tables
            for row in table.rows
            for cell in row
            for url in cell.links
        }
        others = [passage.url for passage in ottqa.passages(self._data) if passage.url not in linked]
        kept = linked | ottqa.chosen(others, self._config.n_passages, self._config.seed)
        return tuple(
            SourcePage(passage.url, ottqa.SITE, "encyclopedia", passage.title, detokenise(passage.text))
            for passage in ottqa.passages(self._data)
            if passage.url in kept
        )


def _url(row: dict[str, Any]) -> str:
    page, _, number = row["uid"].rpartition("_")
    return f"{ottqa.BASE}/wiki/{page}?table={number}"


def _page(row: dict[str, Any]) -> SourcePage:
    section = detokenise(row["section_title"])
    text = "\n\n".join(part for part in (row["intro"].strip(), detokenise(row["section_text"])) if part)
    table = Table(
        section,
        tuple(detokenise(name) for name, _ in row["header"]),
        tuple(
            tuple(Cell(detokenise(text), tuple(ottqa.BASE + target for target in targets)) for text, targets in cells)
            for cells in row["data"]
        ),
    )
    return SourcePage(
        _url(row), ottqa.SITE, "table", f"{row['title']}: {section}" if section else str(row["title"]), text,
        tables=(table,), subject=f"{ottqa.BASE}/wiki/{row['uid'].rpartition('_')[0]}",
    )  # fmt: skip
