"""Building a web: documents in, a folder with an index and web.json out, there whole or not at all."""

from collections.abc import Callable, Iterable
from pathlib import Path

from redsearcher.core.hashing import content_hash
from redsearcher.core.progress import Progress
from redsearcher.errors import RedsearcherError
from redsearcher.records.world import Document
from redsearcher.web.address.book import addressed
from redsearcher.web.build.journal import read_built
from redsearcher.web.build.making import Plan, SameUrl, Say, make, site, tidy
from redsearcher.web.config import WebConfig
from redsearcher.web.index import ENGINE_VERSION, WebInfo, read_info
from redsearcher.web.source.base import Once, Source, Tally


def build_web(
    path: Path,
    documents: Iterable[Document],
    config: WebConfig,
    *,
    world_id: str,
    lang: str,
    progress: Callable[[int], None] | None = None,
) -> WebInfo:
    """Index `documents` into the folder `path`, replacing a web that is there; `progress` is told the pages done.

    Documents are streamed; memory is the writer's heap and about 10 bytes per page. The same documents in any order
    give the same id and the same search results. Raises DataError if two documents share a URL, InputError if
    `path` holds something that is no web. Documents that can be read again go to `build_source`, which resumes.
    """
    watch = _Told(progress)
    made = build_source(path, Once(documents), config, world_id=world_id, lang=lang, watch=watch)
    watch.end()
    return made


def build_source(
    path: Path,
    source: Source,
    config: WebConfig,
    *,
    world_id: str,
    lang: str,
    watch: Progress | None = None,
    say: Say = lambda _: None,
    tally: Tally | None = None,
    same_url: SameUrl = "error",
    fresh: bool = False,
) -> WebInfo:
    """The same of a source. Interrupted at any moment, the same call goes on behind the last commit; where the web of
    this source and these settings is at `path` already, nothing is done, unless it is to be made `fresh`.

    `tally` gets what was left out: bad records, and pages whose URL was taken where `same_url` is first.
    """
    settings = (config.identity, ENGINE_VERSION, world_id, lang, same_url)
    fingerprint = content_hash("build", source.fingerprint, *settings) if source.fingerprint else ""
    with site(path):
        if fresh:
            tidy(path)
        elif fingerprint and (there := _there(path, fingerprint)) is not None:
            tidy(path)
            say(f"{path} was built from these pages already; --fresh builds it again")
            return there
        shown = addressed(source, config.addresses)
        plan = Plan(shown, config, world_id, lang, fingerprint, fingerprint, tally or Tally(), same_url)
        return make(path, plan, watch or _Told(None), say)


def _there(path: Path, fingerprint: str) -> WebInfo | None:
    built = read_built(path)
    if built is None or built.fingerprint != fingerprint:
        return None
    try:
        return read_info(path)
    except RedsearcherError:
        return None


class _Told:
    """Progress as a callback that hears the pages done so far."""

    def __init__(self, told: Callable[[int], None] | None) -> None:
        self._told, self._done, self._last = told, 0, -1

    def advance(self, n: int = 1, note: str = "") -> None:
        self._done += n
        if self._told is not None:
            self._told(self._done)
            self._last = self._done

    def skip(self, n: int, note: str = "") -> None:
        self.advance(n, note)

    def end(self) -> None:
        """The last word, where nothing was said."""
        if self._last < 0 and self._told is not None:
            self._told(0)
