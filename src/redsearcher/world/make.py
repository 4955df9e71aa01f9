"""Make a world folder from its config: the one place that knows all sources."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from redsearcher import __version__
from redsearcher.core.config import Config
from redsearcher.core.hashing import content_hash
from redsearcher.core.paths import need_data
from redsearcher.world.build import build_world
from redsearcher.world.fiction.config import FictionConfig
from redsearcher.world.importers.codex import FOLDERS, CodexConfig, import_codex
from redsearcher.world.importers.pages_folder import PagesConfig
from redsearcher.world.importers.pages_ottqa import OttqaConfig
from redsearcher.world.prose.config import ProseConfig
from redsearcher.world.store import World, WorldInfo

ProgressCall = Callable[[int], None]


class WorldConfig(Config):
    """Where the facts and pages come from."""

    source: Literal["fiction", "codex", "redocred", "ottqa", "pages"] = "fiction"
    """fiction: generated; codex: CoDEx-S with OTT-QA around it; redocred: Re-DocRED's documents; ottqa: facts extracted
    from OTT-QA's tables and passages; pages: facts extracted from a folder of pages."""
    fiction: FictionConfig = FictionConfig()
    """The generated facts; read when source is fiction."""
    prose: ProseConfig = ProseConfig()
    """The generated pages; read when source is fiction."""
    codex: CodexConfig = CodexConfig()
    """What of the real data is taken; read when source is codex."""
    ottqa: OttqaConfig = OttqaConfig()
    """What of OTT-QA is taken; read when source is ottqa."""
    pages: PagesConfig = PagesConfig()
    """The folder and how it is read; read when source is pages."""


def make_world(path: Path, config: WorldConfig, progress: ProgressCall | None = None) -> WorldInfo:
    """The world at `path`; one that was made from the same config by this version is left as it is.

    Raises InputError where real data is needed and absent. A killed run leaves no half-made world behind.
    """
    config_hash = content_hash(config.model_dump(mode="json"), __version__)
    if (path / "world.json").is_file():
        found = World(path).info
        if found.config_hash == config_hash:
            return found
    makers = {"fiction": _fiction, "codex": _codex, "redocred": _redocred, "ottqa": _ottqa, "pages": _pages}
    return makers[config.source](path, config, config_hash, progress)


def _fiction(path: Path, config: WorldConfig, config_hash: str, progress: ProgressCall | None) -> WorldInfo:
    from redsearcher.world.fiction.generate import generate
    from redsearcher.world.prose.write import write_pages

    made = generate(config.fiction)
    lang = config.fiction.lang
    return build_world(
        path,
        name=f"fiction-{lang}-{config.fiction.n_entities}-{config.fiction.seed}",
        lang=lang,
        kind="closed",
        source="generated",
        seed=config.fiction.seed,
        config_hash=config_hash,
        entities=made.entities,
        facts=made.facts,
        pages=write_pages(made.entities, made.facts, lang, config.prose),
        progress=progress,
    )


def _codex(path: Path, config: WorldConfig, config_hash: str, progress: ProgressCall | None) -> WorldInfo:
    return import_codex(path, need_data(*FOLDERS), config.codex, config_hash=config_hash, progress=progress)


def _redocred(path: Path, config: WorldConfig, config_hash: str, progress: ProgressCall | None) -> WorldInfo:
    from redsearcher.world.importers.redocred import import_redocred

    return import_redocred(path, need_data("redocred"), config_hash=config_hash, progress=progress)


def _ottqa(path: Path, config: WorldConfig, config_hash: str, progress: ProgressCall | None) -> WorldInfo:
    from redsearcher.world.extract.rules import RulesExtractor
    from redsearcher.world.importers.pages import import_pages
    from redsearcher.world.importers.pages_ottqa import SOURCE, OttqaSource

    source = OttqaSource(need_data("ottqa-web"), config.ottqa)
    return import_pages(
        path, source, RulesExtractor, name="ottqa", about=SOURCE, config_hash=config_hash, progress=progress
    )


def _pages(path: Path, config: WorldConfig, config_hash: str, progress: ProgressCall | None) -> WorldInfo:
    from redsearcher.world.importers.pages_folder import import_folder

    return import_folder(path, config.pages, config_hash=config_hash, progress=progress)
