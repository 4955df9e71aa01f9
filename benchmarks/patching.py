"""A copy of a world with a patch applied, under the old world's id, and a web over it."""

import json
from pathlib import Path

from mutants import Patch
from redsearcher.records.world import Document, Link, Statement
from redsearcher.web.builder import build_web
from redsearcher.web.config import WebConfig
from redsearcher.world.store import INFO_FILE, World, WorldWriter


def patched_world(world: World, web: Path, patch: Patch, folder: Path) -> tuple[World, Path, dict[str, str]]:
    """The world, the folder of its web (`web` itself where no page changed), and the new ids of changed pages.

    Statements move along with the text and are neither added nor taken away but with their facts.
    """
    folder.mkdir(parents=True, exist_ok=True)
    renamed: dict[str, str] = {}
    info = world.info
    with WorldWriter(
        folder / "world", name=info.name, lang=info.lang, kind=info.kind, source=info.source, seed=info.seed,
        config_hash=info.config_hash,
    ) as writer:  # fmt: skip
        for entity in world.entities.values():
            writer.add_entity(entity)
        for fact in world.facts.values():
            if fact.id not in patch.removed:
                writer.add_fact(fact)
        for fact in {fact.id: fact for fact in patch.added}.values():
            if fact.id not in world.facts:
                writer.add_fact(fact)
        lengths = {}
        for document in world.documents():
            page = _edited(document, patch.edits.get(document.id, []))
            renamed[document.id], lengths[document.id] = page.id, len(page.text)
            writer.add_document(page)
        for page in patch.pages:
            writer.add_document(page)
        for fact_id, rows in world.statements.items():
            if fact_id not in patch.removed:
                for row in rows:
                    start, end = _moved(row, patch.edits.get(row.document, []), lengths[row.document])
                    writer.add_statement(fact_id, renamed[row.document], start, end, row.strength)
    written = folder / "world" / INFO_FILE
    about = json.loads(written.read_text(encoding="utf-8"))
    written.write_text(json.dumps({**about, "id": world.id}), encoding="utf-8")
    copy = World(folder / "world")
    if not (patch.edits or patch.pages or patch.unindexed):
        return copy, web, renamed
    hidden = {renamed[id_] for id_ in patch.unindexed}
    pages = (page for page in copy.documents() if page.id not in hidden)
    build_web(folder / "web", pages, WebConfig(), world_id=world.id, lang=info.lang)
    return copy, folder / "web", renamed


def _edited(document: Document, edits: list[tuple[int, int, str]]) -> Document:
    if not edits:
        return document
    text = document.text
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    links = tuple(
        Link(start=_place(link.start, edits), end=_place(link.end, edits), url=link.url)
        for link in document.links
        if not any(start < link.end and link.start < end for start, end, _ in edits)
    )
    changed = document.model_copy(update={"text": text, "links": links})
    changed.__dict__.pop("id", None)  # the copy brings the old one along
    return changed


def _place(position: int, edits: list[tuple[int, int, str]]) -> int:
    """Where a position of the old text is in the new one; within an edit, behind it."""
    shift = sum(len(new) - (end - start) for start, end, new in edits if end <= position)
    inside = next(((start, end, new) for start, end, new in edits if start < position < end), None)
    return position + shift if inside is None else inside[0] + shift + len(inside[2])


def _moved(row: Statement, edits: list[tuple[int, int, str]], length: int) -> tuple[int, int]:
    """A statement's span in the new text; one whose words are gone points at what stands there now."""
    start, end = _place(row.start, [e for e in edits if e[0] < row.start]), _place(row.end, edits)
    if start < end:
        return start, end
    start = min(start, max(length - 1, 0))
    return start, min(start + row.end - row.start, length)
