"""One query as SQL over `SqlTables`."""

from collections.abc import Mapping
from typing import NamedTuple

from redsearcher.errors import BudgetError, DataError
from redsearcher.graph.sqlatom import condition
from redsearcher.graph.sqltable import SqlTables
from redsearcher.records.query import Constraint, FactAtom, Query

_TRIES_FACTOR = 10
"""Counting answers one by one may take so many times the steps of one count."""


class _Level(NamedTuple):
    """One unknown in a join: where its rows come from, the column with its entity, what it must meet."""

    table: str
    column: str
    conditions: list[str]


class SqlJoin:
    """Unknowns are joined in an order chosen by expected fan-out; once the answer is bound, the rest
    is a nest of EXISTS, one per unknown, split where nothing ties the unknowns together."""

    def __init__(self, tables: SqlTables, query: Query) -> None:
        self._tables, self._query = tables, query
        self._unknown = {variable.name: variable for variable in query.unknowns}
        self._givens: dict[str, str] = {}
        for variable in query.givens:
            if variable.entity is None:
                raise DataError(f"given {variable.name} has no entity, so the query cannot be counted")
            self._givens[variable.name] = str(tables.entity(variable.entity))

    def answers(self) -> list[str]:
        """Distinct values of the answer, sorted. Raises BudgetError when it takes too long."""
        return self._tables.names(self._tables.column(self._answers()))

    def n_answers(self, limit: int) -> int:
        """min(number of distinct values of the answer, limit). Raises BudgetError when it takes too long."""
        return self._count(self._answers(), limit)

    def n_answers_tried(self, limit: int) -> int:
        """The same by one statement per entity of the answer's type: with the answer known, joins can begin at it.
        Where few entities are answers, one statement for all goes astray in the many that are none."""
        answer = self._query.answer.name
        among_givens = self._ready(set(), self._givens)
        n_found, allowed = 0, _TRIES_FACTOR * self._tables.max_ticks
        for entity in self._tables.members(self._tables.type(self._unknown[answer].type)):
            bound = {**self._givens, answer: str(entity)}
            conditions = among_givens + self._ready({answer}, bound)
            conditions += self._exists(set(self._unknown) - {answer}, bound)
            n_found += self._tables.number(f"SELECT {' AND '.join(conditions) or 1}")
            allowed -= self._tables.ticks
            if n_found >= limit:
                break
            if allowed < 0:
                raise BudgetError(f"counting answers one by one took over {_TRIES_FACTOR} times the steps of one count")
        return n_found

    def n_solutions(self, limit: int) -> int:
        """min(number of solutions, limit). Raises BudgetError when it takes too long."""
        bound, levels = dict(self._givens), []
        while left := set(self._unknown) - set(bound):
            levels.append(self._bind(self._cheapest(left, bound), bound))
        return self._count(self._select("1", levels, []), limit)

    def _answers(self) -> str:
        answer = self._query.answer.name
        bound, levels = dict(self._givens), []
        while answer not in bound:
            levels.append(self._bind(self._cheapest(set(self._unknown) - set(bound), bound, favoured=answer), bound))
        rest = self._exists(set(self._unknown) - set(bound), bound)
        return self._select(f"DISTINCT {bound[answer]}", levels, rest)

    def _select(self, what: str, levels: list[_Level], rest: list[str]) -> str:
        tables = " CROSS JOIN ".join(level.table for level in levels)  # CROSS JOIN keeps our order
        among_givens = self._ready(set(), self._givens)
        conditions = [c for level in levels for c in level.conditions] + among_givens + rest
        return f"SELECT {what} FROM {tables} WHERE {' AND '.join(conditions)}"

    def _count(self, select: str, limit: int) -> int:
        return self._tables.number(f"SELECT COUNT(*) FROM ({select} LIMIT {limit})")

    def _exists(self, left: set[str], bound: dict[str, str]) -> list[str]:
        """Conditions saying that the unknowns of `left` can be bound too."""
        found = []
        for part in self._split(left):
            inner = dict(bound)
            level = self._bind(self._cheapest(part, inner), inner)
            conditions = level.conditions + self._exists(part - set(inner), inner)
            found.append(f"EXISTS(SELECT 1 FROM {level.table} WHERE {' AND '.join(conditions)})")
        return found

    def _split(self, left: set[str]) -> list[set[str]]:
        """Parts of `left` that share neither a constraint nor a type."""
        parts: list[set[str]] = []
        for name in sorted(left):
            tied = {other for c in self._query.constraints if name in c.variables for other in c.variables} & left
            tied |= {other for other in left if self._unknown[other].type == self._unknown[name].type} | {name}
            touching = [part for part in parts if part & tied]
            parts = [part for part in parts if not part & tied] + [tied.union(*touching)]
        return parts

    def _cheapest(self, left: set[str], bound: Mapping[str, str], favoured: str = "") -> str:
        return min(sorted(left), key=lambda name: self._fan_out(name, bound)[0] / (4 if name == favoured else 1))

    def _fan_out(self, name: str, bound: Mapping[str, str]) -> tuple[float, FactAtom | None]:
        """Expected number of values of an unknown, and the atom to find them by (None: go through its type)."""
        best: tuple[float, FactAtom | None] = (
            self._tables.size(self._tables.type(self._unknown[name].type)) + 1.0,
            None,
        )
        for c in self._query.constraints:
            if not isinstance(c, FactAtom) or name not in c.variables or c.subject == c.object:
                continue
            forward = c.object == name
            other = c.subject if forward else c.object
            if other not in bound:
                continue
            property_ = self._tables.property(c.property)
            if bound[other].lstrip("-").isdecimal():
                fan_out: float = self._tables.degree(property_, int(bound[other]), forward=forward)
            else:
                fan_out = self._tables.spread(property_, forward=forward)
            if fan_out < best[0]:
                best = (fan_out, c)
        return best

    def _bind(self, name: str, bound: dict[str, str]) -> _Level:
        """The level that binds `name`; `bound` learns its column."""
        alias, type_ = f"t{len(bound)}", self._tables.type(self._unknown[name].type)
        _, atom = self._fan_out(name, bound)
        if atom is None:
            table, column, conditions = f"entity AS {alias}", f"{alias}.e", [f"{alias}.t = {type_}"]
        else:
            own, other, key = ("o", atom.subject, "s") if atom.object == name else ("s", atom.object, "o")
            table, column = f"fact AS {alias}", f"{alias}.{own}"
            conditions = [
                f"{alias}.p = {self._tables.property(atom.property)}",
                f"{alias}.{key} = {bound[other]}",
                f"(SELECT t FROM entity WHERE e = {column}) = {type_}",
            ]
        for other, value in bound.items():
            if other in self._unknown and self._unknown[other].type == self._unknown[name].type:
                conditions.append(f"{column} <> {value}")
        bound[name] = column
        settled = None if atom is not None and atom.qualifiers else atom
        return _Level(table, column, conditions + self._ready({name}, bound, without=settled))

    def _ready(self, new: set[str], bound: Mapping[str, str], without: Constraint | None = None) -> list[str]:
        """Conditions of the constraints with all ends bound that name a new variable (none new: givens only)."""
        found = []
        for c in self._query.constraints:
            fresh = new & set(c.variables) if new else set(c.variables) <= set(self._givens)
            if c is not without and fresh and all(name in bound for name in c.variables):
                found.append(condition(c, bound, self._tables))
        return found
