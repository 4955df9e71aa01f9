"""CoDEx-S: Wikidata triples among 2,034 entities, their Wikipedia extracts, and OTT-QA's web around them."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

from redsearcher.core.config import Config
from redsearcher.errors import DataError, InputError
from redsearcher.records.world import Document, Entity, Fact, Statement, Strength
from redsearcher.world.align import Aligner
from redsearcher.world.build import Page, build_world
from redsearcher.world.importers import codex_entity, ottqa
from redsearcher.world.importers.life_date import life_dates
from redsearcher.world.mention import MentionIndex
from redsearcher.world.naming import demonyms
from redsearcher.world.property import properties
from redsearcher.world.store import WorldInfo

FOLDERS = ("codex", "codex-s-text", "ottqa-web")
SOURCE = (
    "Facts: CoDEx-S with the triples of CoDEx-M and CoDEx-L among its entities (Wikidata, CC0; CoDEx, MIT); dates of "
    "birth and death as the extracts of people open with. "
    "Aliases: Wikidata (CC0). Pages: English Wikipedia extracts, and passages and tables of OTT-QA (MIT); "
    "their text is from Wikipedia under CC BY-SA, whose authors are listed on the pages named by the URLs."
)
_RUN_ON = re.compile(r"(?<=[a-z0-9)\]])\.([\"”]?)(?=[A-Z][a-z])")
_OPENING = 60
Dated = tuple[Fact, tuple[int, int]]


class CodexConfig(Config):
    """What of the real data goes into the world."""

    n_passages: int | None = None
    """OTT-QA passages around the entities' own pages; None takes all 169,936 less those that repeat an extract."""
    n_tables: int | None = None
    """OTT-QA tables; None takes all 8,298."""
    seed: int = 0
    """Which passages and tables are taken when not all are."""


class TypeViolations(dict[str, int]):
    """Property id -> number of facts whose subject or object has a type the property table does not list."""


def import_codex(
    path: Path,
    data: Path,
    config: CodexConfig,
    *,
    config_hash: str = "",
    progress: Callable[[int], None] | None = None,
) -> WorldInfo:
    """Write the world at `path` from the folder of real data; `config_hash` is `config`'s own if not given.

    Raises InputError when a folder is missing.
    """
    missing = [folder for folder in FOLDERS if not (data / folder).is_dir()]
    if missing:
        raise InputError(f"{data} lacks {', '.join(missing)}; put them there or name another folder")
    facts = read_facts(data)
    entities = codex_entity.read_entities(data, facts)
    dated = read_life_dates(data, entities)
    return build_world(
        path,
        name="codex-s",
        lang="en",
        kind="open",
        source=SOURCE,
        seed=config.seed,
        config_hash=config_hash or config.hash,
        entities=entities,
        facts=[*facts, *(fact for found in dated.values() for fact, _ in found)],
        pages=_pages(data, config, entities, facts, dated),
        extra_names=demonyms(entities),
        progress=progress,
    )


def read_facts(data: Path) -> list[Fact]:
    """All triples of S, then those of M and L between entities of S, each once; unknown properties are left out.

    Raises DataError for a line that is no triple.
    """
    triples = dict.fromkeys(_triples(data, "s"))
    members = {entity for subject, _, object_ in triples for entity in (subject, object_)}
    for release in ("m", "l"):
        for triple in _triples(data, release):
            if triple[0] in members and triple[2] in members:
                triples.setdefault(triple)
    known = properties()
    return [Fact(subject=s, property=p, object=o) for s, p, o in triples if p in known]


def type_violations(facts: list[Fact], entities: list[Entity]) -> TypeViolations:
    """How many facts the property table would exclude by their types, by property; unknown properties count whole."""
    types = {entity.id: entity.type for entity in entities}
    table = properties()
    counts = Counter(
        fact.property
        for fact in facts
        if fact.property not in table
        or types[fact.subject] not in table[fact.property].subject
        or types[str(fact.object)] not in table[fact.property].object
    )
    return TypeViolations(sorted(counts.items()))


def extract_text(raw: str) -> str:
    """A stored extract with its paragraphs apart: they were glued as "end.Start"."""
    return _RUN_ON.sub(r".\1\n", raw.strip())


def _triples(data: Path, release: str) -> Iterator[tuple[str, str, str]]:
    folder = data / "codex" / "data" / "triples" / f"codex-{release}"
    for name in ("train.txt", "valid.txt", "test.txt"):
        file = folder / name
        if not file.is_file():
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            match line.split("\t"):
                case [subject, property, object_]:
                    yield subject, property, object_
                case _:
                    raise DataError(f"{file} line {number} is no triple: {line[:80]!r}")


def read_life_dates(data: Path, entities: list[Entity]) -> dict[str, list[Dated]]:
    """Birth and death dates that the extracts of people open with, by person."""
    extracts = codex_entity.read_extracts(data)
    return {
        entity.id: [
            (Fact(subject=entity.id, property=date.property, value=date.value), (date.start, date.end))
            for date in life_dates(extract_text(extracts[entity.id]))
        ]
        for entity in entities
        if entity.type == "person"
    }


def _pages(
    data: Path, config: CodexConfig, entities: list[Entity], facts: list[Fact], dated: dict[str, list[Dated]]
) -> Iterator[Page]:
    extra = demonyms(entities)
    index = MentionIndex((entity.id, [*entity.names, *extra.get(entity.id, ())]) for entity in entities)
    aligner = Aligner(facts, entities)
    for document in documents(data, config, entities):
        statements = aligner.statements(document, index.find(document.text))
        own = dated.get(document.about[0], []) if document.about else []
        yield (
            document,
            [
                *statements,
                *(
                    Statement(fact=fact.id, document=document.id, start=start, end=end, strength=Strength.STRICT)
                    for fact, (start, end) in own
                ),
            ],
        )


def documents(data: Path, config: CodexConfig, entities: list[Entity]) -> Iterator[Document]:
    """The entities' extracts in the order of the entities, then passages, then tables; no page twice."""
    extracts = codex_entity.read_extracts(data)
    titles = {_page_name(entity.label): entity for entity in entities}
    openings = {_opening(extracts[entity.id]): entity for entity in entities}
    urls: dict[str, str] = {}
    others: list[str] = []
    for passage in ottqa.passages(data):
        entity = titles.get(_url_name(passage.url)) or openings.get(_opening(passage.text))
        if entity is None:
            others.append(passage.url)
        else:
            urls.setdefault(entity.id, passage.url)
    taken = set(urls.values())
    kept = ottqa.chosen(others, config.n_passages, config.seed)
    for entity in entities:
        url = urls.get(entity.id) or _free_url(entity, taken | kept)
        taken.add(url)
        yield Document(
            url=url, site=ottqa.SITE, kind="encyclopedia", title=entity.label,
            text=extract_text(extracts[entity.id]), about=(entity.id,),
        )  # fmt: skip
    for passage in ottqa.passages(data):
        if passage.url in kept:
            yield passage.document()
    known = taken | kept
    tables = [document.url for document in ottqa.tables(data, known.__contains__)]
    wanted = ottqa.chosen(tables, config.n_tables, config.seed)
    for document in ottqa.tables(data, known.__contains__):
        if document.url in wanted:
            yield document


def _page_name(title: str) -> str:
    return title.replace("_", " ").casefold()


def _url_name(url: str) -> str:
    return _page_name(unquote(url.rsplit("/wiki/", 1)[-1]))


def _opening(text: str) -> str:
    """The first letters of a page: equal openings betray the same article under another title."""
    return "".join(char for char in text.casefold() if char.isalnum())[:_OPENING]


def _free_url(entity: Entity, taken: set[str]) -> str:
    url = f"{ottqa.BASE}/wiki/{entity.label.replace(' ', '_')}"
    return url if url not in taken else f"{url}_({entity.type})"
