"""Assignments close to the intended one: those that keep a variable as it is and change the answer.

A second answer that shares nothing with the intended solution is excluded by almost any anchor. What decides whether a
constraint is necessary are the near ones, and they are cheap to find: joins from one entity, in rows of a few entries.
"""

from typing import NamedTuple

from redsearcher.synthesis.reach import Reach
from redsearcher.synthesis.structure import Structure

MAX_TRIED = 400
"""Candidates looked at from one start."""

Row = tuple[int, ...]
"""An entity number per variable; -1 where it is not bound."""
Join = tuple[int, str, int]
"""Variable numbers of subject and object with the property between."""
Step = tuple[int, tuple[tuple[int, str, bool], ...]]
"""A variable, and how bound variables reach it."""


class Pattern(NamedTuple):
    """A structure by variable: what it joins, the intended entities, their types."""

    joins: tuple[Join, ...]
    intended: Row
    types: tuple[int, ...]

    def without(self, dropped: Join) -> "Pattern":
        """The pattern less one join."""
        return self._replace(joins=tuple(join for join in self.joins if join != dropped))

    def component(self, variable: int) -> list[int]:
        """The variables that joins connect with this one, ascending."""
        seen, frontier = {variable}, [variable]
        while frontier:
            here = frontier.pop()
            for subject, _, object in self.joins:
                for one, other in ((subject, object), (object, subject)):
                    if one == here and other not in seen:
                        seen.add(other)
                        frontier.append(other)
        return sorted(seen)

    def steps(self, start: int) -> list[Step]:
        """An order of the variables connected with `start`, the most tied to earlier ones first."""
        bound, order = {start}, []
        while True:
            ways: dict[int, list[tuple[int, str, bool]]] = {}
            for subject, property, object in self.joins:
                if subject in bound and object not in bound:
                    ways.setdefault(object, []).append((subject, property, True))
                elif object in bound and subject not in bound:
                    ways.setdefault(subject, []).append((object, property, False))
            if not ways:
                return order
            following = max(sorted(ways), key=lambda variable: len(ways[variable]))
            order.append((following, tuple(ways[following])))
            bound.add(following)


def pattern(structure: Structure, types: tuple[int, ...]) -> Pattern:
    """The pattern of a structure; `types` are the type codes of its nodes."""
    joins = tuple((*structure.ends(edge), edge.property) for edge in structure.edges)
    return Pattern(tuple((s, p, o) for s, o, p in joins), structure.nodes, types)


def rows_from(
    reach: Reach, types: list[int], pattern: Pattern, start: int, first: int, answer: int, limit: int
) -> list[Row]:
    """At most `limit` solutions of the part connected with `start`, bound to `first`, with another answer.

    `types` are those of all entities. Injective within a type.
    """
    row = [-1] * len(pattern.intended)
    row[start] = first
    if start == answer and first == pattern.intended[answer]:
        return []
    steps = pattern.steps(start)
    found: list[Row] = []
    n_left = MAX_TRIED

    def extend(depth: int) -> bool:
        """Whether to go on."""
        nonlocal n_left
        if depth == len(steps):
            found.append(tuple(row))
            return len(found) < limit
        variable, ways = steps[depth]
        source, property, outward = ways[0]
        base = reach.row(row[source], property, outward)
        others = ()
        if len(ways) > 1:
            rows = [reach.row(row[source], property, outward) for source, property, outward in ways]
            least = min(range(len(rows)), key=lambda n: len(rows[n]))
            base = rows[least]
            others = tuple(
                reach.ends(row[source], property, outward)
                for n, (source, property, outward) in enumerate(ways)
                if n != least
            )
        wanted, meant = pattern.types[variable], pattern.intended[variable]
        if variable != answer and meant in base:  # the closer to the intended solution, the sooner found
            base = (meant, *[entity for entity in base if entity != meant])
        for entity in base:
            n_left -= 1
            if n_left < 0:
                return False
            if types[entity] != wanted or entity in row or (variable == answer and entity == meant):
                continue
            for other in others:
                if entity not in other:
                    break
            else:
                row[variable] = entity
                if not extend(depth + 1):
                    return False
        row[variable] = -1
        return True

    extend(0)
    return found


def near(reach: Reach, types: list[int], pattern: Pattern, answer: int, limit: int) -> list[Row]:
    """Solutions of the answer's component that keep some other variable as intended and change the answer: at most
    `limit` for each variable kept."""
    found: dict[Row, None] = {}
    for variable in pattern.component(answer):
        if variable != answer:
            rows = rows_from(reach, types, pattern, variable, pattern.intended[variable], answer, limit)
            found.update(dict.fromkeys(rows))
    return list(found)


def has_near(reach: Reach, types: list[int], pattern: Pattern, answer: int) -> bool:
    """Whether there is such a solution."""
    return any(
        rows_from(reach, types, pattern, variable, pattern.intended[variable], answer, 1)
        for variable in pattern.component(answer)
        if variable != answer
    )
