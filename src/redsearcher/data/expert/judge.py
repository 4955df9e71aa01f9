"""Whether the evidence shows that a condition holds, shows that it fails, or leaves it open."""

from collections.abc import Mapping
from typing import NamedTuple

from redsearcher.data.expert.condition import Condition
from redsearcher.data.expert.evidence import Evidence, Sight, quoted
from redsearcher.records.query import CompareAtom, FactAtom, LiteralAtom
from redsearcher.world.property import properties


class Verdict(NamedTuple):
    """`known` False: nothing delivered decides it. `because` says what was read instead, where that decided; `sights`
    are where it was read."""

    known: bool
    fits: bool
    because: str = ""
    sights: tuple[Sight, ...] = ()


class Judge:
    """Decides by what was delivered, never by the world."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence

    def verdict(self, item: Condition, bound: Mapping[str, str]) -> Verdict:
        """All ends of the condition must be bound."""
        constraint = item.constraint
        if isinstance(constraint, FactAtom):
            return self._fact(constraint, bound)
        if isinstance(constraint, LiteralAtom):
            return self._range(item, constraint, bound)
        if isinstance(constraint, CompareAtom):
            return self._comparison(constraint, bound)
        return Verdict(False, False)

    def _fact(self, atom: FactAtom, bound: Mapping[str, str]) -> Verdict:
        subject, object_ = bound[atom.subject], bound[atom.object]
        seen = self._evidence.objects(atom.property, subject)
        if object_ in seen:
            return Verdict(True, True, sights=(self._evidence.sight(atom.property, subject, object_),))
        property_ = properties()[atom.property]
        if not property_.functional:
            return Verdict(False, False)
        ways = [(subject, seen)]
        if property_.symmetric:
            ways.append((object_, self._evidence.objects(atom.property, object_)))
        for owner, others in ways:
            if others:
                noun, names = property_.en.object_noun, self._evidence
                because = f"the {noun} of {names.call(owner)} is {names.call(others[0])}"
                return Verdict(True, False, because, (names.sight(atom.property, owner, others[0]),))
        return Verdict(False, False)

    def _range(self, item: Condition, atom: LiteralAtom, bound: Mapping[str, str]) -> Verdict:
        reading = self._evidence.value(atom.property, bound[atom.subject])
        if reading is None:
            return Verdict(False, False)
        number = reading.value.number
        fits = (atom.low is None or number >= atom.low) and (atom.high is None or number <= atom.high)
        name = self._evidence.call(bound[atom.subject])
        asked = item.template.replace("{0} ", "")
        noun = properties()[atom.property].en.object_noun
        because = f"{noun} of {name} is {quoted(reading)}, asked: {asked}"
        return Verdict(True, fits, because, (reading.sight,))

    def _comparison(self, atom: CompareAtom, bound: Mapping[str, str]) -> Verdict:
        left = self._evidence.value(atom.left_property, bound[atom.left])
        right = self._evidence.value(atom.right_property, bound[atom.right])
        if left is None or right is None:
            return Verdict(False, False)
        fits = left.value.number < right.value.number
        names = [self._evidence.call(bound[end]) for end in (atom.left, atom.right)]
        because = f"{names[0]} has {quoted(left)}, {names[1]} has {quoted(right)}"
        return Verdict(True, fits, because, (left.sight, right.sight))
