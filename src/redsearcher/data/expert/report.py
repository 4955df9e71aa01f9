"""What the expert says of what it read: the condition it reads for, the texts it goes through, and what follows.

It reads aloud: every text in the order in which it stands, then everything it states, each statement as relation,
entity and values; a relation or a name that the condition names is marked. Whoever learns from it never has to find
the right place at once: it copies on, takes apart what it has just copied, and marks what it saw marked in a pattern of
the same form.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from redsearcher.data.expert.condition import Condition, Conditions
from redsearcher.data.expert.evidence import Block, Evidence, Sight, Statement, quoted
from redsearcher.data.expert.judge import Verdict
from redsearcher.data.expert.query import property_of, tag
from redsearcher.data.expert.words import (
    ASKED,
    FOUND,
    MOST_REPEATED,
    NO,
    NOTHING,
    UNSTATED,
    YES,
    Voice,
    listed,
    marked,
    recital,
    repetition,
    resolution,
    statement,
)
from redsearcher.records.query import FactAtom
from redsearcher.world.property import properties


class Found(NamedTuple):
    """What a condition with one known end reads for: its open end, and the values seen there. `single`: there is no
    second value to read on for."""

    item: Condition
    target: str
    values: list[str]
    single: bool


_Fact = tuple[str, str, str | None]
"""Property, subject and object, no object for a literal."""


class _Sought(NamedTuple):
    """What a condition is read for: its relations, the entities it names, the facts that answer it, where those were
    read, and the letter of its open end."""

    relations: frozenset[str]
    named: frozenset[str]
    facts: frozenset[_Fact]
    sights: tuple[Sight, ...]
    letter: str = ""


NOTHING_SOUGHT = _Sought(frozenset(), frozenset(), frozenset(), ())


class Reporter:
    """Words findings."""

    def __init__(self, conditions: Conditions, evidence: Evidence, voice: Voice) -> None:
        self._letters, self._evidence, self._voice = conditions.letters, evidence, voice
        self._kinds = {name: f"{conditions.kinds[name]} {letter}" for name, letter in conditions.letters.items()}
        self._reading: list[Block] = []
        self._n_read_aloud = 0

    def names(self, bound: Mapping[str, str]) -> dict[str, str]:
        """What each variable is called now: its value's name, or its letter."""
        return {**self._letters, **self._called(bound)}

    def _called(self, bound: Mapping[str, str]) -> dict[str, str]:
        return {name: self._evidence.call(entity) for name, entity in bound.items()}

    def found(self, found: Found, bound: Mapping[str, str]) -> list[str]:
        """The values of an open end that were read, or that there are none."""
        item, letter = found.item, self._letters[found.target]
        names = listed([self._evidence.call(entity) for entity in found.values])
        options = FOUND if found.values else NOTHING
        return [
            self._asked(item, bound),
            *self._read(self._values_sought(found, bound), to_the_end=not found.single),
            self._voice.say(options, n=item.number, letter=letter, names=names),
        ]

    def verdict(self, item: Condition, bound: Mapping[str, str], verdict: Verdict) -> list[str]:
        """Whether a condition holds whose ends are all known."""
        options = UNSTATED if not verdict.known else YES if verdict.fits else NO
        because = f": {verdict.because}" if verdict.because else ""
        return [
            self._asked(item, bound),
            *self._read(self._check_sought(item, bound, verdict), to_the_end=False),
            self._voice.say(options, n=item.number, because=because),
        ]

    def _asked(self, item: Condition, bound: Mapping[str, str]) -> str:
        """The condition in the question's words, then as statements with letters for what is open."""
        text = item.say({**self._kinds, **self._called(bound)})
        names = {end: marked(name, end in bound) for end, name in self.names(bound).items()}
        constraint = item.constraint
        ends = [(constraint.subject, constraint.object)] if isinstance(constraint, FactAtom) else zip(item.ends)
        pattern = "; ".join(
            statement(marked(tag(property_of(item, end)), True), names[end], [names[one] for one in others])
            for end, *others in ends
        )
        return ASKED.format(n=item.number, text=text, pattern=pattern)

    def _values_sought(self, found: Found, bound: Mapping[str, str]) -> _Sought:
        atom = found.item.constraint
        facts = []
        if isinstance(atom, FactAtom):
            ends = [{**bound, found.target: value} for value in found.values]
            facts = [(atom.property, end[atom.subject], end[atom.object]) for end in ends]
        sights = tuple(self._evidence.sight(*fact) for fact in facts)
        return _Sought(*_named(found.item, bound), frozenset(facts), sights, self._letters[found.target])

    def _check_sought(self, item: Condition, bound: Mapping[str, str], verdict: Verdict) -> _Sought:
        atom = item.constraint
        facts: list[_Fact]
        if isinstance(atom, FactAtom):
            facts = [(atom.property, bound[atom.subject], bound[atom.object])] if verdict.fits else []
        else:
            facts = [(property_of(item, end), bound[end], None) for end in item.ends]
        return _Sought(*_named(item, bound), frozenset(facts), verdict.sights)

    def _read(self, sought: _Sought, *, to_the_end: bool) -> Iterator[str]:
        """What earlier texts stated, then the last ones in order: up to the last one that decides, or all of them where
        none does or more may follow. A text is read aloud once."""
        latest = self._evidence.latest
        if latest is not self._reading:
            self._reading, self._n_read_aloud = latest, 0
        earlier = [sight.block for sight in sought.sights if sight.block not in latest]
        for block in list(dict.fromkeys(earlier))[:MOST_REPEATED]:
            fitting = [one for one in self._evidence.stated(block) if _concerns(one, sought)]
            yield repetition(block, [said(one, self._evidence, sought) for one in fitting])
        deciding = [number for number, block in enumerate(latest) if any(s.block == block for s in sought.sights)]
        if earlier and not deciding:
            return
        for number, block in enumerate(latest if to_the_end or not deciding else latest[: deciding[-1] + 1]):
            statements = [said(one, self._evidence, sought) for one in self._evidence.stated(block)]
            yield recital(block, statements, is_aloud=number >= self._n_read_aloud)
            self._n_read_aloud = max(self._n_read_aloud, number + 1)


def said(stated: Statement, evidence: Evidence, sought: _Sought = NOTHING_SOUGHT) -> str:
    """A statement in words; relations and names that are sought are marked, and what it answers follows."""

    def name(entity: str) -> str:
        return marked(evidence.call(entity), entity in sought.named)

    relation = marked(tag(stated.property), stated.property in sought.relations)
    values = [quoted(stated.reading)] if stated.reading else [name(one) for one in stated.objects]
    answers = dict.fromkeys(end for fact in _facts(stated) if fact in sought.facts for end in fact[1:])
    found = [evidence.call(end) for end in answers if end is not None and end not in sought.named]
    return statement(relation, name(stated.subject), values) + resolution(sought.letter, found)


def _named(item: Condition, bound: Mapping[str, str]) -> tuple[frozenset[str], frozenset[str]]:
    """The relations of a condition, and the entities that it names now."""
    relations = frozenset(property_of(item, end) for end in item.ends)
    return relations, frozenset(bound[end] for end in item.ends if end in bound)


def _concerns(stated: Statement, sought: _Sought) -> bool:
    """Whether a statement has a relation and an end that the condition names."""
    return stated.property in sought.relations and not sought.named.isdisjoint((stated.subject, *stated.objects))


def _facts(stated: Statement) -> list[_Fact]:
    """The facts of a statement, both ways round for a property that holds so."""
    ends: list[tuple[str, str | None]] = [(stated.subject, one) for one in stated.objects or (None,)]
    if properties()[stated.property].symmetric:
        ends += [(one, stated.subject) for one in stated.objects]
    return [(stated.property, *pair) for pair in ends]
