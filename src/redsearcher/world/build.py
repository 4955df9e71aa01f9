"""Put a world together: entities, facts, pages, what the pages say (strict), what else co-occurs there (loose)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from redsearcher.errors import DataError
from redsearcher.records.world import Document, Entity, Fact, Statement, Strength
from redsearcher.world.local import NO_SCHEMA, LocalSchema
from redsearcher.world.mention import MentionIndex
from redsearcher.world.number import number_key, numbers_in
from redsearcher.world.store import World, WorldInfo, WorldWriter

Page = tuple[Document, Sequence[Statement]]
Span = tuple[int, int]
_TEXTUAL = ("string", "coordinate")
_PROGRESS_EVERY = 500


def build_world(
    path: Path,
    *,
    name: str,
    lang: str,
    kind: Literal["closed", "open"],
    source: str,
    seed: int | None,
    config_hash: str,
    entities: Sequence[Entity],
    facts: Sequence[Fact],
    pages: Iterable[Page],
    extra_names: Mapping[str, Sequence[str]] | None = None,
    schema: LocalSchema = NO_SCHEMA,
    progress: Callable[[int], None] | None = None,
) -> WorldInfo:
    """Write a world, streaming its pages; `progress` is told how many pages are done.

    A page's own statements are kept as given; every other fact whose ends both occur on it becomes a loose statement.
    `schema` holds the world's own properties and types.
    `extra_names` are words that mention an entity without being its name (entity id -> words).
    Raises DataError for a page that comes twice, or a statement of an unknown fact or of another page.
    """
    finder = LooseFinder(entities, facts, extra_names or {})
    known = {fact.id for fact in facts}
    seen: set[str] = set()
    writer = WorldWriter(
        path, name=name, lang=lang, kind=kind, source=source, seed=seed, config_hash=config_hash, schema=schema
    )  # fmt: skip
    with writer:
        for entity in entities:
            writer.add_entity(entity)
        for fact in facts:
            writer.add_fact(fact)
        for n_pages, (document, given) in enumerate(pages, 1):
            if document.id in seen:
                raise DataError(f"page {document.url} comes twice with the same text; give each page once")
            seen.add(document.id)
            writer.add_document(document)
            for statement in given:
                if statement.fact not in known or statement.document != document.id:
                    raise DataError(f"page {document.url} has a statement of an unknown fact or of another page")
            for statement in (*given, *finder.statements(document, {statement.fact for statement in given})):
                writer.add_statement(
                    statement.fact, statement.document, statement.start, statement.end, statement.strength
                )
            if progress and n_pages % _PROGRESS_EVERY == 0:
                progress(n_pages)
    if progress:
        progress(len(seen))
    return World(path).info


class LooseFinder:
    """Finds, on any page, the facts both of whose ends occur there: the least favourable reading of a page."""

    def __init__(
        self, entities: Iterable[Entity], facts: Sequence[Fact], extra_names: Mapping[str, Sequence[str]]
    ) -> None:
        self.index = MentionIndex(
            (entity.id, [*entity.names, *entity.labels.values(), *extra_names.get(entity.id, ())])
            for entity in entities
        )
        self._facts = facts
        self._between: dict[str, dict[str, list[int]]] = defaultdict(dict)
        self._literals: dict[str, list[int]] = defaultdict(list)
        for number, fact in enumerate(facts):
            if fact.object is None:
                self._literals[fact.subject].append(number)
            else:
                self._between[fact.subject].setdefault(fact.object, []).append(number)

    def mentioned(self, document: Document) -> dict[str, Span | None]:
        """Entities on the page -> their first mention in the text; None where only the title or `about` names them."""
        first: dict[str, Span | None] = {}
        for start, end, entities in self.index.find(document.text):
            for entity in entities:
                first.setdefault(entity, (start, end))
        for mention in self.index.find(document.title):
            for entity in mention.entities:
                first.setdefault(entity, None)
        for entity in document.about:
            first.setdefault(entity, None)
        return first

    def statements(self, document: Document, without: set[str]) -> list[Statement]:
        """Loose statements of a page in the order of the facts, but for the facts in `without`."""
        first = self.mentioned(document)
        spans: dict[int, Span] = {}
        for subject in first:
            objects = self._between.get(subject)
            for entity in objects.keys() & first.keys() if objects else ():
                span = first[entity] or first[subject] or _first_line(document.text)
                for number in objects[entity] if objects else ():
                    spans[number] = span
        spans.update(self._literal_spans(document.text, first))
        return [
            Statement(
                fact=self._facts[number].id,
                document=document.id,
                start=spans[number][0],
                end=spans[number][1],
                strength=Strength.LOOSE,
            )
            for number in sorted(spans)
            if self._facts[number].id not in without
        ]

    def _literal_spans(self, text: str, mentioned: Mapping[str, Span | None]) -> dict[int, Span]:
        subjects = [entity for entity in mentioned if entity in self._literals]
        numbers = numbers_in(text) if subjects else {}
        spans: dict[int, Span] = {}
        for subject in subjects:
            for fact in self._literals[subject]:
                value = self._facts[fact].value
                if value is None:
                    continue
                if value.datatype in _TEXTUAL:
                    start = text.find(value.text)
                    if start >= 0:
                        spans[fact] = (start, start + len(value.text))
                elif (span := numbers.get(number_key(value))) is not None:
                    spans[fact] = span
        return spans


def _first_line(text: str) -> Span:
    end = text.find("\n")
    return (0, len(text) if end < 0 else end)
