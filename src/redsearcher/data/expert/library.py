"""What the expert knows of a world: which page states which fact, in which words."""

import re
from collections import defaultdict
from typing import NamedTuple

from redsearcher.records.world import Entity, Fact, Strength
from redsearcher.synthesis.reader import NameIndex
from redsearcher.web.address.book import shown_url
from redsearcher.web.address.config import AddressConfig
from redsearcher.world.store import World

_BLANKS = re.compile(r"\s+")


class Note(NamedTuple):
    """A strict statement of a page: the fact, and the words that state it, blanks collapsed."""

    fact: Fact
    span: str


class Library:
    """Strict statements by the address of their page or by its title, and names by entity. Made once per world.

    `addresses` are those of the web that the expert searches, where its pages do not stand under their own URLs.
    """

    def __init__(self, world: World, addresses: AddressConfig | None = None) -> None:
        self.entities: dict[str, Entity] = world.entities
        self.names = NameIndex(world.entities)
        of_document: dict[str, list[tuple[Fact, int, int]]] = defaultdict(list)
        for fact_id, statements in world.statements.items():
            for statement in statements:
                if statement.strength is Strength.STRICT:
                    fact = world.facts[fact_id]
                    of_document[statement.document].append((fact, statement.start, statement.end))
        self._notes: dict[str, tuple[Note, ...]] = {}
        self._topics: dict[str, str] = {}
        shown = shown_url(addresses)
        for document in world.documents():
            url = shown(document.url)
            found = sorted(of_document.get(document.id, ()), key=lambda row: (row[1], row[2], row[0].id))
            notes = tuple(Note(fact, collapsed(document.text[start:end])) for fact, start, end in found)
            for key in (url, collapsed(document.title)):
                if document.about:
                    self._topics.setdefault(key, document.about[0])
                self._notes[key] = tuple(dict.fromkeys((*self._notes.get(key, ()), *notes)))

    def notes(self, page: str) -> tuple[Note, ...]:
        """Statements of the page at an address in the order of its text, or of all pages of a title; none for one we do
        not know."""
        return self._notes.get(page, ())

    def topic(self, page: str) -> str | None:
        """The entity that the page at an address, or the first of a title, is about, which its title names."""
        return self._topics.get(page)

    def type_of(self, entity: str) -> str:
        """The type of an entity. Raises KeyError."""
        return self.entities[entity].type


def collapsed(text: str) -> str:
    """The text with every run of blanks made one."""
    return _BLANKS.sub(" ", text).strip()
