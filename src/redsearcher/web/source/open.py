"""Sources by name: what a file or folder holds is told by its marker, its suffix, or its first bytes."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from redsearcher.errors import InputError
from redsearcher.web.source.base import Source, Tally, Union
from redsearcher.web.source.file import bare_name
from redsearcher.web.source.row import Defaults

WORLD_FILE = "world.json"
_KINDS = (
    "a folder of a world (with world.json), a folder of pages (.md, .html, .txt, .jsonl) or of .parquet files, "
    ".jsonl, .parquet, or a MediaWiki .xml; .zst, .gz and .bz2 are unpacked"
)


class Opened(NamedTuple):
    """One source of all that was named. `world` is the id of the only world among them, "" where there is no one."""

    source: Source
    world: str
    lang: str


def open_sources(paths: Sequence[Path], tally: Tally, *, lang: str | None = None, site: str = "") -> Opened:
    """The documents of all `paths`, one path after another.

    `lang` is that of pages that name none (default: the first world's, else en), `site` the host of those whose address
    is no URL (default: the name of their file or folder). Raises InputError for what is no source.
    """
    if not paths:
        raise InputError(f"no source was named; expected {_KINDS}")
    worlds: list[tuple[str, str]] = []
    for path in paths:
        if not path.exists():
            raise InputError(f"{path} is not there; expected {_KINDS}")
        if (path / WORLD_FILE).is_file():
            from redsearcher.world.store import World

            worlds.append(((world := World(path)).id, world.info.lang))
    lang = lang or (worlds[0][1] if worlds else "en")
    sources = [_open(path, Defaults(site or _host(path), lang), tally) for path in paths]
    return Opened(sources[0] if len(sources) == 1 else Union(sources), worlds[0][0] if len(worlds) == 1 else "", lang)


def _host(path: Path) -> str:
    name = path.resolve().name.lower()
    return name if path.is_dir() else name.split(".")[0]


def _open(path: Path, default: Defaults, tally: Tally) -> Source:
    if path.is_dir():
        return _folder(path, default, tally)
    name = bare_name(path)
    if name.endswith((".jsonl", ".ndjson")):
        from redsearcher.web.source.lines import JsonLines

        return JsonLines(path, default, tally)
    if name.endswith(".parquet"):
        from redsearcher.web.source.table import ParquetTable

        return ParquetTable(path, default, tally)
    if ".xml" in name:
        if find_spec("mwparserfromhell") is None:
            raise InputError(f"reading {path} needs mwparserfromhell: pip install 'redsearcher[wiki]'")
        from redsearcher.web.source.wiki import WikiDump

        return WikiDump(path, default, tally)
    raise InputError(f"{path} is of no kind that pages are read from; expected {_KINDS}")


def _folder(path: Path, default: Defaults, tally: Tally) -> Source:
    if (path / WORLD_FILE).is_file():
        from redsearcher.web.source.world import WorldPages
        from redsearcher.world.store import World

        return WorldPages(World(path))
    if tables := sorted(path.rglob("*.parquet")):
        from redsearcher.web.source.table import ParquetTable

        return Union([ParquetTable(file, default, tally) for file in tables])
    from redsearcher.web.source.folder import FolderPages

    return FolderPages(path, default, tally)
