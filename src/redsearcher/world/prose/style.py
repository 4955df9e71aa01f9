"""Sentence patterns, frames, openings and colour of one language, compiled."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from redsearcher.world.prose.lexicon import grammar
from redsearcher.world.prose.template import Template, parse

Lines = tuple[Template, ...]


@dataclass(frozen=True, slots=True)
class Style:
    """What `style_LANG.toml` and `colour_LANG.toml` hold; keys are types, kinds or families of sites."""

    patterns: dict[str, Lines]
    frames: dict[str, Lines]
    nouns: dict[str, tuple[str, ...]]
    openings: dict[str, Lines]
    colour: dict[str, Lines]
    closings: dict[str, Lines]
    heads: Lines
    tails: Lines
    noise: dict[str, Lines]
    titles: dict[str, Lines]


@cache
def style(lang: str) -> Style:
    """The style of a language."""
    rows, colour = grammar(f"style_{lang}.toml"), grammar(f"colour_{lang}.toml")
    return Style(
        patterns=_lines(rows["patterns"]),
        frames=_lines(rows["frames"]),
        nouns={key: tuple(nouns) for key, nouns in rows["nouns"].items()},
        openings=_lines(colour["openings"]),
        colour=_lines(colour["colour"]),
        closings=_lines(colour["closings"]),
        heads=tuple(parse(text) for text in colour["heads"]),
        tails=tuple(parse(text) for text in colour["tails"]),
        noise=_lines(colour["noise"]),
        titles=_lines(colour["titles"]),
    )


def _lines(table: dict[str, Any]) -> dict[str, Lines]:
    return {key: tuple(parse(text) for text in texts) for key, texts in table.items()}
