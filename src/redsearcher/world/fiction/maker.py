"""What every maker of entities shares: the draft, the names, the dice and a few ways of choosing."""

from bisect import bisect
from collections.abc import Callable, Sequence
from itertools import accumulate
from random import Random

from redsearcher.world.fiction import literal
from redsearcher.world.fiction.draft import Draft, Node
from redsearcher.world.fiction.names import Names


class Maker:
    """Dice and tools handed to each part of the generator."""

    def __init__(self, draft: Draft, names: Names, rng: Random, lang: str) -> None:
        self.draft, self.names, self.rng = draft, names, rng
        self.units = literal.UNITS[lang]
        self._tables: dict[tuple[str, int, str], tuple[list[int], list[float]]] = {}

    def maybe(self, chance: float) -> bool:
        return self.rng.random() < chance

    def node(self, number: int) -> Node:
        return self.draft.nodes[number]

    def label(self, number: int) -> str:
        return self.draft.nodes[number].label if number >= 0 else ""

    def popular(self, type_: str, country: int = -1, kind: str = "") -> int:
        """A node of a type (of a country, when that has some; of a kind) in proportion to its weight, or -1."""
        numbers, totals = self._table(type_, country, kind)
        if not numbers and country >= 0:
            numbers, totals = self._table(type_, -1, kind)
        if not numbers:
            return -1
        return numbers[bisect(totals, self.rng.random() * totals[-1])]

    def _table(self, type_: str, country: int, kind: str) -> tuple[list[int], list[float]]:
        members = self.draft.members(type_, country, kind)
        numbers, totals = self._tables.get((type_, country, kind), ([], []))
        # A table is made anew when its group has grown by a tenth: cost stays linear, and newcomers get their share.
        if len(members) > len(numbers) * 1.1:
            nodes = self.draft.nodes
            numbers, totals = members[:], list(accumulate(nodes[n].weight for n in members))
            self._tables[type_, country, kind] = (numbers, totals)
        return numbers, totals

    def try_link(self, subject: int, property_: str, choose: Callable[[], int], n_tries: int = 4) -> bool:
        """Link to a chosen node, choosing again while the choice does not fit."""
        return any(self.draft.link(subject, property_, choose()) for _ in range(n_tries))

    def some(self, items: Sequence[int], least: int, most: int) -> list[int]:
        """Between `least` and `most` of the items, as far as there are so many, in random order."""
        return self.rng.sample(items, min(len(items), self.rng.randint(least, most)))

    def zipf_weight(self) -> float:
        """A heavy-tailed weight: few hubs, a long tail (Pareto, exponent 1.2, cut at 40)."""
        return min(40.0, self.rng.paretovariate(1.2))
