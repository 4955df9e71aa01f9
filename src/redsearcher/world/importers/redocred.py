"""Re-DocRED: documents whose facts people labelled, many with the sentences that say them (MIT; text CC BY-SA)."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from redsearcher.core.hashing import content_hash
from redsearcher.core.text import fold
from redsearcher.errors import InputError
from redsearcher.records.world import Document, Entity, Fact, Statement, Strength
from redsearcher.world.build import build_world
from redsearcher.world.importers.tokens import join_tokens
from redsearcher.world.mention import Mention
from redsearcher.world.property import properties
from redsearcher.world.store import WorldInfo

FOLDERS = ("redocred",)
SITE = "en.wikipedia.org"
SOURCE = "Re-DocRED, development set (MIT). Its documents are English Wikipedia introductions under CC BY-SA."
_TYPES = {"PER": "person", "ORG": "organization", "LOC": "place", "MISC": "thing"}
# An end of such a fact is of that narrower type; earlier rows win.
_OBJECT_ROLES = {
    "P17": "country", "P27": "country", "P495": "country", "P30": "continent", "P69": "university", "P102": "party",
    "P264": "label", "P54": "club", "P1412": "language", "P37": "language", "P140": "religion", "P136": "genre",
    "P123": "company", "P36": "city", "P172": "ethnic_group",
}  # fmt: skip
_SUBJECT_ROLES = {"P57": "film", "P161": "film", "P50": "book", "P36": "country", "P30": "country"}
_QUALIFIER = re.compile(r"\s*\([^)]*\)$")
_OPENING_CHARS = 5
_NARROWED = frozenset({"organization", "place", "thing"})


class LabelledFact(NamedTuple):
    """A fact that the document implies, and the numbers of the sentences that people gave as its evidence."""

    fact: Fact
    evidence: tuple[int, ...]


class AnnotatedDocument(NamedTuple):
    """A document with gold mentions (in order, possibly nested) and facts; `sentences` are spans of its text."""

    document: Document
    mentions: tuple[Mention, ...]
    entities: tuple[Entity, ...]
    facts: tuple[LabelledFact, ...]
    sentences: tuple[tuple[int, int], ...]


def read_redocred(data: Path) -> list[AnnotatedDocument]:
    """All documents; entities of one name and kind are one entity in all of them. Dates and numbers are left out.

    Raises InputError when the file is missing.
    """
    file = data / "redocred" / "dev_revised.json"
    if not file.is_file():
        raise InputError(f"{file} is not there; put Re-DocRED's development set there or name another folder")
    rows = json.loads(file.read_text(encoding="utf-8"))
    roles = _Roles(rows)
    return [_annotated(number, row, roles) for number, row in enumerate(rows)]


def import_redocred(
    path: Path, data: Path, *, config_hash: str = "", progress: Callable[[int], None] | None = None
) -> WorldInfo:
    """Write the world at `path`: facts whose property we know; what people gave evidence for is stated strictly."""
    annotated = read_redocred(data)
    known = properties()
    entities: dict[str, Entity] = {}
    facts: dict[str, Fact] = {}
    for page in annotated:
        for entity in page.entities:
            old = entities.get(entity.id)
            names = dict.fromkeys([*(old.aliases if old else ()), *entity.aliases])
            entities[entity.id] = entity.model_copy(update={"aliases": tuple(names)})
        facts.update((row.fact.id, row.fact) for row in page.facts if row.fact.property in known)
    return build_world(
        path,
        name="redocred",
        lang="en",
        kind="open",
        source=SOURCE,
        seed=None,
        config_hash=config_hash,
        entities=list(entities.values()),
        facts=list(facts.values()),
        pages=((page.document, list(_evidence(page, facts))) for page in annotated),
        progress=progress,
    )


def _evidence(page: AnnotatedDocument, facts: dict[str, Fact]) -> Iterator[Statement]:
    """One strict statement per fact with evidence, from its first evidence sentence to its last."""
    seen: set[str] = set()
    for fact, evidence in page.facts:
        if evidence and fact.id in facts and fact.id not in seen:
            seen.add(fact.id)
            yield Statement(
                fact=fact.id,
                document=page.document.id,
                start=page.sentences[evidence[0]][0],
                end=page.sentences[evidence[-1]][1],
                strength=Strength.STRICT,
            )


class _Roles:
    """The narrower type of each entity name, from the facts it takes part in anywhere."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in rows:
            for label in row["labels"]:
                for end, table in (("h", _SUBJECT_ROLES), ("t", _OBJECT_ROLES)):
                    if role := table.get(label["r"]):
                        found[_key(row["vertexSet"][label[end]])].add(role)
        order = list(dict.fromkeys([*_OBJECT_ROLES.values(), *_SUBJECT_ROLES.values()]))
        self._of = {key: min(roles, key=order.index) for key, roles in found.items()}

    def type_of(self, vertex: list[dict[str, Any]]) -> str:
        coarse = _TYPES[vertex[0]["type"]]
        return self._of.get(_key(vertex), coarse) if coarse in _NARROWED else coarse


def _key(vertex: list[dict[str, Any]]) -> tuple[str, str]:
    """Name and kind of an entity: the longest name of a person or thing, the first of a place or organization."""
    kind = vertex[0]["type"]
    names = [mention["name"] for mention in vertex]
    return (fold(max(names, key=len) if kind in ("PER", "MISC") else names[0]), kind)


def _annotated(number: int, row: dict[str, Any], roles: _Roles) -> AnnotatedDocument:
    joined = join_tokens([token for sentence in row["sents"] for token in sentence])
    offsets, place = [], 0
    for sentence in row["sents"]:
        offsets.append(place)
        place += len(sentence)
    sentences = tuple(
        (joined.spans[start][0], joined.spans[start + len(tokens) - 1][1])
        for start, tokens in zip(offsets, row["sents"], strict=True)
    )
    entities: list[Entity] = []
    ids: dict[int, str] = {}
    mentions: list[Mention] = []
    for vertex_number, vertex in enumerate(row["vertexSet"]):
        if vertex[0]["type"] not in _TYPES:
            continue
        places = []
        for mention in vertex:
            start, end = (offsets[mention["sent_id"]] + position for position in mention["pos"])
            places.append((joined.spans[start][0], joined.spans[end - 1][1]))
        entity = _entity(vertex, [joined.text[start:end] for start, end in places], roles)
        if entity.id in ids.values():
            entity = entity.model_copy(update={"id": f"{entity.id}-{number}-{vertex_number}"})
        ids[vertex_number] = entity.id
        entities.append(entity)
        mentions.extend(Mention(start, end, (entity.id,)) for start, end in places)
    facts = tuple(
        LabelledFact(
            Fact(subject=ids[label["h"]], property=label["r"], object=ids[label["t"]]), tuple(sorted(label["evidence"]))
        )
        for label in row["labels"]
        if label["h"] in ids and label["t"] in ids
    )
    title = row["title"]
    document = Document(
        url=f"https://{SITE}/wiki/{title.replace(' ', '_')}", site=SITE, kind="encyclopedia", title=title,
        text=joined.text, about=_about(title, entities, mentions),
    )  # fmt: skip
    return AnnotatedDocument(document, tuple(sorted(mentions)), tuple(entities), facts, sentences)


def _about(title: str, entities: list[Entity], mentions: list[Mention]) -> tuple[str, ...]:
    """The entity that bears the title, else the one that opens the text; none when neither is there."""
    name = fold(_QUALIFIER.sub("", title))
    for entity in entities:
        if name in map(fold, entity.names):
            return (entity.id,)
    opening = [mention.entities for mention in mentions if mention.start <= _OPENING_CHARS]
    return opening[0] if opening else ()


def _entity(vertex: list[dict[str, Any]], spellings: list[str], roles: _Roles) -> Entity:
    key = _key(vertex)
    label = max(spellings, key=len) if key[1] in ("PER", "MISC") else spellings[0]
    aliases = tuple(name for name in dict.fromkeys(spellings) if name != label)
    return Entity(id="R" + content_hash(*key)[:12], label=label, type=roles.type_of(vertex), aliases=aliases)
