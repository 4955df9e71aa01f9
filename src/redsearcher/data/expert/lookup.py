"""Which call comes next to list the values of a variable, or to check a condition of one candidate."""

import re
from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

from redsearcher.data.expert.condition import Condition, Conditions
from redsearcher.data.expert.evidence import Block, Evidence
from redsearcher.data.expert.library import Library
from redsearcher.data.expert.query import other_words, own_words, usual_words
from redsearcher.data.expert.turn import Bound, Turn
from redsearcher.data.expert.words import AGAIN, SEARCH, VISIT, Voice
from redsearcher.records.query import FactAtom, Query
from redsearcher.world.property import properties

DULL = re.compile(r"(Opinion|Comment|Letters|Readers write|Weather|Outlook|Notes from|Days in|An evening|Applause)\b")
"""Titles of pages that say little."""
MANY = 2
_CROWDED = frozenset({"country", "region", "city", "award", "university", "company"})


class _Subject(NamedTuple):
    """What a series of calls is about: a condition, the names it searches for, and the one whose pages it opens.

    `noun` is a word for what is listed, `kind` its type.
    """

    item: Condition
    bound: Bound
    named: tuple[str, ...]
    about: str
    noun: str
    kind: str


class Lookups:
    """Hands out calls one by one and remembers how far it got, so that nothing is asked twice.

    While `is_hasty` says that other candidates are left, a name gets a search and one page; afterwards, or in a second
    round, also other words and another page.
    """

    def __init__(
        self,
        conditions: Conditions,
        query: Query,
        evidence: Evidence,
        library: Library,
        voice: Voice,
        rng: Random,
        names: Callable[[Bound], dict[str, str]],
        is_hasty: Callable[[], bool],
    ) -> None:
        """`names` says what each variable is called now."""
        self._conditions, self._query, self._evidence, self._library = conditions, query, evidence, library
        self._voice, self._rng, self._names, self._is_hasty = voice, rng, names, is_hasty
        self._opened: set[str] = set()
        self._running: dict[tuple[str, ...], Iterator[Turn | None]] = {}

    def listing(self, item: Condition, bound: Bound, source: str, target: str) -> Turn | None:
        """The next call that may show values of the open end; None if there is nothing to try now."""
        key = ("list", str(item.number), bound[source])
        if key not in self._running:
            noun = "" if is_single(item, source) else f" {self._conditions.kinds[target]}"
            subject = _Subject(item, dict(bound), (source,), source, noun, self._kind(target))
            self._running[key] = self._calls(subject)
        return next(self._running[key], None)

    def checking(self, item: Condition, bound: Bound, end: str) -> Turn | None:
        """The next call that may decide a condition whose ends are all bound, read off pages about `end`."""
        key = ("check", str(item.number), end, *(bound[name] for name in item.ends))
        if key not in self._running:
            others = item.ends if isinstance(item.constraint, FactAtom) else ()
            named = (end, *(name for name in others if name != end))
            kind = self._kind(named[1]) if len(named) > 1 else ""
            self._running[key] = self._calls(_Subject(item, dict(bound), named, end, "", kind))
        return next(self._running[key], None)

    def _kind(self, name: str) -> str:
        return self._query.variable(name).type

    def _calls(self, subject: _Subject) -> Iterator[Turn | None]:
        """Search for the quoted names and open a page about the first; then a page about what we look for that names
        it, other words (the names unquoted, which finds those who go by another one), and the other pages about it."""
        item, bound, about = subject.item, subject.bound, subject.about
        names = [self._evidence.call(bound[name]) for name in subject.named]
        quoted = " ".join(f'"{name}"' for name in names)
        said = item.say(self._names(bound))
        lead = self._voice.say(SEARCH, n=item.number, text=said)
        own_way = own_words(item, self._rng)
        words = own_way or usual_words(item, about, self._rng)
        yield Turn(lead, "search", f"{quoted} {words}{subject.noun}")
        hits = list(self._evidence.latest_hits)
        pages = [hit for hit in hits if self._topic(hit) == bound[about]]
        if _must_have(item, about):
            yield from self._visit(item, said, pages, 1)
        while self._is_hasty():
            yield None
        yield from self._visit(item, said, pages, 1)
        yield from self._visit(item, said, [hit for hit in hits if self._topic_type(hit) == subject.kind], 1)
        if own_way:
            query = f"{quoted} {usual_words(item, about, self._rng)}{subject.noun}"
        else:
            query = " ".join([*names, other_words(item, about, self._rng)]) + subject.noun
        yield Turn(self._voice.say(AGAIN, n=item.number, text=said), "search", query)
        hits += self._evidence.latest_hits
        yield from self._visit(item, said, [hit for hit in hits if self._topic(hit) == bound[about]], 2)

    def _visit(self, item: Condition, goal: str, blocks: list[Block], most: int) -> Iterator[Turn]:
        """The first pages not opened yet."""
        n_opened = 0
        for block in blocks:
            if n_opened < most and block.can_open and block.url not in self._opened:
                self._opened.add(block.url)
                n_opened += 1
                said = self._voice.say(VISIT, title=block.title, n=item.number, text=goal)
                yield Turn(said, "visit", block.url, goal)

    def _topic(self, block: Block) -> str | None:
        """The entity that the title of a page names, unless the title tells that it says little."""
        return None if DULL.match(block.title) else self._library.topic(block.url)

    def _topic_type(self, block: Block) -> str | None:
        topic = self._topic(block)
        return None if topic is None else self._library.type_of(topic)


def breadth(atom: FactAtom, from_subject: bool) -> int:
    """How many values a known end is likely to have: 0 one, 1 some, MANY (places and institutions hold many)."""
    property_ = properties()[atom.property]
    if property_.functional and (from_subject or property_.symmetric):
        return 0
    known = property_.subject if from_subject else property_.object
    return MANY if not from_subject and set(known) & _CROWDED else 1


def is_single(item: Condition, source: str) -> bool:
    """Whether the known end has one value only, so that there is nothing more to look for once it is found."""
    atom = item.constraint
    return isinstance(atom, FactAtom) and breadth(atom, atom.subject == source) == 0


def _must_have(item: Condition, end: str) -> bool:
    """Whether every such entity has one value of the property, so that its page is likely to tell."""
    constraint = item.constraint
    return not isinstance(constraint, FactAtom) or breadth(constraint, constraint.subject == end) == 0
