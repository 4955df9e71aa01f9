"""A folder of pages as a source: .jsonl and .jsonl.zst rows, Markdown, HTML and plain text files."""

import io
import json
import posixpath
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

import zstandard
from pydantic import Field

from redsearcher.core.config import Config
from redsearcher.errors import DataError, InputError, RedsearcherError, boundary
from redsearcher.llm.cache import CachedModel
from redsearcher.llm.endpoint import EndpointConfig
from redsearcher.llm.role import RoleConfig
from redsearcher.llm.router.model import chat_model
from redsearcher.records.world import Link
from redsearcher.world.extract.catalog import Catalog
from redsearcher.world.extract.llm import LlmExtractor
from redsearcher.world.extract.markup import Marked, read_html, read_markdown
from redsearcher.world.extract.page import Cell, SourcePage, Table
from redsearcher.world.extract.rules import RulesExtractor
from redsearcher.world.importers.pages import Extractor, import_pages
from redsearcher.world.seed.config import SeedConfig
from redsearcher.world.seed.meta import is_meta
from redsearcher.world.seed.structure import is_list
from redsearcher.world.store import WorldInfo

_SUFFIXES = (".jsonl", ".jsonl.zst", ".md", ".html", ".htm", ".txt")


_SEEDS = SeedConfig()


class PagesConfig(Config):
    """A folder of pages and how facts are read off it."""

    folder: str = ""
    """The folder; its sub-folders count too."""
    site: str = ""
    """Host of the pages' URLs where the files name none; default: the folder's name."""
    lang: Literal["en", "zh"] = "en"
    """Language of the pages. The rules read English only."""
    extract: Literal["rules", "llm"] = "rules"
    """rules: tables and lead sentences; llm: a model reads each page, and every fact it gives is checked verbatim."""
    model: EndpointConfig | None = None
    """The model that reads the pages when extract is llm."""
    role: RoleConfig = RoleConfig()
    """How it is asked."""
    concurrency: int = Field(default=8, ge=1)
    """Pages before the model at one time."""
    max_bridges: int = Field(default=0, ge=0)
    """Pairs of things held up to the model again, to find facts that close cycles."""


class FolderSource:
    """Pages of a folder in the order of their paths. Rows are {url or id, title, text, links?, tables?}: a link is
    {start, end, url}; a table {section?, header: [names], rows: [[cell]]}, a cell a text or {text, links: [urls]}."""

    def __init__(self, folder: Path, config: PagesConfig, bad: Callable[[str], None] | None = None) -> None:
        """`bad`, where given, is told of what is no page instead of DataError being raised."""
        if not folder.is_dir():
            raise InputError(f"{folder} is no folder; name the one that holds the pages")
        self._folder, self._lang = folder, config.lang
        self._site = config.site or folder.resolve().name.lower()
        self._bad = bad
        self._files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name.endswith(_SUFFIXES))
        if not self._files:
            raise InputError(f"{folder} holds no page; looked for {', '.join(_SUFFIXES)}")

    def is_subject(self, page: SourcePage) -> bool:
        """Pages with words of their own that are no list and no meta page."""
        return bool(page.text.strip()) and not is_meta(page.title) and not is_list(page.title, page.text, _SEEDS)

    @property
    def files(self) -> Sequence[Path]:
        """The files that hold the pages, in order."""
        return self._files

    def pages(self) -> Iterator[SourcePage]:
        """All pages. Raises DataError for a row that is no page, naming file and line."""
        for path in self._files:
            if path.name.endswith((".jsonl", ".jsonl.zst")):
                yield from self._rows(path)
            elif (page := self._try(partial(self._file, path))) is not None:
                yield page

    def _try(self, read: Callable[[], SourcePage]) -> SourcePage | None:
        try:
            return read()
        except RedsearcherError as error:
            if self._bad is None:
                raise
            self._bad(str(error))
            return None

    def _file(self, path: Path) -> SourcePage:
        url = self._url(path.relative_to(self._folder).as_posix())
        with boundary(f"reading {path}"):
            source = path.read_text(encoding="utf-8")

        def resolve(target: str) -> str:
            return urljoin(url, target.split("#", maxsplit=1)[0])

        read: dict[str, Callable[[str, Callable[[str], str]], Marked]] = {
            ".md": read_markdown, ".html": read_html, ".htm": read_html,
        }  # fmt: skip
        reader = read.get(path.suffix)
        marked = reader(source, resolve) if reader else Marked("", source, (), ())
        title = marked.title or path.stem.replace("_", " ")
        return SourcePage(url, self._site, "page", title, marked.text, marked.links, marked.tables, self._lang)

    def _rows(self, path: Path) -> Iterator[SourcePage]:
        with boundary(f"reading {path}"), path.open("rb") as raw:
            stream = zstandard.ZstdDecompressor().stream_reader(raw) if path.suffix == ".zst" else raw
            with io.TextIOWrapper(stream, encoding="utf-8") as lines:
                for number, line in enumerate(lines, 1):
                    if not line.strip():
                        continue
                    if (page := self._try(partial(self._row, line, f"{path} line {number}"))) is not None:
                        yield page

    def _row(self, line: str, where: str) -> SourcePage:
        try:
            row = json.loads(line)
            url = self._url(str(row.get("url") or row["id"]))
            links = tuple(
                Link(start=link["start"], end=link["end"], url=urljoin(url, link["url"]))
                for link in row.get("links", ())
            )
            tables = tuple(_table(table, url) for table in row.get("tables", ()))
            text, title = str(row["text"]), str(row["title"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataError(
                f"{where} is no page ({error!r}); expected url or id, title, text, links?, tables?"
            ) from error
        return SourcePage(url, urlsplit(url).netloc, "page", title, text, links, tables, self._lang)

    def _url(self, name: str) -> str:
        return name if "://" in name else f"https://{self._site}/{posixpath.normpath(name.lstrip('/'))}"


def import_folder(
    path: Path, config: PagesConfig, *, config_hash: str = "", progress: Callable[[int], None] | None = None
) -> WorldInfo:
    """The world of a folder of pages at `path`; a model's replies are remembered beside it.

    Raises InputError for a folder without pages, a model not named, or pages that the rules cannot read.
    """
    folder = Path(config.folder)
    return import_pages(
        path,
        FolderSource(folder, config),
        _maker(config, path.with_name(path.name + ".model_cache.ndjson")),
        name=folder.resolve().name,
        about=f"Facts: extracted from the pages ({config.extract}). Pages: the files of {folder.resolve().name}.",
        lang=config.lang,
        config_hash=config_hash or config.hash,
        progress=progress,
    )


def _maker(config: PagesConfig, cache: Path) -> Callable[[Catalog], Extractor]:
    if config.extract == "rules":
        if config.lang != "en":
            raise InputError("the rules read English pages only; use extract = llm for others")
        return RulesExtractor
    if config.model is None:
        raise InputError("extract = llm needs a model; name one")
    model = CachedModel(chat_model(config.model), cache)
    return lambda catalog: LlmExtractor(
        catalog, model, config.role, concurrency=config.concurrency, max_bridges=config.max_bridges
    )


def _table(row: dict[str, Any], url: str) -> Table:
    rows = tuple(tuple(_cell(cell, url) for cell in cells) for cells in row["rows"])
    return Table(str(row.get("section", "")), tuple(str(name) for name in row["header"]), rows)


def _cell(cell: Any, url: str) -> Cell:
    if isinstance(cell, str):
        return Cell(cell)
    return Cell(str(cell["text"]), tuple(urljoin(url, target) for target in cell.get("links", ())))
