"""Facts with qualifiers, so that those alone can be joined whose qualifiers lie in given ranges."""

from array import array
from collections import defaultdict
from functools import reduce

import numpy as np

from redsearcher.graph.relation import Numbers, Relation
from redsearcher.records.query import QualifierRange
from redsearcher.records.world import Qualifier

KEPT = 256
"""Relations kept, by ranges; one more, and all are forgotten."""


class Qualified:
    """The qualified facts of one property between numbered entities."""

    def __init__(self) -> None:
        self._subjects, self._objects = array("i"), array("i")
        self._pairs: dict[str, tuple[array[int], array[float]]] = defaultdict(lambda: (array("i"), array("d")))
        self._numbers: dict[str, Numbers] = {}
        self._relations: dict[tuple[QualifierRange, ...], Relation] = {}

    def add(self, subject: int, object_: int, qualifiers: tuple[Qualifier, ...]) -> None:
        """Note a fact; qualifiers that are no numbers are left out."""
        for qualifier in qualifiers:
            if qualifier.value is not None and qualifier.value.datatype in ("time", "quantity"):
                facts, numbers = self._pairs[qualifier.property]
                facts.append(len(self._subjects))
                numbers.append(qualifier.value.number)
        self._subjects.append(subject)
        self._objects.append(object_)

    def relation(self, ranges: tuple[QualifierRange, ...]) -> Relation:
        """The facts that meet every range; there must be one range at least."""
        if ranges not in self._relations:
            if len(self._relations) >= KEPT:
                self._relations.clear()
            meeting = reduce(np.intersect1d, [self._meeting(range_) for range_ in ranges])
            subjects, objects = np.array(self._subjects), np.array(self._objects)
            self._relations[ranges] = Relation(subjects[meeting], objects[meeting])
        return self._relations[ranges]

    def _meeting(self, range_: QualifierRange) -> np.ndarray:
        if range_.property not in self._numbers:
            facts, numbers = self._pairs[range_.property]
            self._numbers[range_.property] = Numbers.of_pairs(np.array(facts), np.array(numbers))
        low = -np.inf if range_.low is None else range_.low
        high = np.inf if range_.high is None else range_.high
        return self._numbers[range_.property].within(low, high)
