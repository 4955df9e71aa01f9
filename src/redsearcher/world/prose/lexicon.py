"""How a language says each property: the phrases of the property table and the grammar files, compiled."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from redsearcher.errors import DataError
from redsearcher.world.property import Property, properties
from redsearcher.world.prose.template import Template, parse

_OWNED_NOUNS = ("总部", "人口", "海拔", "年营收", "身高", "乐手", "全长")
"""Table phrases that begin with something the topic has: with 的 before them they fit behind a pronoun too."""


@dataclass(frozen=True, slots=True)
class Forms:
    """Ways to say a property from one end.

    `verbs` take any number of others, `verbs_one` only one; `parts` are participles; `nouns` maps "" / male / female to
    a noun for one other; `plural` is the noun for several; `line` replaces everything else when set.
    """

    verbs: tuple[Template, ...] = ()
    verbs_one: tuple[Template, ...] = ()
    parts: tuple[Template, ...] = ()
    clauses: tuple[Template, ...] = ()
    noun: str = ""
    noun_male: str = ""
    noun_female: str = ""
    plural: str = ""
    line: Template | None = None

    @property
    def can_list(self) -> bool:
        """Whether several others fit into one sentence."""
        return bool(self.verbs or self.clauses or self.plural)

    @property
    def can_lead(self) -> bool:
        """Whether some verb phrase can be followed by another one."""
        return any(can_lead(verb) for verb in self.verbs)

    @property
    def is_empty(self) -> bool:
        return not (self.verbs or self.verbs_one or self.clauses or self.line or self.noun)


def can_lead(verb: Template) -> bool:
    """Whether a second verb phrase may follow: no subordinate clause in it, and (Chinese) the topic itself its subject,
    not something of the topic's, as in a phrase that begins with 的."""
    literals = [node for node in verb if isinstance(node, str)]
    return not any("," in text or "，" in text for text in literals) and not (literals and literals[0].startswith("的"))


@cache
def lexicon(lang: str) -> dict[tuple[str, bool, str], Forms]:
    """Forms by (property, whether the topic is the fact's subject, type of the topic or "") for every property that the
    table knows; a type has forms of its own only where the grammar file gives it a row, such as "P577.film"."""
    rows = grammar(f"lexicon_{lang}.toml")
    tensed, verbs = frozenset(rows.pop("tensed")), rows.pop("verbs")
    unknown = sorted({key.partition(".")[0] for key in rows} - properties().keys())
    if unknown:
        raise DataError(f"lexicon_{lang}.toml names properties that the table lacks: {', '.join(unknown)}")
    found: dict[tuple[str, bool, str], Forms] = {}
    for key in dict.fromkeys((*properties(), *rows)):
        number, _, type_ = key.partition(".")
        property_ = properties()[number]
        row = rows.get(key, {})
        swap = verbs if number in tensed else {}
        for forward in (True, False):
            own = row.get("f" if forward or property_.symmetric else "b", {})
            found[number, forward, type_] = _forms(own, property_, lang, forward, swap)
    return found


def grammar(name: str) -> dict[str, Any]:
    """A grammar file."""
    text = (files("redsearcher.world.prose") / "grammar" / name).read_text(encoding="utf-8")
    return tomllib.loads(text)


def _forms(row: dict[str, Any], property_: Property, lang: str, forward: bool, swap: dict[str, str]) -> Forms:
    if "line" in row:
        return Forms(line=parse(row["line"]))
    phrases = property_.phrases(lang)
    many: list[str] = list(row.get("vp", ()))
    one: list[str] = []
    for phrase in phrases.forward if forward else phrases.backward:
        text = _tensed(phrase, swap).replace("{}", "{O}")
        text = f"的{text}" if lang == "zh" and text.startswith(_OWNED_NOUNS) else text
        (many if lang == "zh" or text.endswith("{O}") else one).append(text)
    return Forms(
        verbs=tuple(parse(text) for text in dict.fromkeys(many)),
        verbs_one=tuple(parse(text) for text in one),
        parts=tuple(parse(text) for text in row.get("part", ())),
        clauses=tuple(parse(text) for text in row.get("cl", ())),
        noun=row.get("noun", ""),
        noun_male=row.get("m", ""),
        noun_female=row.get("f", ""),
        plural=row.get("nouns", ""),
    )


def _tensed(phrase: str, swap: dict[str, str]) -> str:
    verb, blank, rest = phrase.partition(" ")
    return f"[{verb}|{swap[verb]}]{blank}{rest}" if verb in swap else phrase
