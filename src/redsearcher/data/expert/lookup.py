"""Which call comes next to list the values of a variable, or to check a condition of one candidate."""

import re
from collections.abc import Callable, Iterator
from random import Random

from redsearcher.data.expert.condition import Condition, Conditions
from redsearcher.data.expert.evidence import Block, Evidence
from redsearcher.data.expert.library import Library
from redsearcher.data.expert.query import other_words, relation_words
from redsearcher.data.expert.turn import Bound, Turn
from redsearcher.data.expert.words import AGAIN, SEARCH, VISIT, Voice
from redsearcher.records.query import FactAtom
from redsearcher.world.property import properties

DULL = re.compile(r"(Opinion|Comment|Letters|Readers write|Weather|Outlook|Notes from|Days in|An evening|Applause)\b")
"""Titles of pages that say little."""
_CROWDED = frozenset({"country", "region", "city", "award", "university", "company"})


class Lookups:
    """Hands out calls one by one and remembers how far it got, so that nothing is asked twice.

    While `is_hasty` says that other candidates are left, a name gets a search and one page; afterwards, or in a second
    round, also other words and another page.
    """

    def __init__(
        self,
        conditions: Conditions,
        evidence: Evidence,
        library: Library,
        voice: Voice,
        rng: Random,
        is_hasty: Callable[[], bool],
    ) -> None:
        self._conditions, self._evidence, self._library = conditions, evidence, library
        self._voice, self._rng, self._is_hasty = voice, rng, is_hasty
        self._opened: set[str] = set()
        self._running: dict[tuple[str, ...], Iterator[Turn | None]] = {}

    def listing(self, item: Condition, bound: Bound, source: str, target: str) -> Turn | None:
        """The next call that may show values of the open end; None if there is nothing to try now."""
        key = ("list", str(item.number), bound[source])
        if key not in self._running:
            noun = "" if is_single(item, source) else f" {self._conditions.kinds[target]}"
            self._running[key] = self._calls(item, dict(bound), [source], source, noun)
        return next(self._running[key], None)

    def checking(self, item: Condition, bound: Bound, end: str) -> Turn | None:
        """The next call that may decide a condition whose ends are all bound, read off pages about `end`."""
        key = ("check", str(item.number), end, *(bound[name] for name in item.ends))
        if key not in self._running:
            others = item.ends if isinstance(item.constraint, FactAtom) else ()
            named = [end, *(name for name in others if name != end)]
            self._running[key] = self._calls(item, dict(bound), named, end, "")
        return next(self._running[key], None)

    def _calls(
        self, item: Condition, bound: Bound, named: list[str], about: str, noun: str
    ) -> Iterator[Turn | None]:
        """Search for the quoted names, open a page about the first; then the names unquoted and in other words."""
        names = [self._evidence.call(bound[name]) for name in named]
        quoted = " ".join(f'"{name}"' for name in names)
        said = item.say(self.names(bound))
        lead = self._voice.say(SEARCH, n=item.number, text=said)
        yield Turn(lead, "search", f"{quoted} {relation_words(item, about, self._rng)}{noun}")
        yield from self._visit(item, said, bound[about])
        while self._is_hasty():
            yield None
        query = " ".join([*names, other_words(item, about, self._rng)]) + noun
        yield Turn(self._voice.say(AGAIN, n=item.number, text=said), "search", query)
        yield from self._visit(item, said, bound[about])

    def _visit(self, item: Condition, goal: str, about: str) -> Iterator[Turn]:
        """The first page that was not opened yet, among the results seen last, whose title names the entity."""
        for block in self._evidence.latest_hits:
            if self._is_open_to(block, about):
                self._opened.add(block.url)
                said = self._voice.say(VISIT, title=block.title, n=item.number, text=goal)
                yield Turn(said, "visit", block.url, goal)
                return

    def _is_open_to(self, block: Block, about: str) -> bool:
        if block.url in self._opened or DULL.match(block.title):
            return False
        return self._library.topic(block.url) == about

    def names(self, bound: Bound) -> dict[str, str]:
        """What each variable is called now: its value's name, or its letter."""
        values = {name: self._evidence.call(entity) for name, entity in bound.items()}
        return {**self._conditions.letters, **values}


def breadth(atom: FactAtom, from_subject: bool) -> int:
    """How many values a known end is likely to have: 0 one, 1 some, 2 many (places and states hold many)."""
    property_ = properties()[atom.property]
    if property_.functional and (from_subject or property_.symmetric):
        return 0
    known = property_.subject if from_subject else property_.object
    return 2 if not from_subject and set(known) & _CROWDED else 1


def is_single(item: Condition, source: str) -> bool:
    """Whether the known end has one value only, so that there is nothing more to look for once it is found."""
    atom = item.constraint
    return isinstance(atom, FactAtom) and breadth(atom, atom.subject == source) == 0
