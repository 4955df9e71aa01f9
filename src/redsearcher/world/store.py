"""A world on disk: `world.json` and four Parquet tables, written once, then frozen and hashed."""

import hashlib
import json
import shutil
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import pyarrow as pa
import pyarrow.parquet as pq

from redsearcher.core.folder import check_replaceable, swap_in
from redsearcher.core.hashing import ID_BYTES
from redsearcher.errors import DataError, InputError
from redsearcher.records.base import Record
from redsearcher.records.world import Document, Entity, Fact, Link, Qualifier, Statement, Strength, Value
from redsearcher.world.facts import FactTable
from redsearcher.world.local import NO_SCHEMA, LocalSchema, read_schema
from redsearcher.world.shelf import Shelf
from redsearcher.world.tooling import ToolKnowledge

ROWS_PER_GROUP = 5_000
PAGES_PER_GROUP = 500
"""Documents are read one by one, too, so their row groups are smaller."""
INFO_FILE = "world.json"

_TEXT, _TEXTS = pa.string(), pa.list_(pa.string())
SCHEMAS = {
    "entities": pa.schema(
        [
            ("id", _TEXT),
            ("label", _TEXT),
            ("aliases", _TEXTS),
            ("type", _TEXT),
            ("description", _TEXT),
            ("labels", _TEXT),
        ]
    ),
    "facts": pa.schema(
        [
            ("id", _TEXT),
            ("subject", _TEXT),
            ("property", _TEXT),
            ("object", _TEXT),
            ("value", _TEXT),
            ("qualifiers", _TEXT),
        ]
    ),
    "documents": pa.schema(
        [(name, _TEXT) for name in ("id", "url", "site", "kind", "title", "text", "lang", "links")]
        + [("about", _TEXTS), ("media", _TEXTS), ("date", _TEXT)]
    ),
    "statements": pa.schema(
        [("fact", _TEXT), ("document", _TEXT), ("start", pa.int32()), ("end", pa.int32()), ("strength", _TEXT)]
    ),
}


class WorldInfo(Record):
    """What `world.json` says. `id` is the content hash of all tables; `kind` closed: every fact is known."""

    id: str
    name: str
    lang: str
    kind: Literal["closed", "open"]
    source: str
    seed: int | None
    config_hash: str
    n_entities: int
    n_facts: int
    n_documents: int
    n_statements: int


class WorldWriter:
    """Streams a world into `path`; the folder appears whole, under its final name, when the block ends well."""

    def __init__(
        self,
        path: Path,
        *,
        name: str,
        lang: str,
        kind: Literal["closed", "open"],
        source: str,
        seed: int | None = None,
        config_hash: str = "",
        schema: LocalSchema = NO_SCHEMA,
    ) -> None:
        self._path, self._temporary = path, path.with_name(path.name + ".tmp")
        self._about: dict[str, Any] = {
            "name": name, "lang": lang, "kind": kind, "source": source, "seed": seed, "config_hash": config_hash,
        }  # fmt: skip
        self._schema = schema
        self._rows: dict[str, list[dict[str, Any]]] = {table: [] for table in SCHEMAS}
        self._counts = dict.fromkeys(SCHEMAS, 0)
        self._digest = hashlib.blake2b(digest_size=ID_BYTES)
        self._files: dict[str, pq.ParquetWriter] = {}

    def __enter__(self) -> Self:
        check_replaceable(self._path, INFO_FILE)
        shutil.rmtree(self._temporary, ignore_errors=True)
        self._temporary.mkdir(parents=True)
        for table, schema in SCHEMAS.items():
            self._files[table] = pq.ParquetWriter(self._temporary / f"{table}.parquet", schema, compression="zstd")
        return self

    def add_entity(self, entity: Entity) -> None:
        row = entity.model_dump()
        row["labels"] = json.dumps(row["labels"], ensure_ascii=False, sort_keys=True)
        self._add("entities", row, entity.model_dump_json())

    def add_fact(self, fact: Fact) -> None:
        row = {
            "id": fact.id,
            "subject": fact.subject,
            "property": fact.property,
            "object": fact.object,
            "value": fact.value.model_dump_json() if fact.value else None,
            "qualifiers": json.dumps([q.model_dump() for q in fact.qualifiers]) if fact.qualifiers else "",
        }
        self._add("facts", row, fact.id)

    def add_document(self, document: Document) -> None:
        row = document.model_dump()
        row["id"] = document.id
        row["links"] = json.dumps([[link.start, link.end, link.url] for link in document.links])
        self._add("documents", row, document.id)

    def add_statement(self, fact: str, document: str, start: int, end: int, strength: Strength) -> None:
        row = {"fact": fact, "document": document, "start": start, "end": end, "strength": strength.value}
        self._add("statements", row, f"{fact}{document}{start}")

    def _add(self, table: str, row: dict[str, Any], meaning: str) -> None:
        self._digest.update(meaning.encode())
        self._rows[table].append(row)
        self._counts[table] += 1
        if len(self._rows[table]) >= (PAGES_PER_GROUP if table == "documents" else ROWS_PER_GROUP):
            self._flush(table)

    def _flush(self, table: str) -> None:
        if self._rows[table]:
            self._files[table].write_table(pa.Table.from_pylist(self._rows[table], schema=SCHEMAS[table]))
            self._rows[table] = []

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for table, file in self._files.items():
            if error is None:
                self._flush(table)
            file.close()
        if error is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)
            return
        counts = {f"n_{table}": n for table, n in self._counts.items()}
        self._schema.save(self._temporary)
        info = WorldInfo(id=self._digest.hexdigest(), **self._about, **counts)
        (self._temporary / INFO_FILE).write_text(info.model_dump_json(indent=1) + "\n", encoding="utf-8")
        swap_in(self._temporary, self._path)


class World:
    """A frozen world, opened for reading. Entities, facts and statements load on first use; documents stream.

    Properties and types of its own are known to the process from then on.
    """

    def __init__(self, path: Path) -> None:
        file = path / INFO_FILE
        if not file.is_file():
            raise InputError(f"{path} is no world: it has no world.json; make one with `redsearcher world generate`")
        self.path = path
        try:
            self.info = WorldInfo.model_validate_json(file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise DataError(f"{file} is damaged; make the world again") from error
        read_schema(path).learn()

    @property
    def id(self) -> str:
        return self.info.id

    @cached_property
    def entities(self) -> dict[str, Entity]:
        """Entities by id, in stored order."""
        found = {}
        for row in self._rows("entities"):
            row["labels"] = json.loads(row["labels"])
            found[row["id"]] = Entity.model_validate(row)
        return found

    @cached_property
    def facts(self) -> dict[str, Fact]:
        """Facts by id, in stored order."""
        found = {}
        for row in self._rows("facts"):
            qualifiers = json.loads(row["qualifiers"]) if row["qualifiers"] else ()
            fact = Fact(
                subject=row["subject"],
                property=row["property"],
                object=row["object"],
                value=Value.model_validate_json(row["value"]) if row["value"] else None,
                qualifiers=tuple(Qualifier.model_validate(q) for q in qualifiers),
            )
            fact.__dict__["id"] = row["id"]
            found[row["id"]] = fact
        return found

    @cached_property
    def statements(self) -> dict[str, list[Statement]]:
        """Statements by fact id, strict and loose, in stored order."""
        found: dict[str, list[Statement]] = defaultdict(list)
        for row in self._rows("statements"):
            row["strength"] = Strength(row["strength"])
            found[row["fact"]].append(Statement.model_construct(**row))
        return dict(found)

    def stating(self, fact: str, strength: Strength) -> frozenset[str]:
        """Ids of the documents that state a fact; every strict statement is a loose one too."""
        found = self.statements.get(fact, [])
        wanted = (strength, Strength.STRICT)
        return frozenset(statement.document for statement in found if statement.strength in wanted)

    @cached_property
    def known(self) -> FactTable:
        """All facts known, stated or not: uniqueness is proved on these."""
        return FactTable(self.facts.values(), self.types, self.knowledge.table)

    @cached_property
    def stated(self) -> FactTable:
        """Facts that some page states strictly: necessity is proved on these."""
        stated = (fact for fact in self.facts.values() if self.is_stated(fact.id))
        return FactTable(stated, self.types, self.knowledge.table)

    @cached_property
    def knowledge(self) -> ToolKnowledge:
        """What the tools know: every fact, stated or not."""
        return ToolKnowledge(self.entities, self.facts.values)

    def is_stated(self, fact: str) -> bool:
        """Whether some page states the fact strictly."""
        return any(s.strength is Strength.STRICT for s in self.statements.get(fact, ()))

    @cached_property
    def types(self) -> dict[str, str]:
        return {entity.id: entity.type for entity in self.entities.values()}

    def documents(self, start: int = 0) -> Iterator[Document]:
        """All documents in stored order, or those from the `start`-th on, a row group in memory at a time."""
        with pq.ParquetFile(self.path / "documents.parquet") as file:
            group = 0
            while group < file.num_row_groups and file.metadata.row_group(group).num_rows <= start:
                start -= file.metadata.row_group(group).num_rows
                group += 1
            for batch in file.iter_batches(PAGES_PER_GROUP, row_groups=range(group, file.num_row_groups)):
                rows = batch.slice(min(start, len(batch))).to_pylist()
                start = max(start - len(batch), 0)
                yield from map(_document, rows)

    def pages(self, ids: Collection[str]) -> dict[str, Document]:
        """The documents of those ids, read by themselves; ids that the world lacks are left out.

        Each comes under the id it is stored by; its own `id`, computed from its text, should be the same.
        """
        return {row["id"]: _document(row) for row in self._shelf.rows(ids)} if ids else {}

    @cached_property
    def _shelf(self) -> Shelf:
        return Shelf(self.path / "documents.parquet")

    def _rows(self, table: str) -> Iterable[dict[str, Any]]:
        with pq.ParquetFile(self.path / f"{table}.parquet") as file:
            for batch in file.iter_batches(batch_size=ROWS_PER_GROUP):
                yield from batch.to_pylist()


def _document(row: dict[str, Any]) -> Document:
    links = tuple(Link(start=s, end=e, url=u) for s, e, u in json.loads(row["links"]))
    rest = {name: value for name, value in row.items() if name not in ("id", "links", "about", "media")}
    return Document.model_construct(links=links, about=tuple(row["about"]), media=tuple(row["media"]), **rest)
