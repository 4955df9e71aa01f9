"""A query read from a question, laid over the query the question was made from."""

from collections.abc import Mapping
from typing import NamedTuple

from redsearcher.agent.solver.parse.tree import ParseError
from redsearcher.records.query import CompareAtom, Constraint, FactAtom, LiteralAtom, Query
from redsearcher.world.property import properties

_GRAIN = 1e-3


class Asked(NamedTuple):
    """Variables and constraints of the known query, in the order in which the question brings them in."""

    variables: tuple[str, ...]
    constraints: tuple[Constraint, ...]


def match_queries(parsed: Query, known: Query) -> Asked:
    """Which constraint of `known` each constraint of `parsed` is. Raises ParseError if they do not fit one to one."""
    if len(parsed.constraints) != len(known.constraints):
        raise ParseError("the question does not say as many conditions as its query has")
    start: dict[str, str] = {parsed.answer.name: known.answer.name}
    by_label = {v.label: v.name for v in known.givens}
    for variable in parsed.givens:
        if variable.label not in by_label:
            raise ParseError(f"the question names {variable.label!r}, which its query does not")
        start[variable.name] = by_label[variable.label]
    found = _extend(list(parsed.constraints), list(known.constraints), start)
    if found is None:
        raise ParseError("the question asks another query than its own")
    names, constraints = found
    order = [v.name for v in parsed.variables if v.name in names]
    return Asked(tuple(names[name] for name in order), tuple(constraints))


def _extend(
    owed: list[Constraint], free: list[Constraint], names: Mapping[str, str]
) -> tuple[dict[str, str], list[Constraint]] | None:
    if not owed:
        return dict(names), []
    first, rest = owed[0], owed[1:]
    for candidate in free:
        for joined in _joined(first, candidate, names):
            found = _extend(rest, [c for c in free if c is not candidate], joined)
            if found is not None:
                return found[0], [_as_said(first, candidate, found[0]), *found[1]]
    return None


def _as_said(mine: Constraint, theirs: Constraint, names: Mapping[str, str]) -> Constraint:
    """The known constraint; one that holds both ways round is turned the way the question says it.

    The reader takes such a phrase backwards, so the grammatical subject is its object.
    """
    if isinstance(mine, FactAtom) and isinstance(theirs, FactAtom) and properties()[mine.property].symmetric:
        return theirs.model_copy(update={"subject": names[mine.object], "object": names[mine.subject]})
    return theirs


def _joined(mine: Constraint, theirs: Constraint, names: Mapping[str, str]) -> list[dict[str, str]]:
    """The ways in which two constraints can be the same, as extended maps of names."""
    if isinstance(mine, FactAtom) and isinstance(theirs, FactAtom):
        if mine.property != theirs.property:
            return []
        ways = [(theirs.subject, theirs.object)]
        if properties()[mine.property].symmetric:
            ways.append((theirs.object, theirs.subject))
        pairs = [((mine.subject, way[0]), (mine.object, way[1])) for way in ways]
        return [joined for way in pairs if (joined := _bind(names, way)) is not None]
    if isinstance(mine, LiteralAtom) and isinstance(theirs, LiteralAtom):
        same = mine.property == theirs.property and _near(mine.low, theirs.low) and _near(mine.high, theirs.high)
        joined = _bind(names, ((mine.subject, theirs.subject),)) if same else None
        return [] if joined is None else [joined]
    if isinstance(mine, CompareAtom) and isinstance(theirs, CompareAtom):
        same = (mine.left_property, mine.right_property) == (theirs.left_property, theirs.right_property)
        joined = _bind(names, ((mine.left, theirs.left), (mine.right, theirs.right))) if same else None
        return [] if joined is None else [joined]
    return []


def _bind(names: Mapping[str, str], pairs: tuple[tuple[str, str], ...]) -> dict[str, str] | None:
    joined = dict(names)
    for mine, theirs in pairs:
        if joined.get(mine, theirs) != theirs:
            return None
        if mine not in joined and theirs in joined.values():
            return None
        joined[mine] = theirs
    return joined


def _near(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= _GRAIN * max(1.0, abs(one))
