"""Worlds from pages alone: an extractor turns what they state into facts, links and names merge their entities."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol

from redsearcher.world.build import Page, build_world
from redsearcher.world.extract.catalog import Catalog
from redsearcher.world.extract.claim import Claim
from redsearcher.world.extract.page import Reading, SourcePage, render
from redsearcher.world.extract.settle import Settled, settle, statements
from redsearcher.world.store import WorldInfo

Progress = Callable[[int], None]


class PageSource(Protocol):
    """Pages that can be read more than once, in the same order each time. Those `is_subject` says are articles about
    one thing; others (lists, tables) are about none."""

    def pages(self) -> Iterable[SourcePage]: ...

    def is_subject(self, page: SourcePage) -> bool: ...


class Extractor(Protocol):
    """Says what pages state; every claim's span lies in the text of the page's document. `tally` counts what it did."""

    @property
    def name(self) -> str: ...

    @property
    def tally(self) -> Counter[str]: ...

    def claims(self, readings: Iterable[Reading]) -> Iterable[Claim]: ...


def import_pages(
    path: Path,
    source: PageSource,
    make_extractor: Callable[[Catalog], Extractor],
    *,
    name: str,
    about: str,
    lang: str = "en",
    config_hash: str = "",
    progress: Progress | None = None,
) -> WorldInfo:
    """Write the world of a source at `path`; `about` says where its pages are from.

    Three readings: the first learns what each page is about, the second collects claims, the third writes pages.
    What the extractor kept and dropped is written to `extraction.json` beside the world's tables.
    """
    catalog = read_catalog(source)
    extractor = make_extractor(catalog)
    settled = settle(extractor.claims(_readings(source, catalog)), catalog)
    info = build_world(
        path,
        name=name,
        lang=lang,
        kind="open",
        source=about,
        seed=None,
        config_hash=config_hash,
        entities=settled.entities,
        facts=settled.facts,
        pages=_pages(source, catalog, settled),
        schema=settled.schema,
        progress=progress,
    )
    told = {"implementation": extractor.name, "counts": dict(sorted(extractor.tally.items()))}
    (path / "extraction.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return info


def read_catalog(source: PageSource) -> Catalog:
    """What each page is about; tables then tell more of the pages they link to."""
    catalog = Catalog()
    for page in source.pages():
        if source.is_subject(page):
            catalog.add(page)
    for page in source.pages():
        for table in page.tables:
            catalog.adopt(table)
    return catalog


def _readings(source: PageSource, catalog: Catalog) -> Iterator[Reading]:
    for page in source.pages():
        yield render(page, lambda url: catalog.key(url) is not None)


def _pages(source: PageSource, catalog: Catalog, settled: Settled) -> Iterator[Page]:
    seen: set[str] = set()
    for page, document, _ in _readings(source, catalog):
        if document.id in seen:
            continue
        seen.add(document.id)
        subject = settled.about.get(catalog.key(page.url) or catalog.key(page.subject) or "")
        if subject is not None:
            document = document.model_copy(update={"about": (subject,)})
        yield document, statements(settled, document)
