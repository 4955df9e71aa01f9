"""What is true and which pages say so: Entity, Fact, Document, Statement."""

from enum import StrEnum
from functools import cached_property
from typing import Literal

from redsearcher.core.hashing import content_hash
from redsearcher.records.base import Record

Datatype = Literal["time", "quantity", "coordinate", "string", "image"]


class Entity(Record):
    """A thing with an id of its source (`Q42`, or `E17` in a fictional world)."""

    id: str
    label: str
    type: str
    aliases: tuple[str, ...] = ()
    description: str = ""
    labels: dict[str, str] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Label and aliases, the label first."""
        return (self.label, *self.aliases)


class Value(Record):
    """A literal. `text` is canonical: time `1956-03-12` (cut at the precision), quantity a decimal number,
    coordinate `lat,lon` in degrees, string itself, image a path."""

    datatype: Datatype
    text: str
    precision: str = ""
    unit: str = ""

    @property
    def number(self) -> float:
        """A quantity's amount, or a time as a fractional year. Raises ValueError for other datatypes."""
        if self.datatype == "quantity":
            return float(self.text)
        if self.datatype == "time":
            year, month, day = [*(int(part) for part in self.text.split("-")), 1, 1][:3]
            return year + (month - 1) / 12 + (day - 1) / 372
        raise ValueError(f"a {self.datatype} has no number")


class Qualifier(Record):
    """A property of a statement about a fact, such as a start time."""

    property: str
    object: str | None = None
    value: Value | None = None


class Fact(Record):
    """`(subject, property, object | value, qualifiers)`. Exactly one of `object` (an entity id) and `value` is set."""

    subject: str
    property: str
    object: str | None = None
    value: Value | None = None
    qualifiers: tuple[Qualifier, ...] = ()

    @cached_property
    def id(self) -> str:
        """Content hash of the meaning."""
        value = self.value.model_dump() if self.value else None
        return content_hash(self.subject, self.property, self.object, value, [q.model_dump() for q in self.qualifiers])


class Link(Record):
    """A hyperlink: the code points `[start, end)` of the text that are its anchor, and where it leads."""

    start: int
    end: int
    url: str


class Document(Record):
    """A page. `about` lists the entities it is about (its own subject first); `links` lie in its text, in order.
    `origin` is the URL it had before a web gave it an invented address; only operators may see it."""

    url: str
    site: str
    kind: str
    title: str
    text: str
    lang: str = "en"
    links: tuple[Link, ...] = ()
    about: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    date: str = ""
    origin: str = ""

    @cached_property
    def id(self) -> str:
        """Content hash of (url, text), the URL being the one before it was given another."""
        return content_hash(self.origin or self.url, self.text)


class Strength(StrEnum):
    """Strict: the span says the fact. Loose: both ends co-occur on the page."""

    STRICT = "strict"
    LOOSE = "loose"


class Statement(Record):
    """That a document states a fact; `[start, end)` are code points of its text, verbatim."""

    fact: str
    document: str
    start: int
    end: int
    strength: Strength
