"""One constraint as an SQL condition over the tables of `SqlTables`."""

from collections.abc import Mapping
from typing import Protocol

from redsearcher.records.aggregate import Aggregate, aggregates
from redsearcher.records.query import Constraint, FactAtom, LiteralAtom, QualifierRange, ToolAtom


class Numbering(Protocol):
    """What names are in the tables; -1 is nowhere."""

    def property(self, name: str) -> int:
        """The number of a property."""
        ...

    def type(self, name: str) -> int:
        """The number of a type."""
        ...

    def tool_test(self, atom: ToolAtom) -> str:
        """The function of an atom's variables, and of its aggregates, that says whether it holds."""
        ...


def condition(constraint: Constraint, bound: Mapping[str, str], tables: Numbering) -> str:
    """That a constraint holds; `bound` maps its variables to columns or numbers."""
    property_ = tables.property
    if isinstance(constraint, FactAtom):
        ends = f"s = {bound[constraint.subject]} AND o = {bound[constraint.object]}"
        where = f"p = {property_(constraint.property)} AND {ends}"
        met = [f"EXISTS(SELECT 1 FROM qualifier WHERE f = q.f AND {_within(tables, r)})" for r in constraint.qualifiers]
        return f"EXISTS(SELECT 1 FROM {'qualified AS q' if met else 'fact'} WHERE {' AND '.join([where, *met])})"
    if isinstance(constraint, LiteralAtom):
        where = f"s = {bound[constraint.subject]} AND {_within(tables, constraint)}"
        return f"EXISTS(SELECT 1 FROM number WHERE {where})"
    if isinstance(constraint, ToolAtom):
        inputs = [bound[name] for name in constraint.variables]
        inputs += [_amount(aggregate, bound, tables) for _, aggregate in aggregates(constraint)]
        return f"{tables.tool_test(constraint)}({', '.join(inputs)})"
    left = f"l.p = {property_(constraint.left_property)} AND l.s = {bound[constraint.left]}"
    right = f"r.p = {property_(constraint.right_property)} AND r.s = {bound[constraint.right]}"
    return f"EXISTS(SELECT 1 FROM number AS l, number AS r WHERE {left} AND {right} AND l.x < r.x)"


def _within(tables: Numbering, asked: LiteralAtom | QualifierRange) -> str:
    low = "" if asked.low is None else f" AND x >= {asked.low!r}"
    high = "" if asked.high is None else f" AND x <= {asked.high!r}"
    return f"p = {tables.property(asked.property)}{low}{high}"


def _amount(aggregate: Aggregate, bound: Mapping[str, str], tables: Numbering) -> str:
    """What an aggregate comes to, or NULL."""
    things = f"SELECT e FROM entity WHERE t = {tables.type(aggregate.type)}"
    for arm in aggregate.arms:
        here, there = ("o", "s") if arm.outward else ("s", "o")
        row = f"p = {tables.property(arm.property)} AND {there} = {bound[arm.variable]}"
        things += f" AND e IN (SELECT {here} FROM fact WHERE {row})"
    if aggregate.own is None:
        return f"(SELECT COUNT(*) FROM ({things}))"
    best, beyond = ("MAX", ">") if aggregate.function == "top" else ("MIN", "<")
    own, property_ = bound[aggregate.own.variable], tables.property(aggregate.own.property or "")
    mine = f"(SELECT {best}(x) FROM number WHERE p = {property_} AND s = {own})"
    theirs = f"(SELECT {best}(x) FROM number WHERE p = {property_} AND s = a.e)"
    place = f"(SELECT 1 + COUNT(*) FROM ({things}) AS a WHERE {theirs} {beyond} {mine})"
    return f"(CASE WHEN {mine} IS NOT NULL AND {own} IN ({things}) THEN {place} END)"
