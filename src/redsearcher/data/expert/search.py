"""The expert's search for one question: a depth-first search that reads, lists, checks, drops and goes on.

It is written as a generator: it yields turns and is sent what the tools returned. What it may conclude rests on the
evidence delivered so far; the world's truth is never consulted.
"""

import re
from collections.abc import Generator, Iterator, Mapping
from random import Random
from typing import Literal, NamedTuple

from redsearcher.core.config import Config
from redsearcher.data.expert.condition import Condition, Conditions
from redsearcher.data.expert.evidence import Block, Evidence
from redsearcher.data.expert.judge import Judge, Verdict
from redsearcher.data.expert.library import Library
from redsearcher.data.expert.query import other_words, property_of, relation_words
from redsearcher.data.expert.words import (
    AGAIN,
    ALL_HOLD,
    FOUND,
    GIVE_UP,
    GUESS,
    NO,
    NONE_LEFT,
    NOTHING,
    OUT,
    SEARCH,
    TRY,
    UNSTATED,
    VISIT,
    YES,
    Voice,
    listed,
)
from redsearcher.records.query import CompareAtom, FactAtom, Query
from redsearcher.world.property import properties

DULL = re.compile(r"(Opinion|Comment|Letters|Readers write|Weather|Outlook|Notes from|Days in|An evening|Applause)\b")
"""Titles of pages that say little."""

Bound = Mapping[str, str]


class ExpertConfig(Config):
    """How the expert goes about it."""

    max_calls: int = 24
    """Calls after which it gives up."""
    wrong_turn: float = 0.12
    """How often it follows up a name that merely stands near the one it searched for."""
    per_check: int = 2
    """Calls spent on checking one condition of one candidate."""


class Turn(NamedTuple):
    """One turn: what it thinks, and a call, or (kind answer) the end; `answer` None gives up."""

    thought: str
    kind: Literal["search", "visit", "answer"]
    text: str = ""
    goal: str = ""
    answer: str | None = None


Steps = Generator[Turn, list[str], bool]


class Choice(NamedTuple):
    """A variable under trial: its letter, the value taken, those left to try."""

    variable: str
    value: str
    left: tuple[str, ...]


class _GaveUpError(Exception):
    """The bound on calls is reached."""


class Search:
    """One question's search. `run` yields turns until the last one."""

    def __init__(
        self, conditions: Conditions, query: Query, library: Library, config: ExpertConfig, rng: Random
    ) -> None:
        self.conditions, self.query, self.library, self.config, self.rng = conditions, query, library, config, rng
        self.bound: dict[str, str] = {v.name: v.entity for v in query.givens if v.entity is not None}
        self.evidence = Evidence(library, ((self.bound[name], label) for name, label in conditions.names.items()))
        self.judge = Judge(self.evidence)
        self.voice = Voice(rng)
        self.notes: list[str] = []
        self.trail: list[Choice] = []
        self.held: list[int] = []
        self.missed: set[tuple[str, ...]] = set()
        self.opened: set[str] = set()
        self.n_calls = 0
        self.n_wrong = 0

    def run(self) -> Generator[Turn, list[str], None]:
        """Turns to the end; send the contents of the observations of each."""
        self.notes.append(self.conditions.restate())
        try:
            solved = yield from self._solve(self.bound, ())
        except _GaveUpError:
            solved = False
        if not solved:
            self.notes.append(self.voice.say(GIVE_UP))
            yield Turn(self._flush(), "answer")

    def forced(self) -> Turn:
        """The last turn when no call is left: the candidate at hand if half of the conditions hold, or nothing."""
        taken = {choice.variable: choice.value for choice in self.trail}
        best = taken.get(self.query.answer.name)
        if best is not None and 2 * len(self.held) >= len(self.conditions.items):
            name = self.evidence.call(best)
            return Turn(f"Not all conditions are checked; {name} fits so far.", "answer", answer=name)
        return Turn(self.voice.say(GIVE_UP), "answer")

    # ---- the search tree

    def _solve(self, bound: Bound, held: tuple[int, ...]) -> Steps:
        self.held = list(held)
        owed = [item for item in self.conditions.items if item.number not in held]
        if not owed:
            yield self._answer(bound)
            return True
        item = self._choose(owed, bound)
        if item is None:
            return False
        if all(end in bound for end in item.ends):
            fits = yield from self._check(item, bound)
            if not fits:
                return False
            return (yield from self._solve(bound, (*held, item.number)))
        return (yield from self._expand(item, bound, held))

    def _choose(self, owed: list[Condition], bound: Bound) -> Condition | None:
        """What evidence already decides, then checks, then conditions with one known end, the narrowest first."""
        ranked = [(self._rank(item, bound), item.number, item) for item in owed]
        ranked = [row for row in ranked if row[0] < 9]
        return min(ranked)[2] if ranked else None

    def _rank(self, item: Condition, bound: Bound) -> int:
        if all(end in bound for end in item.ends):
            return 0 if self.judge.verdict(item, bound).known else 1
        if not isinstance(item.constraint, FactAtom) or not any(end in bound for end in item.ends):
            return 9
        return 2 + breadth(item.constraint, item.constraint.subject in bound)

    def _expand(self, item: Condition, bound: Bound, held: tuple[int, ...]) -> Steps:
        """Try every value that the evidence gives for the open end, in the order of sight; look for more when none is
        left."""
        source = next(end for end in item.ends if end in bound)
        target = next(end for end in item.ends if end not in bound)
        letter = self.conditions.letters[target]
        tried: set[str] = set()
        shown: list[str] = []
        lookups = self._lookups(item, bound, source)
        partner = self._partner(item, bound, target)
        while True:
            options = [e for e in self._values(item, bound, source, target) if e not in tried]
            if not options:
                if self._is_single(item, source) and tried:
                    return False
                if not (yield from self._look_further(item, bound, target, tried, lookups)):
                    return False
                continue
            if set(options) - set(shown):
                names = listed([self.evidence.call(e) for e in options])
                self.notes.append(self.voice.say(FOUND, n=item.number, letter=letter, names=names))
                shown = options
            if len(options) > 1 and partner is not None:
                yield from self._list_partner(partner, bound, target)
                partner = None
            value = self._first(options, bound, target, held, item)
            tried.add(value)
            left = [e for e in options if e != value]
            if left or len(tried) > 1:
                self.notes.append(self.voice.say(TRY, letter=letter, name=self.evidence.call(value)))
            if (yield from self._try(target, value, left, bound, (*held, item.number))):
                return True

    def _is_single(self, item: Condition, source: str) -> bool:
        """Whether the known end has one value only, so that there is nothing more to look for."""
        atom = item.constraint
        return isinstance(atom, FactAtom) and breadth(atom, atom.subject == source) == 0

    def _partner(self, item: Condition, bound: Bound, target: str) -> Condition | None:
        """Another condition that ties the open end to a known one: its list, laid beside the first, saves checks."""
        for other in self.conditions.items:
            ties = other is not item and target in other.ends and isinstance(other.constraint, FactAtom)
            if ties and any(end in bound for end in other.ends):
                return other
        return None

    def _list_partner(self, partner: Condition, bound: Bound, target: str) -> Steps:
        source = next(end for end in partner.ends if end != target)
        if not self._values(partner, bound, source, target):
            turn = next(self._lookups(partner, bound, source))
            yield from self._act(turn)
        letter = self.conditions.letters[target]
        found = [self.evidence.call(e) for e in self._values(partner, bound, source, target)]
        if found:
            self.notes.append(self.voice.say(FOUND, n=partner.number, letter=letter, names=listed(found)))
        else:
            self.notes.append(self.voice.say(NOTHING, n=partner.number, letter=letter))
        return bool(found)

    def _first(self, options: list[str], bound: Bound, target: str, held: tuple[int, ...], item: Condition) -> str:
        """The option that most other conditions are seen to hold for, the first seen among equals."""

        def score(entity: str) -> int:
            trial = {**bound, target: entity}
            others = [c for c in self.conditions.items if c is not item and c.number not in held and target in c.ends]
            verdicts = [self.judge.verdict(c, trial) for c in others if all(end in trial for end in c.ends)]
            return sum(v.known and v.fits for v in verdicts)

        return max(options, key=score)

    def _try(self, target: str, value: str, left: list[str], bound: Bound, held: tuple[int, ...]) -> Steps:
        self.trail.append(Choice(target, value, tuple(left)))
        if (yield from self._solve({**bound, target: value}, held)):
            return True
        self.trail.pop()
        self.held = [number for number in held if number != held[-1]]
        letter = self.conditions.letters[target]
        self.notes.append(self.voice.say(OUT, letter=letter, name=self.evidence.call(value)))
        return False

    def _look_further(
        self, item: Condition, bound: Bound, target: str, tried: set[str], lookups: Iterator[Turn]
    ) -> Steps:
        letter = self.conditions.letters[target]
        turn = next(lookups, None)
        if turn is None:
            self.notes.append(self.voice.say(NONE_LEFT, n=item.number, letter=letter))
            return False
        before = len(self.evidence.blocks)
        yield from self._act(turn)
        source = next(end for end in item.ends if end in bound)
        if [e for e in self._values(item, bound, source, target) if e not in tried]:
            return True
        self.notes.append(self.voice.say(NOTHING, n=item.number, letter=letter))
        if self.n_wrong == 0 and self.rng.random() < self.config.wrong_turn:
            yield from self._stray(item, bound, target, self.evidence.blocks[before:])
        return True

    def _stray(self, item: Condition, bound: Bound, target: str, blocks: list[Block]) -> Steps:
        """A wrong turn: look at a name of the right kind that stands there, though nothing says that it fits."""
        type_ = self.query.variable(target).type
        for block in blocks:
            for entity in self.library.names.named(f"{block.title}. {block.text}", type_):
                if entity in bound.values() or not self.evidence.meet(entity, block):
                    continue
                self.n_wrong += 1
                letter, name = self.conditions.letters[target], self.evidence.call(entity)
                self.notes.append(self.voice.say(GUESS, letter=letter, name=name))
                yield from self._check(item, {**bound, target: entity})
                return True
        return False

    # ---- one condition of one candidate

    def _check(self, item: Condition, bound: Bound) -> Steps:
        key = (str(item.number), *(bound[end] for end in item.ends))
        verdict = self.judge.verdict(item, bound)
        for end in self._ends_to_read(item, bound):
            for turn in self._checks(item, bound, end) if key not in self.missed else ():
                if verdict.known or not self._lacks(item, bound, end):
                    break
                yield from self._act(turn)
                verdict = self.judge.verdict(item, bound)
            if not verdict.known and self._lacks(item, bound, end):
                break
        self.notes.append(self._said(item, bound, verdict))
        if not verdict.known:
            self.missed.add(key)
        return verdict.known and verdict.fits

    def _said(self, item: Condition, bound: Bound, verdict: Verdict) -> str:
        options = UNSTATED if not verdict.known else YES if verdict.fits else NO
        text = verdict.because or item.say(self._names(bound))
        return self.voice.say(options, n=item.number, text=text)

    def _ends_to_read(self, item: Condition, bound: Bound) -> list[str]:
        """The ends whose pages must be read: both of a comparison, else the one that was bound last."""
        if isinstance(item.constraint, CompareAtom):
            return list(item.ends)
        order = list(bound)
        return [max(item.ends, key=order.index)]

    def _lacks(self, item: Condition, bound: Bound, end: str) -> bool:
        if isinstance(item.constraint, FactAtom):
            return True
        return self.evidence.value(property_of(item, end), bound[end]) is None

    # ---- calls

    def _checks(self, item: Condition, bound: Bound, end: str) -> Iterator[Turn]:
        """Search for both names, then open pages about the candidate that the results offer."""
        names = [f'"{self.evidence.call(bound[end])}"']
        if isinstance(item.constraint, FactAtom):
            names += [f'"{self.evidence.call(bound[other])}"' for other in item.ends if other != end]
        query = " ".join([*names, relation_words(item, end, self.rng)])
        yield Turn(self._next(SEARCH, item, bound), "search", query)
        for _ in range(self.config.per_check - 1):
            block = self._page_to_open([bound[end]])
            if block is None:
                return
            yield self._visit(item, bound, block)

    def _lookups(self, item: Condition, bound: Bound, source: str) -> Iterator[Turn]:
        """Search from the known end, open a page about it; from a name of the question also with other words."""
        name = f'"{self.evidence.call(bound[source])}"'
        yield Turn(self._next(SEARCH, item, bound), "search", f"{name} {relation_words(item, source, self.rng)}")
        for attempt in range(2):
            block = self._page_to_open([bound[source]])
            if block is not None:
                yield self._visit(item, bound, block)
            if attempt or source not in self.conditions.names:
                return
            words = other_words(item, source, self.rng)
            yield Turn(self._next(AGAIN, item, bound), "search", f"{name} {words}")

    def _page_to_open(self, about: list[str]) -> Block | None:
        """The first page not opened yet, among what came back last, whose title names what we ask about."""
        for block in self.evidence.latest_hits:
            if block.url in self.opened or DULL.match(block.title):
                continue
            if any(self.evidence.call(entity) in block.title for entity in about):
                return block
        return None

    def _visit(self, item: Condition, bound: Bound, block: Block) -> Turn:
        goal = item.say(self._names(bound))
        said = self.voice.say(VISIT, title=block.title, n=item.number, text=goal)
        return Turn(said, "visit", block.url, goal)

    def _act(self, turn: Turn) -> Generator[Turn, list[str], None]:
        if self.n_calls >= self.config.max_calls:
            raise _GaveUpError
        self.n_calls += 1
        if turn.kind == "visit":
            self.opened.add(turn.text)
        self.notes.append(self._state())
        self.notes.append(turn.thought)
        contents = yield turn._replace(thought=self._flush())
        self.evidence.read(contents)

    # ---- words

    def _values(self, item: Condition, bound: Bound, source: str, target: str) -> list[str]:
        """Entities seen at the open end, of its kind, none that another variable of the kind has already."""
        atom = item.constraint
        assert isinstance(atom, FactAtom)
        if source == atom.subject:
            found = self.evidence.objects(atom.property, bound[source])
        else:
            found = self.evidence.subjects(atom.property, bound[source])
        kind = self.query.variable(target).type
        taken = set(bound.values())
        return [entity for entity in found if self.library.type_of(entity) == kind and entity not in taken]

    def _names(self, bound: Bound) -> dict[str, str]:
        return {**self.conditions.letters, **{name: self.evidence.call(entity) for name, entity in bound.items()}}

    def _next(self, options: tuple[str, ...], item: Condition, bound: Bound) -> str:
        return self.voice.say(options, n=item.number, text=item.say(self._names(bound)))

    def _state(self) -> str:
        """Where the search stands: values on trial with those left, and what holds."""
        parts = []
        for choice in self.trail:
            letter, value = self.conditions.letters[choice.variable], self.evidence.call(choice.value)
            left = listed([self.evidence.call(entity) for entity in choice.left])
            parts.append(f"{letter} = {value}" + (f" (left: {left})" if left else ""))
        if self.held:
            parts.append(f"ok {', '.join(map(str, sorted(self.held)))}")
        return f"[{'; '.join(parts)}]" if parts else ""

    def _answer(self, bound: Bound) -> Turn:
        name = self.evidence.call(bound[self.query.answer.name])
        names = self._names(bound)
        said = "\n".join(f"{item.number}) {item.say(names)}" for item in self.conditions.items)
        self.notes.append(f"{self.voice.say(ALL_HOLD)}\n{said}")
        return Turn(self._flush(), "answer", answer=name)

    def _flush(self) -> str:
        said = "\n".join(note for note in self.notes if note)
        self.notes = []
        return said


def breadth(atom: FactAtom, from_subject: bool) -> int:
    """How many values a known end is likely to have: 0 one, 1 some, 2 many (places and states hold many)."""
    property_ = properties()[atom.property]
    if property_.functional and (from_subject or property_.symmetric):
        return 0
    places = {"country", "region", "city", "award", "university", "company"}
    known = property_.subject if from_subject else property_.object
    return 2 if not from_subject and set(known) & places else 1
