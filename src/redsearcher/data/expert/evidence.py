"""What was delivered so far: pages and hits in order, and the facts whose stating words lay in their text."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from redsearcher.agent.solver.observe import Document, can_open, read_observation
from redsearcher.data.expert.library import Library, Note, collapsed
from redsearcher.records.world import Entity, Value
from redsearcher.world.property import properties

_NUMBER = re.compile(r"\d[\d,.]*\d|\d")


class Block(NamedTuple):
    """A hit or an opened page, as the model sees it: title and plain text; `rank` numbers the hits of a list. `url` is
    the title where results give no addresses."""

    url: str
    title: str
    text: str
    visited: bool
    rank: int = 0

    @property
    def can_open(self) -> bool:
        """Whether it came with an address."""
        return can_open(self.url)


class Sight(NamedTuple):
    """Where something was read: the words that state it, in a block."""

    block: Block
    span: str


class Reading(NamedTuple):
    """A literal that was read: the value, and where."""

    value: Value
    sight: Sight


class Statement(NamedTuple):
    """What a block says of one entity: the property, the entity, and the objects or the one literal said of it."""

    property: str
    subject: str
    objects: tuple[str, ...]
    reading: Reading | None = None


class Evidence:
    """Facts seen, in the order in which they were seen. A fact is seen only if a delivered text states it verbatim and
    names both of its ends, in the text or in the title above it."""

    def __init__(self, library: Library, known: Iterable[tuple[str, str]]) -> None:
        """`known`: entity ids with the names by which the question calls them."""
        self._library = library
        self.names: dict[str, str] = dict(known)
        self.blocks: list[Block] = []
        self.latest: list[Block] = []
        self.latest_hits: list[Block] = []
        self.pages: dict[str, Block] = {}
        self._objects: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        self._subjects: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        self._values: dict[tuple[str, str], Reading] = {}
        self._sights: dict[tuple[str, str, str], Sight] = {}

    def read(self, contents: Iterable[str]) -> None:
        """Take in the observations of one turn."""
        self.latest = []
        for content in contents:
            seen = read_observation(content)
            for results in seen.results:
                self.latest += [_block(hit, rank) for rank, hit in enumerate(results.hits, 1)]
            self.latest += [_block(page) for page in seen.pages]
        if any(not block.visited for block in self.latest):
            self.latest_hits = [block for block in self.latest if not block.visited]
        for block in self.latest:
            self.blocks.append(block)
            if block.visited:
                self.pages[block.url] = block
            self._take(block)

    def _take(self, block: Block) -> None:
        for note in self._notes(block):
            fact = note.fact
            if fact.object is None:
                if fact.value is not None:
                    self._values.setdefault((fact.property, fact.subject), Reading(fact.value, Sight(block, note.span)))
                continue
            self._add(fact.property, fact.subject, fact.object, Sight(block, note.span))
            if properties()[fact.property].symmetric:
                self._add(fact.property, fact.object, fact.subject, Sight(block, note.span))

    def _add(self, property_: str, subject: str, object_: str, sight: Sight) -> None:
        self._objects[property_, subject].setdefault(object_)
        self._subjects[property_, object_].setdefault(subject)
        self._sights.setdefault((property_, subject, object_), sight)

    def _place(self, block: Block, note: Note) -> tuple[int, int]:
        """Where the statement stands, then where it gives its value or the end that the page is not about."""
        topic = self._library.topic(block.url)
        if note.fact.value is not None:
            return block.text.find(note.span), note.span.find(quoted(Reading(note.fact.value, Sight(block, note.span))))
        ends = [end for end in _ends(note) if end != topic]
        places = [note.span.find(name) for end in ends for name in self._library.entities[end].names]
        return block.text.find(note.span), min((place for place in places if place >= 0), default=-1)

    def _name(self, entity: str, block: Block) -> str | None:
        """The name by which the block calls an entity, remembered if it is the first or the label itself."""
        found = named_in(self._library.entities[entity], f"{block.title}\n{block.text}")
        if found is not None and (entity not in self.names or found == self._library.entities[entity].label):
            self.names.setdefault(entity, found)
        return found

    def stated(self, block: Block) -> list[Statement]:
        """What a block states in the order of its words, objects of one property and entity together. An entity that
        it does not name is left out; of a property that holds both ways, what the page is about stands first."""
        found: dict[tuple[str, str], Statement] = {}
        for note in self._notes(block):
            fact = note.fact
            if fact.object is None:
                if fact.value is not None:
                    reading = Reading(fact.value, Sight(block, note.span))
                    found.setdefault((fact.property, fact.subject), Statement(fact.property, fact.subject, (), reading))
                continue
            ends = (fact.subject, fact.object)
            if properties()[fact.property].symmetric and fact.object == self._library.topic(block.url):
                ends = ends[::-1]
            known = found.get((fact.property, ends[0]), Statement(fact.property, ends[0], ()))
            objects = tuple(dict.fromkeys((*known.objects, ends[1])))
            found[fact.property, ends[0]] = known._replace(objects=objects)
        return list(found.values())

    def _notes(self, block: Block) -> list[Note]:
        """The notes whose words stand in a block that names their ends, in the order of its words."""
        notes = [note for note in self._library.notes(block.url) if note.span in block.text]
        named = [note for note in notes if all(self._name(end, block) for end in _ends(note))]
        return sorted(named, key=lambda note: self._place(block, note))

    def objects(self, property_: str, subject: str) -> list[str]:
        """Objects seen of a subject, in observed order."""
        return list(self._objects.get((property_, subject), ()))

    def subjects(self, property_: str, object_: str) -> list[str]:
        """Subjects seen of an object, in observed order."""
        return list(self._subjects.get((property_, object_), ()))

    def value(self, property_: str, subject: str) -> Reading | None:
        """The literal of a subject, if it was read."""
        return self._values.get((property_, subject))

    def sight(self, property_: str, subject: str, object_: str) -> Sight:
        """Where a fact was read first. Raises KeyError for one that was not."""
        return self._sights[property_, subject, object_]

    def call(self, entity: str) -> str:
        """The name under which an entity was met. Raises KeyError for one that was not."""
        return self.names[entity]

    def meet(self, entity: str, block: Block) -> bool:
        """Remember how a block calls an entity; False if it does not name it."""
        return self._name(entity, block) is not None


def _ends(note: Note) -> list[str]:
    """The entities of a fact."""
    return [end for end in (note.fact.subject, note.fact.object) if end is not None]


def quoted(reading: Reading) -> str:
    """The value as the page writes it: its year, or its amount."""
    value = reading.value
    wanted = value.text.split("-")[0].lstrip("0") if value.datatype == "time" else value.text
    for match in _NUMBER.finditer(reading.sight.span):
        if match[0].replace(",", "") == wanted:
            return match[0]
    return wanted


def named_in(entity: Entity, text: str) -> str | None:
    """The first of an entity's names that stands in the text as it is spelled, the label before aliases."""
    return next((name for name in entity.names if name in text), None)


def _block(document: Document, rank: int = 0) -> Block:
    text = collapsed(" ".join(sentence.text for sentence in document.sentences))
    return Block(document.url, document.title, text, document.visited, rank)
