"""The seed cascade over a world: length, structure, meta, one page per article, concreteness, popularity.

Paper section 3, seeds. Each thing is dropped by the first filter that objects; the order is cheap to dear.
"""

from collections import Counter
from typing import NamedTuple

from redsearcher.records.world import Document
from redsearcher.world.seed.concrete import is_abstract
from redsearcher.world.seed.config import SeedConfig
from redsearcher.world.seed.length import too_short_or_long
from redsearcher.world.seed.meta import is_meta
from redsearcher.world.seed.popularity import out_of_bounds
from redsearcher.world.seed.redirect import Merger, redirect_target
from redsearcher.world.seed.structure import is_list
from redsearcher.world.store import World


class SeedReport(NamedTuple):
    """Entity ids of the seeds in the order of their pages, and how many things each filter dropped."""

    seeds: tuple[str, ...]
    dropped: Counter[str]


def objection(document: Document, type_: str, config: SeedConfig) -> str | None:
    """Why a page is not about a thing worth asking for, judged by the page alone; None if it is."""
    if redirect_target(document.text) is not None:
        return "redirect"
    if (length := too_short_or_long(document.text, config)) is not None:
        return length
    if is_meta(document.title):
        return "meta page"
    if is_list(document.title, document.text, config):
        return "list, index or disambiguation"
    return "abstract concept" if is_abstract(type_, document.text) else None


def choose_seeds(world: World, config: SeedConfig) -> SeedReport:
    """The things of a world that pass every filter. A thing stands or falls with the first page about it."""
    n_facts: Counter[str] = Counter()
    for fact in world.facts.values():
        n_facts.update(end for end in (fact.subject, fact.object) if end is not None)
    n_pages = _pages_per_entity(world)
    merger, dropped = Merger(), Counter[str]()
    seeds: dict[str, None] = {}
    judged: set[str] = set()
    for document in world.documents():
        entity = document.about[0] if document.about else ""
        if entity not in world.entities or entity in judged:
            continue
        judged.add(entity)
        reason = objection(document, world.types[entity], config)
        if reason is None and merger.same(document.url, document.text) is not None:
            reason = "same article as another page"
        reason = reason or out_of_bounds(n_facts[entity], n_pages[entity], config)
        if reason is None:
            seeds[entity] = None
        else:
            dropped[reason] += 1
    dropped["no page of its own"] = len(world.entities) - len(judged)
    return SeedReport(tuple(seeds), dropped)


def _pages_per_entity(world: World) -> Counter[str]:
    """How many pages state or touch a fact of each entity."""
    pages: dict[str, set[str]] = {}
    for fact, found in world.statements.items():
        row = world.facts[fact]
        for end in (row.subject, row.object):
            if end is not None:
                pages.setdefault(end, set()).update(statement.document for statement in found)
    return Counter({entity: len(ids) for entity, ids in pages.items()})
