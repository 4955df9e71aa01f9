"""The table of properties and types: what each relates, and how to say it in English and Chinese."""

import tomllib
from collections.abc import Callable, Mapping
from functools import _lru_cache_wrapper, cache
from importlib.resources import files
from typing import Literal, TypeVar

from pydantic import Field

from redsearcher.errors import DataError
from redsearcher.records.base import Record

T = TypeVar("T")
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


_learned: tuple[dict[str, Property], dict[str, EntityType]] = ({}, {})
_dependents: list[Callable[[], None]] = []


def per_table(function: Callable[..., T]) -> "_lru_cache_wrapper[T]":
    """`functools.cache` for what is worked out from the whole table: forgotten when the table learns more."""
    cached = cache(function)
    _dependents.append(cached.cache_clear)
    return cached


@per_table
def properties() -> dict[str, Property]:
    """All properties by id: Wikidata's, then those that opened worlds brought along."""
    return {key: Property(id=key, **row) for key, row in _table("properties.toml").items()} | _learned[0]


@per_table
def entity_types() -> dict[str, EntityType]:
    """All entity types by id, ours and then those that opened worlds brought along."""
    return {key: EntityType(id=key, **row) for key, row in _table("types.toml").items()} | _learned[1]


def learn(more: Mapping[str, Property], types: Mapping[str, EntityType]) -> None:
    """Add a world's own properties and types to the table of this process.

    Raises DataError for an id that already means something else; the same row again is fine.
    """
    for known, found in ((properties(), more), (entity_types(), types)):
        for key, row in found.items():
            if known.get(key, row) != row:
                raise DataError(f"{key} is already known and means something else; make the world again")
    if more.keys() <= properties().keys() and types.keys() <= entity_types().keys():
        return
    _learned[0].update(more)
    _learned[1].update(types)
    for forget in _dependents:
        forget()


def _table(name: str) -> dict[str, dict[str, object]]:
    text = (files("redsearcher.world") / "schema" / name).read_text(encoding="utf-8")
    return tomllib.loads(text)
