"""The index on disk: its fields, its analysers, and web.json beside it."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import tantivy

from redsearcher.errors import DataError, InputError, boundary
from redsearcher.records.base import Record
from redsearcher.records.world import Document
from redsearcher.web.analysis import gram_analyzer, gram_text, normal, word_analyzer, word_text
from redsearcher.web.config import TITLE_WEIGHT, WebConfig
from redsearcher.web.passage import bounds, packed
from redsearcher.web.query import GRAMS, WORDS, site_terms

SCHEMA_VERSION = 2
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
    """Fields: id, url, site exact; title and text by words and by Chinese grams; the Document and its sentences stored.

    One field for both, in which the title stands several times, is searched in half the time of two: half the lists to
    merge, and one bound on what a page can still score.
    """
    builder = tantivy.SchemaBuilder()
    for name in ("id", "url", "site"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(WORDS, tokenizer_name=_WORDS, index_option="position")
    builder.add_text_field(GRAMS, tokenizer_name=_GRAMS, index_option="position")
    builder.add_unsigned_field("key", fast=True)
    builder.add_bytes_field("record", stored=True)
    builder.add_bytes_field("sentences", stored=True)
    return builder.build()


def register_analyzers(index: tantivy.Index, config: WebConfig) -> None:
    """Give an index its analysers; tantivy keeps their names only."""
    index.register_tokenizer(_WORDS, word_analyzer(stem=config.stem))
    index.register_tokenizer(_GRAMS, gram_analyzer())


def to_row(document: Document, title_weight: int = TITLE_WEIGHT) -> tantivy.Document:
    """A page as the index takes it, its title counted `title_weight` times."""
    row = tantivy.Document()
    row.add_text("id", document.id)
    row.add_text("url", document.url)
    for site in site_terms(document.site):
        row.add_text("site", site)
    for value in [document.title] * title_weight + [document.text]:
        text = normal(value)
        row.add_text(WORDS, word_text(text))
        if found := gram_text(text):
            row.add_text(GRAMS, found)
    row.add_unsigned("key", order_key(document.id))
    row.add_bytes("record", document.model_dump_json().encode())
    row.add_bytes("sentences", packed(bounds(document.text)))
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
        found = json.loads(file.read_bytes())
        built_with = str(found["engine_version"])
        if built_with == ENGINE_VERSION:
            return WebInfo.model_validate(found)
    raise DataError(f"{path} was built with {built_with}, this is {ENGINE_VERSION}; build the web again")
