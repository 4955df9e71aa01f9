"""Kinds of pages and the invented sites they stand on."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from redsearcher.world.prose.lexicon import grammar

PAPERS = ("courier", "evening-post", "morning-star")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of page about one type of topic. `says` holds (property, whether the topic is the subject)."""

    name: str
    type: str
    site: str
    chance: float
    most: int
    says: frozenset[tuple[str, bool]]
    core: frozenset[tuple[str, bool]] = frozenset()
    lead: str = ""
    rich: bool = False
    dead: bool = False
    need: int = 1


@cache
def kinds() -> dict[str, tuple[Kind, ...]]:
    """Kinds by type of topic, in the order of the grammar file."""
    found: dict[str, list[Kind]] = {}
    for row in grammar("pages.toml")["page"]:
        row = {**row, "says": _ends(row["says"]), "core": _ends(row.get("core", ""))}
        kind = Kind(name=row.pop("kind"), **row)
        found.setdefault(kind.type, []).append(kind)
    return {type_: tuple(rows) for type_, rows in found.items()}


def _ends(tokens: str) -> frozenset[tuple[str, bool]]:
    return frozenset((token[1:], token[0] == ">") for token in tokens.split())


@cache
def _sites() -> dict[str, tuple[tuple[str, ...], str]]:
    return {name: (tuple(row["hosts"]), row["path"]) for name, row in grammar("pages.toml")["sites"].items()}


def slug(name: str) -> str:
    """Lower-case ASCII words of a name joined by hyphens; empty when the name has none."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return _NOT_SLUG.sub("-", plain.lower()).strip("-")


class Place:
    """Where a page stands: its host and its address."""

    __slots__ = ("host", "url")

    def __init__(self, site: str, kind: str, *, name: str, number: int, press: str, date: str) -> None:
        hosts, path = _sites()[site]
        self.host = hosts[number % len(hosts)] if hosts else f"www.{press}-{PAPERS[number % len(PAPERS)]}.example"
        words = slug(name) or "entry"
        year, month, day = date.split("-") if date else ("", "", "")
        filled = path.format(
            slug=words,
            Slug="_".join(part.capitalize() for part in words.split("-")) + ("" if slug(name) else f"_{number}"),
            n=number, kind=kind.replace("_", "-"), y=year, m=month, d=day,
        )  # fmt: skip
        self.url = f"https://{self.host}{filled}"
