"""A web in the making: pages into a folder beside the web's place, commit by commit, then swapped in."""

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal, NamedTuple

from redsearcher.core import jsonl
from redsearcher.core.folder import check_replaceable, replaced, swap_in, sync_folder
from redsearcher.core.hashing import content_hash
from redsearcher.core.lock import holding
from redsearcher.core.progress import Progress
from redsearcher.errors import DataError, ForeignError, InputError
from redsearcher.web.build.journal import BUILT_FILE, JOURNAL_FILE, URLS_FILE, Built, Journal, Mark
from redsearcher.web.build.segments import n_pages, sweep
from redsearcher.web.build.urls import UrlSet
from redsearcher.web.build.writer import PageWriter
from redsearcher.web.config import WebConfig
from redsearcher.web.index import ENGINE_VERSION, INDEX_FOLDER, INFO_FILE, WebInfo
from redsearcher.web.source.base import Placed, Source, Tally

SameUrl = Literal["error", "first"]
Say = Callable[[str], None]
_BATCH_PAGES, _BATCH_CHARS = 1_000, 8_000_000
_LONGEST_S = 300.0
"""Between two commits, where the source is slow."""
_NO_ROOM = 16 << 20


class Plan(NamedTuple):
    """What is to be made. An interrupted plan goes on where one of the same `fingerprint` is asked for; "" never does.

    `lay` puts down the index to begin with, which `start` describes; `known` says which URLs that has.
    """

    source: Source
    config: WebConfig
    world: str
    lang: str
    fingerprint: str
    remembered: str
    """What the finished web keeps of it: a fingerprint that does not depend on what was there before."""
    tally: Tally
    same_url: SameUrl = "error"
    start: Mark = Mark(n_documents=0, total="0", n_urls=0)
    lay: Callable[[Path], None] = Path.mkdir
    known: Callable[[str], bool] = lambda _: False


@contextmanager
def site(path: Path) -> Iterator[None]:
    """The right to write the web at `path`. Raises InputError where another process has it, or no web may go there."""
    check_replaceable(path, INFO_FILE)
    old = replaced(path)
    lock = path.with_name(f".{path.name}.lock")
    with holding(lock, f"{path} is being written by another process; wait for it or stop it"):
        if not path.exists() and old.exists():  # killed between two renames, where names cannot be exchanged
            old.rename(path)
        yield


def make(path: Path, plan: Plan, watch: Progress, say: Say) -> WebInfo:
    """Make the web within its `site`; until it is whole, what was at `path` stays.

    What raises leaves the commits of a plan that can go on. Raises DataError for a URL that is taken, InputError
    where the disk is full.
    """
    temporary = _beside(path)
    try:
        making = Making(temporary, plan, _begin(temporary, plan, say), watch)
        making.run()
        info = making.finish()
        swap_in(temporary, path)
        tidy(path)
    except BaseException as error:
        kept = _leave(temporary, plan)
        full = isinstance(error, OSError | ForeignError) and shutil.disk_usage(path.parent).free < _NO_ROOM
        if full:
            raise InputError(
                f"the disk of {path} is full; make room and give the same command again, {kept}"
            ) from error
        raise
    return info


def tidy(path: Path) -> None:
    """Within its `site`: nothing is left of how the web came to be, nor of what it replaced."""
    shutil.rmtree(_beside(path), ignore_errors=True)
    shutil.rmtree(replaced(path), ignore_errors=True)
    for name in (JOURNAL_FILE, URLS_FILE):
        (path / name).unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".tmp")


def _begin(folder: Path, plan: Plan, say: Say) -> Mark:
    """The state to go on from, laying a new beginning where there is none of this plan."""
    journal = Journal(folder)
    found = journal.fingerprint() if plan.fingerprint else None
    if found == plan.fingerprint and (mark := _interrupted(folder, journal)) is not None:
        if mark.n_documents > plan.start.n_documents:
            say(f"going on behind page {mark.n_documents:,}, where this was interrupted")
        return mark
    if found is not None:
        say("what was interrupted here was of other pages or settings, or is damaged; starting over")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    plan.lay(folder / INDEX_FOLDER)
    if plan.fingerprint:
        journal.begin(plan.fingerprint, plan.start)
    return plan.start


def _interrupted(folder: Path, journal: Journal) -> Mark | None:
    with suppress(OSError, ValueError, DataError):
        mark = journal.at(n_pages(folder / INDEX_FOLDER))
        if mark is not None and (not mark.n_urls or (folder / URLS_FILE).stat().st_size >= 8 * mark.n_urls):
            sweep(folder / INDEX_FOLDER)
            return mark
    return None


def _leave(folder: Path, plan: Plan) -> str:
    """Keep the commits of a plan that can go on, and nothing else; says what is kept."""
    with suppress(OSError, DataError):
        ours = plan.fingerprint and Journal(folder).fingerprint() is not None
        if ours and (kept := n_pages(folder / INDEX_FOLDER)) != plan.start.n_documents:
            sweep(folder / INDEX_FOLDER)
            return f"{kept:,} pages are kept"
    shutil.rmtree(folder, ignore_errors=True)
    return "which begins anew"


class Making:
    """The pages of a plan's source on their way into the index of `folder`, from a mark on."""

    def __init__(self, folder: Path, plan: Plan, mark: Mark, watch: Progress) -> None:
        self._folder, self._plan, self._watch = folder, plan, watch
        self._journal = Journal(folder) if plan.fingerprint else None
        self._n, self._total, self._position = mark.n_documents, int(mark.total, 16), mark.position
        self._committed = self._n
        plan.tally.dropped = Counter(mark.dropped)
        self._urls = UrlSet(folder / URLS_FILE if plan.fingerprint else None, mark.n_urls)
        if done := self._n - plan.start.n_documents:
            watch.skip(done)

    def run(self) -> None:
        """Add every page; the index is whole and at rest when this returns."""
        self._writer = PageWriter(self._folder / INDEX_FOLDER, self._plan.config)
        try:
            self._add_all()
            self._commit()
        except BaseException:
            self._writer.abandon()
            raise
        finally:
            self._urls.close()
        self._writer.close()

    def _add_all(self) -> None:
        last = time.monotonic()
        size = min(_BATCH_PAGES, self._plan.config.commit_pages)
        for batch in _batches(self._plan.source.read(self._position), size):
            before = self._n
            self._add(batch)
            self._watch.advance(self._n - before)
            due = self._n - self._committed >= self._plan.config.commit_pages or time.monotonic() - last > _LONGEST_S
            if due and self._journal is not None:
                self._commit()
                last = time.monotonic()

    def _add(self, batch: list[Placed]) -> None:
        new = self._urls.add([placed.document.url for placed in batch])
        for (document, position), is_new in zip(batch, new, strict=True):
            self._position = position
            known = self._plan.known(document.url)
            if is_new and not known:
                self._writer.add(document)
                self._total += int(document.id, 16)
                self._n += 1
            elif self._plan.same_url == "first":
                self._plan.tally.drop("URL taken")
            else:
                beside = "the web and a new page" if known else "two pages"
                raise DataError(
                    f"{beside} have the URL {document.origin or document.url}; a web needs one page per URL, "
                    "of which --same-url first keeps the first"
                )

    def _commit(self) -> None:
        if self._n == self._committed:
            return
        if self._journal is not None:
            self._urls.sync()
            self._journal.add(
                Mark(
                    n_documents=self._n,
                    total=f"{self._total:x}",
                    n_urls=len(self._urls),
                    position=self._position,
                    dropped=dict(self._plan.tally.dropped),
                )
            )
        self._writer.commit()
        self._committed = self._n

    def finish(self) -> WebInfo:
        """Say in the folder what it holds. Raises DataError if the index holds another number of pages."""
        sweep(self._folder / INDEX_FOLDER)
        found = n_pages(self._folder / INDEX_FOLDER)
        if found != self._n:
            raise DataError(f"{self._folder} holds {found} pages, not {self._n}; remove it and build again")
        plan = self._plan
        info = WebInfo(
            id=web_id(self._total, self._n, plan.config),
            engine_version=ENGINE_VERSION,
            world=plan.world,
            lang=plan.lang,
            n_documents=self._n,
            config=plan.config,
        )
        if plan.remembered:
            built = Built(fingerprint=plan.remembered, total=f"{self._total:x}")
            jsonl.write(self._folder / BUILT_FILE, [jsonl.dump(built)])
        jsonl.write(self._folder / INFO_FILE, [info.model_dump_json(indent=1)])
        for folder in (self._folder, self._folder / INDEX_FOLDER):
            sync_folder(folder)
        return info


def web_id(total: int, n_documents: int, config: WebConfig) -> str:
    """Of any web of these pages, in whatever order and number of steps they came; `total` is the sum of their ids."""
    return content_hash(f"{total:040x}", n_documents, config.identity, ENGINE_VERSION)


def _batches(placed: Iterator[Placed], n_pages: int) -> Iterator[list[Placed]]:
    batch: list[Placed] = []
    n_chars = 0
    for each in placed:
        batch.append(each)
        n_chars += len(each.document.text)
        if len(batch) == n_pages or n_chars > _BATCH_CHARS:
            yield batch
            batch, n_chars = [], 0
    if batch:
        yield batch
