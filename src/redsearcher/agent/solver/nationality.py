"""Citizenship as encyclopedias word it: "was an Austrian geologist"."""

import re
import tomllib
from functools import cache
from importlib.resources import files

_OPENING = re.compile(r"\b(?:is|was)\s+an?\s+((?:[\w'’-]+[ ,]+){1,4}[\w-]+)")


@cache
def _countries() -> dict[str, str]:
    """Adjective -> English name of the country."""
    text = (files("redsearcher.world") / "schema" / "demonyms.toml").read_text(encoding="utf-8")
    return {word: country for country, words in tomllib.loads(text).items() for word in words}


def nationality(sentence: str) -> str:
    """The country whose adjective introduces a person in this sentence, "" if none does."""
    match = _OPENING.search(sentence)
    if match is None:
        return ""
    words = match.group(1).replace(",", " ").split()
    pairs = [" ".join(words[n : n + 2]) for n in range(len(words) - 1)]
    return next((_countries()[word] for word in (*pairs, *words) if word in _countries()), "")
