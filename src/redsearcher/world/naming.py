"""Words that mention an entity without being its name: the adjectives of countries."""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from redsearcher.records.world import Entity


def demonyms(entities: Iterable[Entity]) -> dict[str, tuple[str, ...]]:
    """Country id -> its adjectives ("French"); other entities are absent."""
    table = _table()
    return {entity.id: table[entity.label] for entity in entities if entity.type == "country" and entity.label in table}


@cache
def _table() -> dict[str, tuple[str, ...]]:
    text = (files("redsearcher.world") / "schema" / "demonyms.toml").read_text(encoding="utf-8")
    return {country: tuple(words) for country, words in tomllib.loads(text).items()}
