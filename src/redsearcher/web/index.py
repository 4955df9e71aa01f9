"""The index on disk: its fields, its analysers, and web.json beside it."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

import tantivy

from redsearcher.errors import DataError, InputError, boundary
from redsearcher.records.base import Record
from redsearcher.records.world import Document
from redsearcher.web.analysis import gram_analyzer, gram_text, normal, word_analyzer, word_text
from redsearcher.web.config import WebConfig
from redsearcher.web.query import site_terms

SCHEMA_VERSION = 1
ENGINE_VERSION = f"tantivy-{version('tantivy')}/schema-{SCHEMA_VERSION}"
INFO_FILE, INDEX_FOLDER = "web.json", "index"
_WORDS, _GRAMS = "rs_words", "rs_grams"


class WebInfo(Record):
    """What `web.json` says. `id` hashes the document ids (in any order), the config and the engine version."""

    id: str
    engine_version: str
    world: str
    lang: str
    n_documents: int
    config: WebConfig

    @property
    def public(self) -> dict[str, Any]:
        """What those who search may know of it, as JSON values: how addresses are made is none of it."""
        return self.model_dump(mode="json", exclude={"config": {"addresses"}})


def schema() -> tantivy.Schema:
    """Fields: id, url, site exact; title and text by words and by Chinese grams; the whole Document stored once."""
    builder = tantivy.SchemaBuilder()
    for name in ("id", "url", "site"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("title", "text"):
        builder.add_text_field(name, tokenizer_name=_WORDS, index_option="position")
        builder.add_text_field(f"{name}_grams", tokenizer_name=_GRAMS, index_option="position")
    builder.add_unsigned_field("key", fast=True)
    builder.add_bytes_field("record", stored=True)
    return builder.build()


def register_analyzers(index: tantivy.Index, config: WebConfig) -> None:
    """Give an index its analysers; tantivy keeps their names only."""
    index.register_tokenizer(_WORDS, word_analyzer(stem=config.stem))
    index.register_tokenizer(_GRAMS, gram_analyzer())


def to_row(document: Document) -> tantivy.Document:
    """A page as the index takes it."""
    row = tantivy.Document()
    row.add_text("id", document.id)
    row.add_text("url", document.url)
    for site in site_terms(document.site):
        row.add_text("site", site)
    for name, value in (("title", document.title), ("text", document.text)):
        text = normal(value)
        row.add_text(name, word_text(text))
        if found := gram_text(text):
            row.add_text(f"{name}_grams", found)
    row.add_unsigned("key", order_key(document.id))
    row.add_bytes("record", document.model_dump_json().encode())
    return row


def order_key(document_id: str) -> int:
    """64 bits of a document id: the stable order of pages that score alike."""
    return int(document_id[:16], 16)


def read_info(path: Path) -> WebInfo:
    """`web.json` of a built web. Raises InputError if there is none, DataError if this version cannot read it."""
    file = path / INFO_FILE
    if not file.is_file():
        raise InputError(f"{path} holds no web ({INFO_FILE} is not there); build one with `redsearcher web build`")
    with boundary(f"reading {file}", raises=DataError):
        info = WebInfo.model_validate_json(file.read_bytes())
    if info.engine_version != ENGINE_VERSION:
        raise DataError(f"{path} was built with {info.engine_version}, this is {ENGINE_VERSION}; build the web again")
    return info
