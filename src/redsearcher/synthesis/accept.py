"""Which anchors accept which assignment, as bit masks: sets of anchors are then tested in a few operations."""

from collections.abc import Sequence

from redsearcher.synthesis.anchor import Anchor, GivenAnchor, LessAnchor, RangeAnchor
from redsearcher.synthesis.nearmiss import Row
from redsearcher.synthesis.reach import Reach


class Acceptance:
    """`mask(row)` has bit n set iff anchor n holds of the row, or speaks of a variable that the row does not bind."""

    def __init__(self, reach: Reach, anchors: Sequence[Anchor], n_variables: int) -> None:
        self._reach = reach
        self._everything = (1 << len(anchors)) - 1
        self._unary: list[list[tuple[int, GivenAnchor | RangeAnchor]]] = [[] for _ in range(n_variables)]
        self._binary: list[tuple[int, LessAnchor]] = []
        for number, anchor in enumerate(anchors):
            if isinstance(anchor, GivenAnchor | RangeAnchor):
                self._unary[anchor.variable].append((1 << number, anchor))
            elif isinstance(anchor, LessAnchor):
                self._binary.append((1 << number, anchor))
        self._refused: dict[tuple[int, int], int] = {}

    def mask(self, row: Row) -> int:
        """The anchors that accept the row."""
        refused = 0
        for variable, entity in enumerate(row):
            if entity >= 0:
                key = (variable, entity)
                found = self._refused.get(key)
                if found is None:
                    found = self._refused[key] = self._refusing(variable, entity)
                refused |= found
        for bit, anchor in self._binary:
            left, right = row[anchor.left], row[anchor.right]
            if left >= 0 and right >= 0 and not self._less(left, right, anchor.by):
                refused |= bit
        return self._everything & ~refused

    def _refusing(self, variable: int, entity: int) -> int:
        reach, refused = self._reach, 0
        for bit, anchor in self._unary[variable]:
            if isinstance(anchor, GivenAnchor):
                holds = entity in reach.ends(anchor.given, anchor.edge.property, not anchor.outward)
            else:
                numbers = reach.numbers(entity, anchor.property)
                holds = any(anchor.low <= number <= anchor.high for number in numbers)
            if not holds:
                refused |= bit
        return refused

    def _less(self, left: int, right: int, by: str) -> bool:
        lows, highs = self._reach.numbers(left, by), self._reach.numbers(right, by)
        return bool(lows) and bool(highs) and min(lows) < max(highs)
