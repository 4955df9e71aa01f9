"""What the expert says of what it read: the condition it reads for, the texts it goes through, and what follows.

It reads aloud: every text in the order in which it stands, then which relations it states, and of each whether it is
the one asked for. Whoever learns from it never has to find the right place at once: it copies on, names what it has
just copied, and compares two names.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from redsearcher.data.expert.condition import Condition, Conditions
from redsearcher.data.expert.evidence import Block, Evidence, Sight
from redsearcher.data.expert.judge import Verdict
from redsearcher.data.expert.query import tag, tags
from redsearcher.data.expert.words import (
    ASKED,
    FOUND,
    MOST_REPEATED,
    NO,
    NOTHING,
    STATED,
    UNSTATED,
    YES,
    Voice,
    listed,
    quotation,
    recital,
)
from redsearcher.records.query import FactAtom

_GAP = "..."
"""What snippets put where they leave something out."""


class Found(NamedTuple):
    """What a condition with one known end reads for: its open end, and the values seen there. `single`: there is no
    second value to read on for."""

    item: Condition
    target: str
    values: list[str]
    single: bool


class Reporter:
    """Words findings."""

    def __init__(self, conditions: Conditions, evidence: Evidence, voice: Voice) -> None:
        self._letters, self._evidence, self._voice = conditions.letters, evidence, voice
        self._kinds = {name: f"{conditions.kinds[name]} {letter}" for name, letter in conditions.letters.items()}

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
            *self._read(item, self._sights(found, bound), to_the_end=not found.single),
            self._voice.say(options, n=item.number, letter=letter, names=names),
        ]

    def verdict(self, item: Condition, bound: Mapping[str, str], verdict: Verdict) -> list[str]:
        """Whether a condition holds whose ends are all known."""
        options = UNSTATED if not verdict.known else YES if verdict.fits else NO
        because = f": {verdict.because}" if verdict.because else ""
        return [
            self._asked(item, bound),
            *self._read(item, verdict.sights, to_the_end=False),
            self._voice.say(options, n=item.number, because=because),
        ]

    def _asked(self, item: Condition, bound: Mapping[str, str]) -> str:
        text = item.say({**self._kinds, **self._called(bound)})
        return ASKED.format(n=item.number, text=text, tags=", ".join(f"{one} = {STATED}" for one in tags(item)))

    def _read(self, item: Condition, sights: Iterable[Sight], *, to_the_end: bool) -> list[str]:
        """What was read earlier in its own words, then the last texts in order: up to the last one that states it, or
        all of them where none does or more may follow."""
        wanted = tags(item)
        latest = self._evidence.latest
        seen = list(dict.fromkeys(sights))
        before = [quotation(sight) for sight in seen if sight.block not in latest][:MOST_REPEATED]
        stating = [number for number, block in enumerate(latest) if any(sight.block == block for sight in seen)]
        if before and not stating:
            return before
        read = latest if to_the_end or not stating else latest[: stating[-1] + 1]
        return [*before, *(self._aloud(block, wanted) for block in read)]

    def _sights(self, found: Found, bound: Mapping[str, str]) -> Iterator[Sight]:
        """Where each value of the open end was read."""
        atom = found.item.constraint
        if isinstance(atom, FactAtom):
            for value in found.values:
                ends = {**bound, found.target: value}
                yield self._evidence.sight(atom.property, ends[atom.subject], ends[atom.object])

    def _aloud(self, block: Block, wanted: list[str]) -> str:
        """A text, and the relations it states."""
        text = block.text.removeprefix(_GAP).removesuffix(_GAP).strip()
        stated = [tag(property_) for property_ in self._evidence.stated(block)]
        return recital(block, text, [(one, one in wanted) for one in dict.fromkeys(stated)])
