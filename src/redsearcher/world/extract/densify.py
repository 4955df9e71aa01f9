"""The graph agent: a model is shown a piece of a world and pages around it, and says which facts would close cycles.

What it says counts only where a page bears it out: the quote stands there letter by letter and names the things, types
allow the relation, and nothing known speaks against it. Whether the words mean the relation is for a second reader to
say (`witness.py`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from pydantic import BaseModel

from redsearcher.core.text import fold
from redsearcher.llm.chat import ChatModel
from redsearcher.llm.role import Reply, Role, RoleConfig, read_prompt
from redsearcher.records.world import Document, Entity, Fact, Statement, Strength
from redsearcher.world.extract import quote
from redsearcher.world.mention import MentionIndex
from redsearcher.world.property import Property, properties
from redsearcher.world.sentence import sentences
from redsearcher.world.store import World


class ClosingFact(BaseModel):
    """One fact of a reply; the prompt says what the fields are."""

    subject: str
    property: str
    object: str
    page: int
    quote: str


class ClosingReply(BaseModel):
    """What a model says is missing in a piece."""

    facts: list[ClosingFact]


class Piece(NamedTuple):
    """Things that known facts hold together, those facts, and pages that name several of the things."""

    things: Sequence[Entity]
    facts: Sequence[Fact]
    pages: Sequence[Document]


class Densifier:
    """The role. `chars` is how much of each page it is shown, in code points."""

    def __init__(self, model: ChatModel, config: RoleConfig, chars: int) -> None:
        prompt = read_prompt("redsearcher.world.extract", "densify")
        self._role, self._chars = Role(model, prompt, ClosingReply, config), chars

    async def ask(self, piece: Piece) -> Reply[ClosingReply]:
        """What the model says; every way to fail is an outcome."""
        names = {thing.id: thing.label for thing in piece.things}
        known = properties()
        excerpts = [
            f"Excerpt {number}, of the page {page.title!r}:\n{excerpt(page, piece.things, self._chars)}"
            for number, page in enumerate(piece.pages, 1)
        ]
        return await self._role.ask(
            properties=", ".join(row.label["en"] for row in _asked_for({thing.type for thing in piece.things})),
            things="\n".join(f"- {thing.label} ({thing.type})" for thing in piece.things),
            facts="\n".join(
                f"- {names[f.subject]} | {known[f.property].label['en']} | {names[str(f.object)]}" for f in piece.facts
            ),
            excerpts="\n\n".join(excerpts),
        )


def excerpt(page: Document, things: Sequence[Entity], chars: int) -> str:
    """The lines of a page that name one of the things, in their order, cut at so many code points."""
    index = MentionIndex((thing.id, thing.names) for thing in things)
    kept = [line for line in page.text.split("\n") if line.strip() and index.find(line)]
    return "\n".join(kept)[:chars]


class Checker:
    """Holds replies against the pages and the world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._closed = world.info.kind == "closed"
        self._index = MentionIndex((entity.id, entity.names) for entity in world.entities.values())
        self._known: dict[tuple[str, str], dict[str, Fact]] = defaultdict(dict)
        self._joined: set[frozenset[str]] = set()
        table = properties()
        for fact in world.facts.values():
            if fact.object is not None:
                self._known[fact.subject, fact.property].setdefault(fact.object, fact)
                if fact.property in table and table[fact.property].symmetric:
                    self._known[fact.object, fact.property].setdefault(fact.subject, fact)
                if world.is_stated(fact.id):
                    self._joined.add(frozenset((fact.subject, fact.object)))

    def statements(self, piece: Piece, reply: ClosingReply, tally: Counter[str]) -> Iterator[tuple[Fact, Statement]]:
        """The facts of a reply that a page states and that close a cycle, each with its place; `tally` counts why the
        others are none."""
        bearers = _bearers(piece.things)
        for said in reply.facts:
            found = self._borne_out(piece, said, bearers)
            if isinstance(found, str):
                tally[found] += 1
            else:
                yield found

    def _borne_out(
        self, piece: Piece, said: ClosingFact, bearers: Mapping[str, set[str]]
    ) -> tuple[Fact, Statement] | str:
        if not 1 <= said.page <= len(piece.pages):
            return "no such excerpt"
        page = piece.pages[said.page - 1]
        span = quote.locate(page.text, said.quote)
        if span is None:
            return "quote not on the page"
        if not _is_one_saying(page.text, span):
            return "quote longer than a sentence or a row"
        ends = [bearers.get(fold(name), set()) for name in (said.subject, said.object)]
        if not all(ends):
            return "a thing that was not shown"
        if any(len(found) > 1 for found in ends):
            return "a name that several things bear"
        subject, other = (self._world.entities[next(iter(found))] for found in ends)
        if subject is other:
            return "a thing joined to itself"
        if problem := self._unnamed(page, span, (subject.id, other.id)):
            return problem
        row = _property(said.property, subject.type, other.type)
        if row is None:
            return "relation that types do not allow"
        found = self._new(Fact(subject=subject.id, property=row.id, object=other.id), row)
        if isinstance(found, str):
            return found
        place = Statement(fact=found.id, document=page.id, start=span.start, end=span.end, strength=Strength.STRICT)
        return found, place

    def _unnamed(self, page: Document, span: quote.Span, ends: tuple[str, str]) -> str:
        """Why the quote does not name both things, or "". What the page is about need not be named, and may share its
        name."""
        mentions = self._index.find(page.text[span.start : span.end])
        sure = {mention.entities[0] for mention in mentions if len(mention.entities) == 1}
        missing = [end for end in ends if end not in sure and end not in page.about[:1]]
        if not missing:
            return ""
        shared = {entity for mention in mentions for entity in mention.entities}.issuperset(missing)
        return "a name that several things bear" if shared else "quote that does not name both things"

    def _new(self, fact: Fact, row: Property) -> Fact | str:
        """The fact, as it is known where it is, if nothing known refutes it and it closes a cycle."""
        subject, other = fact.subject, str(fact.object)
        if frozenset((subject, other)) in self._joined:
            return "two things that a fact joins already"
        if (known := self._known_objects(subject, row).get(other)) is not None:
            return "known under conditions only" if known.qualifiers else known
        if self._closed:
            return "untrue in a world whose facts are all known"
        taken = self._known_objects(subject, row) or (row.symmetric and self._known_objects(other, row))
        return "a second object of a relation that has one" if row.functional and taken else fact

    def _known_objects(self, subject: str, row: Property) -> Mapping[str, Fact]:
        return self._known.get((subject, row.id), {})


def _is_one_saying(text: str, span: quote.Span) -> bool:
    """Whether a span lies within one sentence, or within one line that is a row of a table."""
    if "\n" in text[span.start : span.end]:
        return False
    start, end = text.rfind("\n", 0, span.start) + 1, text.find("\n", span.end)
    line = text[start : end if end >= 0 else len(text)]
    within = (first + start <= span.start and span.end <= last + start for first, last in sentences(line))
    return " | " in text[span.start : span.end] or any(within)


def _bearers(things: Iterable[Entity]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for thing in things:
        for name in thing.names:
            found.setdefault(fold(name), set()).add(thing.id)
    return found


def _property(said: str, subject: str, other: str) -> Property | None:
    """The property that a model means, by id or label, between things of these types."""
    wanted = said.strip().casefold()
    for row in _asked_for({subject, other}):
        meant = wanted in {row.id.casefold(), *map(str.casefold, row.label.values())}
        if meant and subject in row.subject and other in row.object:
            return row
    return None


def _asked_for(types: Set[str]) -> list[Property]:
    """The properties that tasks may ask for and that join things of some of these types."""
    rows = (row for row in properties().values() if row.sample and not row.is_literal)
    return [row for row in rows if types & set(row.subject) and types & set(row.object)]
