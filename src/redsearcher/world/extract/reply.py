"""Facts as a model writes them, checked against the page and brought to claims; what fails a check is counted."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal

from pydantic import BaseModel

from redsearcher.core.text import fold
from redsearcher.records.world import Document, Value
from redsearcher.world.extract import quote
from redsearcher.world.extract.catalog import Catalog
from redsearcher.world.extract.claim import Claim
from redsearcher.world.extract.concept import concept_of, concepts, generic, normalised
from redsearcher.world.extract.lead import own_types, type_of_noun
from redsearcher.world.property import entity_types, properties


class FactReply(BaseModel):
    """One fact of a reply; the prompt says what the fields are."""

    subject: str
    subject_type: str
    property: str
    object: str | None = None
    object_type: str | None = None
    value: str | None = None
    value_kind: Literal["time", "quantity"] | None = None
    quote: str


class FactsReply(BaseModel):
    """What a model says a page states."""

    facts: list[FactReply]


class Checker:
    """Turns replies into claims. `tally` counts what was kept and why the rest was not."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.tally: Counter[str] = Counter()
        self._bearers: dict[str, set[str]] = defaultdict(set)
        for draft in catalog.drafts.values():
            for name in {fold(draft.label), fold(draft.title)}:
                self._bearers[name].add(draft.key)

    def claims(self, document: Document, reply: FactsReply) -> Iterator[Claim]:
        """The facts of a reply that the page bears out, each with the place of its quote."""
        for fact in reply.facts:
            found = self._claim(document, fact)
            if isinstance(found, str):
                self.tally[found] += 1
            else:
                self.tally["kept"] += 1
                yield found

    def _claim(self, document: Document, fact: FactReply) -> Claim | str:
        span = quote.locate(document.text, fact.quote)
        if span is None:
            return "quote not on the page"
        said = document.text[span.start : span.end]
        if not quote.names(said, fact.subject) and not quote.names(f"{document.title}\n{document.text}", fact.subject):
            return "subject not on the page"
        value = self._value(fact, said)
        if isinstance(value, str):
            return value
        if value is None and (fact.object is None or not quote.names(said, fact.object)):
            return "object not in the quote"
        subject = self._key(document, fact.subject, fact.subject_type)
        other = None if value is not None else self._key(document, str(fact.object), fact.object_type or "")
        if subject == other:
            return "a thing joined to itself"
        concept = self._concept(fact.property, subject, other, value)
        if concept is None:
            return "relation that types or words do not allow"
        return Claim(subject, concept, other, value, document.url, span.start, span.end)

    def _value(self, fact: FactReply, said: str) -> Value | str | None:
        if fact.value is None:
            return None
        value = quote.read_value(fact.value_kind or "time", fact.value)
        if value is None:
            return "value that is no date or number"
        return value if quote.says_value(said, value) else "value not in the quote"

    def _key(self, document: Document, name: str, type_: str) -> str:
        """The entity meant: by the page's link with these words, by its own title, by a name only one has, else one of
        its own known by name and type."""
        wanted, folded = known_type(type_), fold(name)
        linked = {
            key
            for link in document.links
            if fold(document.text[link.start : link.end]) == folded and (key := self._catalog.key(link.url)) is not None
        }
        own = self._catalog.key(document.url)
        bearers = {key for key in self._bearers[folded] if self._catalog.type(key) in ("", wanted) or not wanted}
        for found in (linked, {own} & self._bearers[folded], bearers):
            if len(found) == 1 and (key := next(iter(found))) is not None:
                self._catalog.give_type(key, wanted)
                return key
        key = self._catalog.add_named(name, wanted or "thing")
        self._bearers[folded].add(key)
        return key

    def _concept(self, said: str, subject: str, other: str | None, value: Value | None) -> str | None:
        """The property or concept that a model's name of a relation means between these ends."""
        mine = self._catalog.type(subject)
        theirs = None if other is None else self._catalog.type(other)
        end = theirs if value is None else value.datatype
        for row in properties().values():
            if said.casefold() in (row.id.casefold(), row.label["en"].casefold()):
                return row.id if mine in row.subject and end in row.object else None
        plain = normalised(said)
        concept = concepts().get(plain.replace(" ", "_"))
        if concept is not None and concept.fits(mine, theirs):
            return concept.id
        found = concept_of(said, mine, theirs)
        if found is not None:
            return found.id
        return (
            generic(plain).id if value is None and plain.replace(" ", "").isalpha() and len(plain.split()) < 4 else None
        )


def known_type(said: str) -> str:
    """A model's word for a type as one of our types, or ""."""
    word = said.strip().casefold()
    if word in entity_types() or word in own_types():
        return word
    return type_of_noun(word)


def property_names(types: Iterable[str] = ()) -> str:
    """Labels of all properties that tasks may ask for, for a prompt; of those types only, if any are given."""
    wanted = set(types)
    return ", ".join(
        row.label["en"] for row in properties().values() if row.sample and (not wanted or wanted & set(row.subject))
    )
