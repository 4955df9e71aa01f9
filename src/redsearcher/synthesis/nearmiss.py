"""Assignments close to the intended one: those that keep a variable as it is and change the answer.

A second answer that shares nothing with the intended solution is excluded by almost any anchor. What decides whether a
constraint is necessary are the near ones, and they are cheap to find: joins from one entity, in rows of a few entries.
"""

from collections.abc import Collection
from typing import NamedTuple

from redsearcher.synthesis.reach import Reach
from redsearcher.synthesis.structure import Structure

MAX_TRIED = 400
"""Candidates looked at from one start."""

Row = tuple[int, ...]
"""An entity number per variable; -1 where it is not bound."""
Way = tuple[int, str, bool]
"""From a bound variable along a property, outward or not."""


class Join(NamedTuple):
    """An edge of the structure by variable numbers."""

    subject: int
    property: str
    object: int


class Step(NamedTuple):
    """A variable to bind, how bound variables reach it, and what it must not be reached by (the broken edge)."""

    variable: int
    ways: tuple[Way, ...]
    broken: Way | None


class Nearby:
    """The assignments near one structure's intended solution. `types` are the type codes of all entities."""

    def __init__(self, structure: Structure, types: list[int], stated: Reach, known: Reach) -> None:
        self.intended: Row = structure.nodes
        self.joins = tuple(
            Join(subject, edge.property, object)
            for edge in structure.edges
            for subject, object in [structure.ends(edge)]
        )
        self._types, self._stated, self._known = types, stated, known
        self._wanted = tuple(types[node] for node in structure.nodes)
        self._steps: dict[tuple[int | None, int], list[Step]] = {}

    def component(self, broken: int | None, variable: int) -> list[int]:
        """The variables connected with this one by all edges but the broken one, ascending."""
        return sorted([variable, *(step.variable for step in self.steps(broken, variable))])

    def steps(self, broken: int | None, start: int) -> list[Step]:
        """An order of the variables connected with `start`, the most tied to earlier ones first."""
        key = (broken, start)
        if key not in self._steps:
            self._steps[key] = self._ordered(broken, start)
        return self._steps[key]

    def _ordered(self, broken: int | None, start: int) -> list[Step]:
        bound, order = {start}, list[Step]()
        while True:
            ways: dict[int, list[Way]] = {}
            barred: dict[int, Way] = {}
            for number, (subject, property, object) in enumerate(self.joins):
                if (subject in bound) == (object in bound):
                    continue
                outward = subject in bound
                here, there = (subject, object) if outward else (object, subject)
                if number == broken:
                    barred[there] = (here, property, outward)
                else:
                    ways.setdefault(there, []).append((here, property, outward))
            if not ways:
                return order
            following = max(sorted(ways), key=lambda variable: len(ways[variable]))
            order.append(Step(following, tuple(ways[following]), barred.get(following)))
            bound.add(following)

    def near(self, broken: int | None, answer: int, limit: int, *, known: bool = False) -> list[Row]:
        """Assignments that satisfy all edges but the broken one, which they break (None: that satisfy all), change
        the answer and keep some other variable that is connected with it: at most `limit` for each variable kept. By
        stated facts, or by all facts known."""
        found: dict[Row, None] = {}
        for variable in self.component(broken, answer):
            if variable != answer:
                found.update(dict.fromkeys(self._rows(broken, variable, answer, limit, known)))
        return list(found)

    def has_near(self, broken: int, answer: int) -> bool:
        """Whether stated facts make such an assignment."""
        kept = self.component(broken, answer)
        return any(self._rows(broken, variable, answer, 1, False) for variable in kept if variable != answer)

    def _rows(self, broken: int | None, start: int, answer: int, limit: int, known: bool) -> list[Row]:
        """Assignments of the variables connected with `start`, which keeps its value."""
        reach, types, wanted, intended = (
            self._known if known else self._stated,
            self._types,
            self._wanted,
            self.intended,
        )
        steps = self.steps(broken, start)
        row = [-1] * len(intended)
        row[start] = intended[start]
        found: list[Row] = []
        n_left = MAX_TRIED

        def extend(depth: int) -> bool:
            """Whether to go on."""
            nonlocal n_left
            if depth == len(steps):
                found.append(tuple(row))
                return len(found) < limit
            variable, ways, barred = steps[depth]
            base, others = _candidates(reach, row, ways)
            without = self._known.ends(row[barred[0]], barred[1], barred[2]) if barred else ()
            meant, type_ = intended[variable], wanted[variable]
            if variable != answer and meant in base:  # the closer to the intended solution, the sooner found
                base = (meant, *[entity for entity in base if entity != meant])
            for entity in base:
                n_left -= 1
                if n_left < 0:
                    return False
                if types[entity] != type_ or entity in row or (variable == answer and entity == meant):
                    continue
                if entity in without or (others and not _in_all(others, entity)):
                    continue
                row[variable] = entity
                if not extend(depth + 1):
                    return False
            row[variable] = -1
            return True

        extend(0)
        return found


def _candidates(reach: Reach, row: list[int], ways: tuple[Way, ...]) -> tuple[Row, list[Collection[int]]]:
    """The shortest row of neighbours that leads to a variable, and the others to test against."""
    if len(ways) == 1:
        source, property, outward = ways[0]
        return reach.row(row[source], property, outward), []
    rows = [reach.row(row[source], property, outward) for source, property, outward in ways]
    least = min(range(len(rows)), key=lambda n: len(rows[n]))
    others = [reach.ends(row[s], property, outward) for n, (s, property, outward) in enumerate(ways) if n != least]
    return rows[least], others


def _in_all(rows: list[Collection[int]], entity: int) -> bool:
    return all(entity in row for row in rows)
