"""What the first sentence of an encyclopedic page says its subject is: the head noun of "is a ...", and its type."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from redsearcher.world.property import EntityType, Noun
from redsearcher.world.sentence import sentences

REACH = 600
"""Code points of a page within which its first sentence must end."""
_PARENTHESIS = re.compile(r"\([^()]*\)")
_COPULA = re.compile(r"\b(?:is|was|are|were) (?:(?:a|an|the|one of the|among the)\b|(?=\d{4} ))")
_HARD_STOP = re.compile(
    r"\b(?:in|of|for|at|from|by|on|to|with|who|that|which|whose|where|located|based|born|directed|written|released|"
    r"situated|held|known|created|played|playing|near|between|as|within|best|currently|under|produced|starring|"
    r"published|developed|founded|established|is|was|since|serving|operated|owned|featuring|broadcast|licensed|"
    r"recorded|set|used|about|along|designed|built|consisting|competing|representing|composed|and also)\b|[.;:]"
)
_SOFT_STOP = re.compile(r",| and | or |/")
_NOT_THESE = re.compile(r"\bnational (?:\w+ )?team$|\bfictional\b|\blist\b|\bsurname\b|\bgiven name\b")
_BORN = re.compile(r"\((?:[^()]*; )?(?:née [^()]*, )?born\b")


class Lead(NamedTuple):
    """The first sentence `[start, end)`; where its noun phrase lies; the type its head noun names, or ""."""

    start: int
    end: int
    phrase_start: int
    phrase_end: int
    type: str


def read_lead(text: str) -> Lead | None:
    """The lead of a page, or None where its first sentence is not of the form "X is a ...".

    Words in parentheses are passed over; positions are those of `text`.
    """
    opening = text[:REACH]
    first = next(iter(sentences(opening)), None)
    if first is None:
        return None
    masked = mask(opening[: first[1]])
    copula = _COPULA.search(masked, first[0])
    if copula is None:
        return None
    stop = _HARD_STOP.search(masked, copula.end())
    end = stop.start() if stop else first[1]
    type_ = "" if _NOT_THESE.search(masked[copula.end() : end].strip()) else _type_of(masked[copula.end() : end])
    if not type_ and _BORN.search(opening[: copula.start()]):
        type_ = "person"
    return Lead(first[0], first[1], copula.end(), end, type_)


def mask(text: str) -> str:
    """The text with blanks for what stands in parentheses, so that positions stay the same."""
    while (masked := _PARENTHESIS.sub(lambda match: " " * len(match[0]), text)) != text:
        text = masked
    return text


def type_of_noun(noun: str) -> str:
    """The type that a noun names, or ""."""
    return _nouns()[0].get(noun.lower(), "")


def own_types() -> dict[str, EntityType]:
    """Types that pages have and our table of types lacks."""
    return {
        key: EntityType(id=key, en=Noun(noun=noun, plural=plural), zh=Noun(noun=noun))
        for key, (noun, plural) in _nouns()[1].items()
    }


def _type_of(phrase: str) -> str:
    nouns = _nouns()[0]
    for part in _SOFT_STOP.split(phrase):
        words = part.lower().split()
        for length in (3, 2, 1):
            found = nouns.get(" ".join(words[-length:])) if len(words) >= length else None
            if found:
                return found
    return ""


@cache
def _nouns() -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Noun -> type, singular and plural; type -> its own noun and plural."""
    table = tomllib.loads((files("redsearcher.world") / "extract" / "nouns.toml").read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for type_, listed in table["types"].items():
        for noun in listed.split() if type_ == "person" else listed.split("; "):
            found[noun] = found[_plural(noun)] = type_
    return found, {key: (row[0], row[1]) for key, row in table["own"].items()}


def _plural(noun: str) -> str:
    return noun[:-1] + "ies" if noun.endswith("y") and noun[-2] not in "aeiou" else noun + "s"
