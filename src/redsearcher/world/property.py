"""The table of properties and types: what each relates, and how to say it in English and Chinese."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import Field

from redsearcher.records.base import Record

LITERAL_TYPES = frozenset({"time", "quantity", "coordinate", "string", "image"})
Lang = Literal["en", "zh"]


class Phrases(Record):
    """How to say a property; `{}` is the other end. Forward phrases follow the subject, backward the object."""

    forward: tuple[str, ...]
    backward: tuple[str, ...]
    object_noun: str
    subject_noun: str
    cues: tuple[str, ...]
    roles: tuple[Literal["object", "subject"], ...] = ()
    less: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    same: str = ""


class Property(Record):
    """A Wikidata property as our worlds use it (fields are explained at the head of properties.toml)."""

    id: str
    label: dict[str, str]
    subject: tuple[str, ...]
    object: tuple[str, ...]
    functional: bool = False
    symmetric: bool = False
    inverse: str | None = None
    complete: bool = False
    sample: bool = True
    en: Phrases
    zh: Phrases

    @property
    def is_literal(self) -> bool:
        return self.object[0] in LITERAL_TYPES

    def phrases(self, lang: str) -> Phrases:
        return self.zh if lang == "zh" else self.en


class Noun(Record):
    """How a type is called in one language."""

    noun: str
    plural: str = ""
    measure: str = ""


class EntityType(Record):
    """A type of entity. `who`: people, referred to by "who", not "that"."""

    id: str
    en: Noun
    zh: Noun
    who: bool = Field(default=False)

    def noun(self, lang: str) -> Noun:
        return self.zh if lang == "zh" else self.en


@cache
def properties() -> dict[str, Property]:
    """All properties by Wikidata id."""
    return {key: Property(id=key, **row) for key, row in _table("properties.toml").items()}


@cache
def entity_types() -> dict[str, EntityType]:
    """All entity types by id."""
    return {key: EntityType(id=key, **row) for key, row in _table("types.toml").items()}


def _table(name: str) -> dict[str, dict[str, object]]:
    text = (files("redsearcher.world") / "schema" / name).read_text(encoding="utf-8")
    return tomllib.loads(text)
