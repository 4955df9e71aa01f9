"""Does a page say something else where only one thing can be true? The offline reader looks for the other value."""

import re
from collections.abc import Iterable, Sequence

from redsearcher.agent.solver.extract import triples
from redsearcher.agent.solver.names import Name
from redsearcher.agent.solver.observe import Document as Read
from redsearcher.agent.solver.observe import Sentence
from redsearcher.core.text import fold
from redsearcher.records.world import Document, Fact
from redsearcher.synthesis.reader import NameIndex
from redsearcher.world.property import properties
from redsearcher.world.sentence import sentences
from redsearcher.world.store import World

_SURE = 1.0
"""Weight of a reading that a whole phrase of the property carries; cue words alone are not trusted."""
_MORE_WORDS = 7


def denial(world: World, names: NameIndex, fact: Fact, pages: Iterable[Document]) -> tuple[str, str] | None:
    """(page id, what it says) of the first page about the fact's subject that names another object for it.

    Only for properties with one object, on closed worlds, where a page is either right or at fault. The other object
    has to be of the same type: what lies in a city lies in its country, too. A name that a sentence brings up beside
    the object known ("a script by X and stars Y") is no denial.
    """
    row = properties()[fact.property]
    if world.info.kind != "closed" or not row.functional or fact.object is None:
        return None
    label = world.entities[fact.subject].label
    known = {fact.object, *world.known.forward(fact.property).get(fact.subject, ())}
    right = [name for entity in known for name in world.entities[entity].names]
    for page in pages:
        if page.about[:1] != (fact.subject,):
            continue
        others = []
        for read in _objects(world, page, label, fact.property):
            name, bearers = _borne(names, page.text, read, world.types[fact.object])
            if bearers and not bearers & known and not _beside(page.text, name, right):
                others.append(name)
        if len(others) == 1:  # several are a list of something else that was misread
            return page.id, f"{label!r}, {row.label['en']}: {others[0]!r}"
    return None


def _borne(names: NameIndex, text: str, read: str, type_: str) -> tuple[str, set[str]]:
    """The longest name on the page that begins with what was read, and who bears it: the reader stops at small words,
    as at the second of "Notes on the Well"."""
    found = {read: set(names.bearers(read, type_))}
    for match in re.finditer(rf"{re.escape(read)}(?: [^\s.,;:!?”]+){{1,{_MORE_WORDS}}}", text):
        words = match[0][len(read) :].split()
        for n_more in range(1, len(words) + 1):
            longer = " ".join((read, *words[:n_more]))
            found[longer] = set(names.bearers(longer, type_))
    return max(((name, who) for name, who in found.items() if who), key=lambda row: len(row[0]), default=(read, set()))


def _beside(text: str, name: str, right: Sequence[str]) -> bool:
    """Whether a sentence with the name has one of the right names, too."""
    within = (said for start, end in sentences(text) if name in (said := text[start:end]))
    return any(one in said for said in within for one in right)


def _objects(world: World, page: Document, label: str, property_: str) -> list[str]:
    """What the reader takes for the object of the page's own entity, where it is sure."""
    text = page.text
    read = Read(label, page.url, tuple(Sentence(text[start:end]) for start, end in sentences(text)), visited=True)
    linked = tuple(dict.fromkeys(Name(text[link.start : link.end]) for link in page.links))
    found = triples(read, linked, (property_,), world.info.lang)
    return [
        triple.object.text
        for triple in found
        if triple.object is not None and triple.weight >= _SURE and fold(triple.subject.text) == fold(label)
    ]
