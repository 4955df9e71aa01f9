"""What has been mentioned so far: which words pick out which variable, in any language."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from redsearcher.records.query import Constraint, FactAtom, LiteralAtom, Query, Role
from redsearcher.synthesis.verbalise.bearer import sole_role
from redsearcher.synthesis.verbalise.parts import Mention, Predicate, Sentence
from redsearcher.synthesis.verbalise.same import Same
from redsearcher.world.property import Lang, entity_types, properties
from redsearcher.world.wording import role_noun


@dataclass
class Discourse:
    """Designators of the unknowns. Those brought in by a role noun keep it; the others go by their type, numbered."""

    query: Query
    lang: Lang
    total: dict[str, int] = field(default_factory=dict)
    """How many variables each type noun will bring in."""
    order: dict[str, list[str]] = field(default_factory=dict)
    """Type noun -> variables it has brought in so far."""
    roles: dict[str, str] = field(default_factory=dict)
    """Variable -> the role noun it goes by."""
    subject: str | None = None
    """The variable the sentence before was about."""
    others: set[str] = field(default_factory=set)
    """The other unknowns which that sentence mentioned."""
    here: set[str] = field(default_factory=set)
    """The unknowns which the sentence under way has mentioned."""
    stated: list[Constraint] = field(default_factory=list)
    """What has been said so far, by verbs."""

    def expect(self, sentences: Sequence[Sentence]) -> None:
        """Count ahead how many variables each type noun brings in."""
        for mention in mentions(sentences):
            if mention.kind == "new":
                self._count(mention.var)
        for predicate in predicates(sentences):
            if isinstance(predicate.constraint, Same):
                for name in predicate.constraint.brings:
                    self._count(name)

    def _count(self, name: str) -> None:
        self.total[self.noun(name)] = self.total.get(self.noun(name), 0) + 1

    def noun(self, name: str) -> str:
        return entity_types()[self.query.variable(name).type].noun(self.lang).noun

    def is_person(self, name: str) -> bool:
        return entity_types()[self.query.variable(name).type].who

    @property
    def introduced(self) -> set[str]:
        """Every unknown brought in so far."""
        return {name for names in self.order.values() for name in names} | set(self.roles)

    def add(self, name: str) -> int:
        """Note a variable brought in by its type noun; which of that noun it is, from 1."""
        seen = self.order.setdefault(self.noun(name), [])
        seen.append(name)
        self.here.add(name)
        return len(seen)

    def ask(self, name: str) -> bool:
        """Note the answer brought in by the question itself; whether its type noun has brought in others before."""
        before = bool(self.order.get(self.noun(name)))
        if not before:
            self.add(name)
        return before

    def add_role(self, mention: Mention) -> str:
        """Note a variable brought in by a role; its noun."""
        if mention.role is None:
            raise ValueError("a role mention without a role")
        end = "object" if mention.role.object == mention.var else "subject"
        noun = role_noun(mention.role.property, end, self.lang)
        if noun is None:
            raise ValueError(f"{mention.role.property} has no noun for its {end}")
        self.roles[mention.var] = noun
        return noun

    def note(self, atom: FactAtom) -> None:
        """A fact has been said: where a type has several variables, the object may go by its role ("the director")."""
        self.stated.append(atom)
        name = atom.object
        if properties()[atom.property].symmetric or self.query.variable(name).role is Role.GIVEN:
            return
        crowded = self.total.get(self.noun(name), 0) > 1
        if crowded and name not in self.roles and (noun := sole_role(self.query, name, atom, self.lang)):
            self.roles[name] = noun

    def number(self, name: str) -> int | None:
        """Which of its noun a variable is, or None while it is the only one brought in.

        Raises ValueError for one that has not been brought in.
        """
        seen = self.order.get(self.noun(name), [])
        if name not in seen:
            raise ValueError(f"{name} is spoken of before anything brings it in")
        return seen.index(name) + 1 if len(seen) > 1 else None

    def is_alone(self, name: str) -> bool:
        """Whether no other variable of its type has been brought in: "this person" can then mean nobody else."""
        type_ = self.query.variable(name).type
        seen = {other for names in self.order.values() for other in names} | set(self.roles)
        return not any(self.query.variable(other).type == type_ for other in seen - {name})

    def is_clear(self, name: str) -> bool:
        """Whether a pronoun can only mean `name`: the last sentence was about it and mentioned no other of its kind."""
        rivals = [other for other in self.others if self.is_person(other) == self.is_person(name)]
        return name == self.subject and not rivals

    def marks(self, name: str) -> list[FactAtom | LiteralAtom]:
        """What has been said of a variable, about a name or a range, and of no other that its noun could mean."""
        found: list[FactAtom | LiteralAtom] = []
        rivals = set(self.order.get(self.noun(name), ())) - {name}
        for c in self.stated:
            if isinstance(c, FactAtom) and name in c.variables and not properties()[c.property].symmetric:
                given = c.object if c.subject == name else c.subject
                named = self.query.variable(given).role is Role.GIVEN
                if named and not any(_swapped(c, name, rival) in map(_ends, self.stated) for rival in rivals):
                    found.append(c)
            elif isinstance(c, LiteralAtom) and c.subject == name:
                same = [o for o in self.stated if isinstance(o, LiteralAtom) and o.property == c.property]
                if not any(o.subject in rivals and (o.low, o.high) == (c.low, c.high) for o in same):
                    found.append(c)
        return found

    def close(self, sentence: Sentence) -> None:
        """The sentence has been written: its subject is what a pronoun now means."""
        self.subject = sentence.subject.var
        self.here = set()
        self.others = {m.var for m in mentions((sentence,)) if m.kind != "given" and m.var != self.subject}


def mentions(sentences: Sequence[Sentence]) -> Iterator[Mention]:
    """Every mention of the sentences, nested ones included."""
    for sentence in sentences:
        yield from _nested(sentence.subject)
        for predicate in sentence.predicates:
            yield from _within(predicate)


def predicates(sentences: Sequence[Sentence]) -> Iterator[Predicate]:
    """Every predicate of the sentences, nested ones included."""
    for sentence in sentences:
        for predicate in sentence.predicates:
            yield from _joined(predicate)
    for mention in mentions(sentences):
        for predicate in mention.relative:
            yield from _joined(predicate)


def _joined(predicate: Predicate) -> Iterator[Predicate]:
    yield predicate
    if predicate.also is not None:
        yield predicate.also


def _nested(mention: Mention) -> Iterator[Mention]:
    yield mention
    if mention.owner is not None:
        yield from _nested(mention.owner)
    for predicate in mention.relative:
        yield from _within(predicate)


def _within(predicate: Predicate) -> Iterator[Mention]:
    for part in _joined(predicate):
        if part.other is not None:
            yield from _nested(part.other)


def _ends(constraint: Constraint) -> tuple[str, str, str] | None:
    if not isinstance(constraint, FactAtom):
        return None
    return constraint.subject, constraint.property, constraint.object


def _swapped(atom: FactAtom, name: str, other: str) -> tuple[str, str, str]:
    """The fact as it would be with another variable in place of one of its ends."""
    return (
        other if atom.subject == name else atom.subject,
        atom.property,
        other if atom.object == name else atom.object,
    )
