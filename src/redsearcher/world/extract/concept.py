"""What headers mean: concepts, said by Wikidata's properties where their types fit, else by a world's own."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

from redsearcher.core.hashing import content_hash
from redsearcher.records.base import Record
from redsearcher.world.property import Phrases, Property, properties

_GENERIC = "as_"
_ARTICLES = re.compile(r"^(?:name of the|name of|the) ")
_PLURAL_SIGN = re.compile(r"\s*\(\s*e?s\s*\)|\s*\[[^\]]*\]|[†‡*]")
_DETAIL = re.compile(r"\s*\([^)]*\)")
RELATIONAL = frozenset(
    (
        "administrative center", "administrative centre", "affiliate", "branch", "builder", "chairman", "chancellor",
        "chief executive", "chief town", "choreographer", "cinematographer", "club team", "commander", "conductor",
        "consort", "council area", "county seat", "creator", "dean", "dedication", "distributor", "editor",
        "guest conductor", "illustrator", "language family", "librettist", "locality", "mascot", "mayor", "metro area",
        "monarch", "mouth", "narrator", "partner", "patron", "patron saint", "platform", "president",
        "previous network", "previous school", "prime minister", "principal", "professional partner", "rector",
        "running mate", "sculptor", "seat", "serves", "shipyard", "territory", "translator", "vice chair",
        "vice president",
    )
)  # fmt: skip
"""Nouns that name what something is to the thing of the row, whatever that is; of other headers nobody can tell."""


class Concept(Record):
    """A row of headers.toml; its fields are explained there."""

    id: str
    headers: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    object: tuple[str, ...] = ()
    value: Literal["time", "quantity"] | None = None
    several: bool = False
    forward: tuple[str, ...]
    backward: tuple[str, ...] = ()
    noun: str
    same: str = ""
    less: tuple[str, ...] = ()
    more: tuple[str, ...] = ()

    def fits(self, subject: str, object: str | None) -> bool:
        """Whether it is read for these types; `object` None is a literal."""
        if self.subject and subject not in self.subject:
            return False
        return (object is None) == (self.value is not None) and (
            object is None or not self.object or object in self.object
        )

    @property
    def is_generic(self) -> bool:
        """Whether nothing but the header's noun is known of it."""
        return self.id.startswith(_GENERIC)

    def wikidata(self, subject: str, object: str | None) -> str | None:
        """The known property that says it of these types."""
        table = properties()
        return next(
            (p for p in self.known if subject in table[p].subject and (object or self.value) in table[p].object), None
        )


def normalised(header: str) -> str:
    """A header as the table of concepts lists it."""
    plain = _PLURAL_SIGN.sub("", header).strip().lower().rstrip(".:")
    return _ARTICLES.sub("", " ".join(plain.split()))


def concept_of(header: str, subject: str, object: str | None) -> Concept | None:
    """What a header says between these types (`object` None: a literal); one made from the header itself where it is a
    plain noun between two entities; None where it cannot be told."""
    plain = normalised(header)
    for spelling in (plain, _DETAIL.sub("", plain).strip()):
        for concept in _by_header().get(spelling, ()):
            if concept.fits(subject, object):
                return concept
    return generic(plain) if object is not None and plain in RELATIONAL else None


def concept(id: str) -> Concept:
    """The concept of that id, one of the table's or one made by `generic`."""
    return concepts().get(id) or generic(id.removeprefix(_GENERIC).replace("_", " "))


def generic(noun: str) -> Concept:
    """A relation we have no words for but its noun."""
    return Concept(
        id=_GENERIC + noun.replace(" ", "_"),
        forward=(f"is listed with {{}} as {noun}",),
        backward=(f"is listed as {noun} of {{}}",),
        noun=noun,
    )


@cache
def concepts() -> Mapping[str, Concept]:
    """All concepts by id, in the order in which headers look for them."""
    text = (files("redsearcher.world") / "extract" / "headers.toml").read_text(encoding="utf-8")
    return {key: Concept(id=key, **row) for key, row in tomllib.loads(text).items()}


@cache
def _by_header() -> Mapping[str, tuple[Concept, ...]]:
    found: dict[str, list[Concept]] = {}
    for concept in concepts().values():
        for header in concept.headers:
            found.setdefault(header, []).append(concept)
    return {header: tuple(row) for header, row in found.items()}


def local_property(concept: Concept, subjects: tuple[str, ...], objects: tuple[str, ...], functional: bool) -> Property:
    """The concept as a property of a world: its types and whether it is functional are what the world's facts show.

    Worlds with its own words are English; the Chinese fields repeat them. The id ends with a hash of all it says.
    """
    literal = concept.value is not None
    phrases = Phrases(
        forward=concept.forward,
        backward=concept.backward,
        object_noun=concept.noun,
        subject_noun="" if literal else "subject",
        cues=concept.headers[:4] or (concept.noun,),
        less=concept.less,
        more=concept.more,
        same=concept.same,
    )
    objects = (concept.value,) if concept.value else objects
    row = Property(
        id="", label={"en": concept.noun, "zh": concept.noun}, subject=subjects, object=objects, functional=functional,
        en=phrases, zh=phrases,
    )  # fmt: skip
    return row.model_copy(update={"id": f"{concept.id}-{content_hash(row.model_dump())[:6]}"})
