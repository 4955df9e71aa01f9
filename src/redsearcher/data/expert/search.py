"""The expert's search for one question: a depth-first search that reads, lists, checks, drops and goes on.

It is written as a generator: it yields turns and is sent what the tools returned. What it may conclude rests on the
evidence delivered so far; the world's truth is never consulted.
"""

from collections.abc import Generator
from random import Random

from pydantic import Field

from redsearcher.core.config import Config
from redsearcher.data.expert.condition import Condition, Conditions
from redsearcher.data.expert.evidence import Block, Evidence
from redsearcher.data.expert.judge import Judge, Verdict
from redsearcher.data.expert.library import Library
from redsearcher.data.expert.lookup import MANY, Lookups, breadth, is_single
from redsearcher.data.expert.query import property_of
from redsearcher.data.expert.report import Found, Reporter
from redsearcher.data.expert.turn import Bound, Choice, Turn
from redsearcher.data.expert.words import (
    ALL_HOLD,
    CLOSER,
    GIVE_UP,
    GUESS,
    NONE_LEFT,
    OUT,
    TRY,
    Voice,
    listed,
)
from redsearcher.records.query import CompareAtom, FactAtom, Query

Steps = Generator[Turn, list[str], bool]


class ExpertConfig(Config):
    """How the expert goes about it."""

    max_calls: int = Field(default=24, ge=1)
    """Calls after which it gives up."""
    rounds: int = Field(default=2, ge=1)
    """How often it goes through the candidates, closer each time, before it gives up."""
    wrong_turn: float = Field(default=0.12, ge=0, le=1)
    """How often it follows up a name that merely stands near the one it searched for."""


class _GaveUpError(Exception):
    """The bound on calls is reached."""


class Search:
    """One question's search. `run` yields turns until the last one."""

    def __init__(
        self, conditions: Conditions, query: Query, library: Library, config: ExpertConfig, rng: Random
    ) -> None:
        self._conditions, self._query, self._library, self._config, self._rng = conditions, query, library, config, rng
        self._bound: dict[str, str] = {v.name: v.entity for v in query.givens if v.entity is not None}
        known = ((self._bound[name], label) for name, label in conditions.names.items())
        self._evidence = Evidence(library, known)
        self._judge = Judge(self._evidence)
        self._voice = Voice(rng)
        self._reporter = Reporter(conditions, self._evidence, self._voice)
        self._lookups = Lookups(
            conditions, query, self._evidence, library, self._voice, rng, self._reporter.names, self._is_hasty
        )
        self._notes: list[str] = []
        self._trail: list[Choice] = []
        self._held: list[int] = []
        self._round = 0
        self._n_calls = 0
        self._n_wrong = 0
        self._is_straying = False

    def run(self) -> Generator[Turn, list[str], None]:
        """Turns to the end; send the contents of the observations of each."""
        self._notes.append(self._conditions.restate())
        solved = False
        try:
            for number in range(self._config.rounds):
                self._round = number
                if number:
                    self._say(CLOSER)
                solved = yield from self._solve(self._bound, ())
                if solved:
                    break
        except _GaveUpError:
            solved = False
        if not solved:
            self._notes.append(self._voice.say(GIVE_UP))
            yield Turn(self._flush(), "answer")

    def forced(self) -> Turn:
        """The last turn when no call is left: the candidate at hand if half of the conditions hold, or nothing."""
        taken = {choice.variable: choice.value for choice in self._trail}
        best = taken.get(self._query.answer.name)
        if best is not None and 2 * len(self._held) >= len(self._conditions.items):
            name = self._evidence.call(best)
            return Turn(f"Not all conditions are checked; {name} fits so far.", "answer", answer=name)
        return Turn(self._voice.say(GIVE_UP), "answer")

    def _is_hasty(self) -> bool:
        """Whether something else is left to try before looking closer at one name."""
        return self._is_straying or (self._round == 0 and any(choice.left for choice in self._trail))

    # ---- the search tree

    def _solve(self, bound: Bound, held: tuple[int, ...]) -> Steps:
        self._held = list(held)
        owed = [item for item in self._conditions.items if item.number not in held]
        if not owed:
            yield self._answer(bound)
            return True
        item = self._choose(owed, bound)
        if item is None:
            return False
        if all(end in bound for end in item.ends):
            fits = yield from self._check(item, bound)
            return fits and (yield from self._solve(bound, (*held, item.number)))
        return (yield from self._expand(item, bound, held))

    def _choose(self, owed: list[Condition], bound: Bound) -> Condition | None:
        """What evidence already decides, then checks, then conditions with one known end, the narrowest first."""
        ranked = [(rank, item.number, item) for item in owed if (rank := self._rank(item, bound)) is not None]
        return min(ranked)[2] if ranked else None

    def _rank(self, item: Condition, bound: Bound) -> int | None:
        if all(end in bound for end in item.ends):
            return 0 if self._judge.verdict(item, bound).known else 1
        if not isinstance(item.constraint, FactAtom) or not any(end in bound for end in item.ends):
            return None
        target = next(end for end in item.ends if end not in bound)
        is_tied_twice = self._partner(item, bound, target) is not None
        return 2 + 2 * breadth(item.constraint, item.constraint.subject in bound) - is_tied_twice

    def _expand(self, item: Condition, bound: Bound, held: tuple[int, ...], beside: Condition | None = None) -> Steps:
        """Try every value that the evidence gives for the open end, in the order of sight; look for more when none is
        left. `beside`: the condition whose longer list was looked at already."""
        source, target = sorted(item.ends, key=lambda end: end not in bound)
        tried: set[str] = set()
        shown = self._values(item, bound, source, target) if beside is not None else []
        partner = self._partner(item, bound, target) if beside is None else None
        while True:
            options = [e for e in self._values(item, bound, source, target) if e not in tried]
            if not options:
                if tried and is_single(item, source):
                    return False
                if not (yield from self._look_further(item, bound, source, target, tried)):
                    return False
                continue
            if set(options) - set(shown):
                self._say_found(item, bound, target, options)
                shown = options
            if len(options) > 1 and partner is not None:
                found = yield from self._list_partner(partner, bound, target)
                if found and len(found) < len(options) and not set(found) & set(options):
                    return (yield from self._expand(partner, bound, held, item))
                partner = None
            value = self._first(options, bound, target, held, item)
            tried.add(value)
            left = [e for e in options if e != value]
            if left or len(tried) > 1:
                self._say(TRY, letter=self._conditions.letters[target], name=self._evidence.call(value))
            if (yield from self._try(target, value, left, bound, (*held, item.number))):
                return True

    def _try(self, target: str, value: str, left: list[str], bound: Bound, held: tuple[int, ...]) -> Steps:
        self._trail.append(Choice(target, value, tuple(left)))
        if (yield from self._solve({**bound, target: value}, held)):
            return True
        self._trail.pop()
        self._held = list(held[:-1])
        self._say(OUT, letter=self._conditions.letters[target], name=self._evidence.call(value))
        return False

    def _partner(self, item: Condition, bound: Bound, target: str) -> Condition | None:
        """Another condition that ties the open end to a known one with a short list: that list, laid beside the first,
        saves checks."""
        for other in self._conditions.items:
            atom = other.constraint
            if other is item or target not in other.ends or not isinstance(atom, FactAtom):
                continue
            known = [end for end in other.ends if end in bound]
            if known and breadth(atom, atom.subject == known[0]) < MANY:
                return other
        return None

    def _list_partner(self, partner: Condition, bound: Bound, target: str) -> Generator[Turn, list[str], list[str]]:
        source = next(end for end in partner.ends if end != target)
        if not self._values(partner, bound, source, target):
            turn = self._lookups.listing(partner, bound, source, target)
            if turn is not None:
                yield from self._act(turn)
        found = self._values(partner, bound, source, target)
        self._say_found(partner, bound, target, found)
        return found

    def _first(self, options: list[str], bound: Bound, target: str, held: tuple[int, ...], item: Condition) -> str:
        """The option that most other conditions are seen to hold for, the first seen among equals."""

        def score(entity: str) -> int:
            trial = {**bound, target: entity}
            others = [c for c in self._conditions.items if c is not item and c.number not in held and target in c.ends]
            verdicts = [self._judge.verdict(c, trial) for c in others if all(end in trial for end in c.ends)]
            return sum(v.known and v.fits for v in verdicts)

        return max(options, key=score)

    def _look_further(self, item: Condition, bound: Bound, source: str, target: str, tried: set[str]) -> Steps:
        letter = self._conditions.letters[target]
        turn = self._lookups.listing(item, bound, source, target)
        if turn is None:
            self._say(NONE_LEFT, n=item.number, letter=letter)
            return False
        before = len(self._evidence.blocks)
        yield from self._act(turn)
        if [e for e in self._values(item, bound, source, target) if e not in tried]:
            return True
        self._say_found(item, bound, target, [])
        if self._n_wrong == 0 and self._rng.random() < self._config.wrong_turn:
            yield from self._stray(item, bound, target, self._evidence.blocks[before:])
        return True

    def _stray(self, item: Condition, bound: Bound, target: str, blocks: list[Block]) -> Steps:
        """A wrong turn: look at a name of the right kind that stands there, though nothing says that it fits."""
        type_ = self._query.variable(target).type
        for block in blocks:
            for entity in self._library.names.named(f"{block.title}. {block.text}", type_):
                if entity in bound.values() or not self._evidence.meet(entity, block):
                    continue
                self._n_wrong += 1
                letter, name = self._conditions.letters[target], self._evidence.call(entity)
                self._say(GUESS, letter=letter, name=name)
                self._is_straying = True
                fits = yield from self._check(item, {**bound, target: entity})
                self._is_straying = False
                if not fits:
                    self._say(OUT, letter=letter, name=name)
                return fits
        return False

    # ---- one condition of one candidate

    def _check(self, item: Condition, bound: Bound) -> Steps:
        verdict = self._judge.verdict(item, bound)
        is_told = False
        for end in self._ends_to_read(item, bound):
            while not verdict.known and self._lacks(item, bound, end):
                turn = self._lookups.checking(item, bound, end)
                if turn is None:
                    break
                yield from self._act(turn)
                verdict = self._judge.verdict(item, bound)
                self._say_verdict(item, bound, verdict)
                is_told = True
            if not verdict.known and self._lacks(item, bound, end):
                break
        if not is_told:
            self._say_verdict(item, bound, verdict)
        return verdict.known and verdict.fits

    def _ends_to_read(self, item: Condition, bound: Bound) -> list[str]:
        """The ends whose pages must be read: both of a comparison, else the one that was bound last."""
        if isinstance(item.constraint, CompareAtom):
            return list(item.ends)
        order = list(bound)
        return [max(item.ends, key=order.index)]

    def _lacks(self, item: Condition, bound: Bound, end: str) -> bool:
        """Whether the pages about that end still owe us something."""
        if isinstance(item.constraint, FactAtom):
            return True
        return self._evidence.value(property_of(item, end), bound[end]) is None

    def _values(self, item: Condition, bound: Bound, source: str, target: str) -> list[str]:
        """Entities seen at the open end, of its kind, none that the question names or another variable has already."""
        atom = item.constraint
        if not isinstance(atom, FactAtom):
            return []
        if source == atom.subject:
            found = self._evidence.objects(atom.property, bound[source])
        else:
            found = self._evidence.subjects(atom.property, bound[source])
        kind, taken = self._query.variable(target).type, set(bound.values())
        return [entity for entity in found if self._library.type_of(entity) == kind and entity not in taken]

    # ---- turns and words

    def _act(self, turn: Turn) -> Generator[Turn, list[str], None]:
        """Make a call; what was noted since the last one goes into its thought."""
        if self._n_calls >= self._config.max_calls:
            raise _GaveUpError
        self._n_calls += 1
        self._notes += [self._state(), turn.thought]
        contents = yield turn._replace(thought=self._flush())
        self._evidence.read(contents)

    def _answer(self, bound: Bound) -> Turn:
        name = self._evidence.call(bound[self._query.answer.name])
        names = self._reporter.names(bound)
        said = [f"{item.number}) {item.say(names)}" for item in self._conditions.items]
        self._notes += [self._voice.say(ALL_HOLD), *said]
        return Turn(self._flush(), "answer", answer=name)

    def _state(self) -> str:
        """Where the search stands: values on trial with those left, and what holds."""
        parts = []
        for choice in self._trail:
            letter, value = self._conditions.letters[choice.variable], self._evidence.call(choice.value)
            left = listed([self._evidence.call(entity) for entity in choice.left])
            parts.append(f"{letter} = {value}" + (f" (left: {left})" if left else ""))
        if self._held:
            parts.append(f"ok {', '.join(map(str, sorted(self._held)))}")
            owed = [str(item.number) for item in self._conditions.items if item.number not in self._held]
            parts.append(f"open {', '.join(owed)}")
        return f"[{'; '.join(parts)}]" if parts else ""

    def _say(self, options: tuple[str, ...], **parts: object) -> None:
        self._notes.append(self._voice.say(options, **parts))

    def _say_found(self, item: Condition, bound: Bound, target: str, found: list[str]) -> None:
        source = next(end for end in item.ends if end != target)
        self._notes += self._reporter.found(Found(item, target, found, is_single(item, source)), bound)

    def _say_verdict(self, item: Condition, bound: Bound, verdict: Verdict) -> None:
        self._notes += self._reporter.verdict(item, bound, verdict)

    def _flush(self) -> str:
        said = "\n".join(note for note in self._notes if note)
        self._notes = []
        return said
