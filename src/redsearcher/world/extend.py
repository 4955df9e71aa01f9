"""A new world that is an old one with more facts, or with more said of the old ones. Worlds themselves are frozen."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from redsearcher.errors import DataError
from redsearcher.records.world import Document, Fact, Statement
from redsearcher.world.build import LooseFinder
from redsearcher.world.local import read_schema
from redsearcher.world.naming import demonyms
from redsearcher.world.store import World, WorldInfo, WorldWriter

_PROGRESS_EVERY = 500


def extend(
    world: World,
    path: Path,
    facts: Sequence[Fact],
    statements: Sequence[Statement],
    *,
    about: str,
    config_hash: str = "",
    progress: Callable[[int], None] | None = None,
) -> WorldInfo:
    """Write `world` with further facts and statements to `path`; `about` says where they are from.

    Pages that name both ends of a new fact get a loose statement of it, as in any world; a statement given takes the
    place of what the page was known to say of that fact. `progress` is told how many pages are done. Raises DataError
    for a fact of things, or a statement of a fact, page or place, that the world does not have.
    """
    new = [fact for fact in {fact.id: fact for fact in facts}.values() if fact.id not in world.facts]
    _check(world, new, statements)
    finder = LooseFinder(world.entities.values(), new, demonyms(world.entities.values()))
    given, before = _by_page(statements), _by_page(s for rows in world.statements.values() for s in rows)
    info = world.info
    writer = WorldWriter(
        path, name=info.name, lang=info.lang, kind=info.kind, source=f"{info.source} {about}", seed=info.seed,
        config_hash=config_hash, schema=read_schema(world.path),
    )  # fmt: skip
    with writer:
        for entity in world.entities.values():
            writer.add_entity(entity)
        for fact in (*world.facts.values(), *new):
            writer.add_fact(fact)
        for n_pages, page in enumerate(world.documents(), 1):
            writer.add_document(page)
            more = _placed(page, given.pop(page.id, []))
            strict = {statement.fact for statement in more}
            kept = [s for s in before.get(page.id, ()) if s.fact not in strict]
            for s in (*kept, *more, *(finder.statements(page, strict) if new else ())):
                writer.add_statement(s.fact, s.document, s.start, s.end, s.strength)
            if progress and n_pages % _PROGRESS_EVERY == 0:
                progress(n_pages)
        if given:
            raise DataError(f"{len(given)} pages with statements are not in the world, such as {min(given)}")
    return World(path).info


def _check(world: World, new: Sequence[Fact], statements: Sequence[Statement]) -> None:
    ends = {end for fact in new for end in (fact.subject, fact.object) if end is not None}
    if strange := ends - world.entities.keys():
        raise DataError(f"{len(strange)} things of new facts are not in the world, such as {min(strange)}")
    if lost := {s.fact for s in statements} - world.facts.keys() - {fact.id for fact in new}:
        raise DataError(f"{len(lost)} statements are of facts that nobody gave, such as {min(lost)}")


def _by_page(statements: Iterable[Statement]) -> dict[str, list[Statement]]:
    found: dict[str, list[Statement]] = defaultdict(list)
    for statement in statements:
        found[statement.document].append(statement)
    return dict(found)


def _placed(page: Document, statements: list[Statement]) -> list[Statement]:
    for statement in statements:
        if not 0 <= statement.start < statement.end <= len(page.text):
            raise DataError(f"page {page.url} has no code points {statement.start} to {statement.end}")
    return statements
