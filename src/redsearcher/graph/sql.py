"""Counting the answers and solutions of a query by SQL: slower than `evaluate`, and sharing nothing with it."""

from collections.abc import Callable, Iterable, Mapping

from redsearcher.errors import BudgetError
from redsearcher.graph.sqljoin import SqlJoin
from redsearcher.graph.sqltable import SqlTables
from redsearcher.records.query import Query
from redsearcher.records.world import Fact


class SqlFacts:
    """Facts in an in-memory SQLite database. `max_ticks` bounds one count, in units of 100,000 database steps.

    `tools` are the pure functions that tool atoms call.
    """

    def __init__(
        self,
        facts: Iterable[Fact],
        types: Mapping[str, str],
        *,
        max_ticks: int = 2_000,
        tools: Mapping[str, Callable[..., tuple[float, ...]]] | None = None,
    ) -> None:
        self._tables = SqlTables(facts, types, max_ticks=max_ticks, tools=tools or {})

    def close(self) -> None:
        """Free the database."""
        self._tables.close()

    def answers(self, query: Query) -> list[str]:
        """Distinct values of the answer, sorted. Raises BudgetError when it takes too long."""
        return SqlJoin(self._tables, query).answers()

    def n_answers(self, query: Query, limit: int) -> int:
        """min(number of distinct values of the answer, limit). Raises BudgetError when it takes too long."""
        try:
            return SqlJoin(self._tables, query).n_answers(limit)
        except BudgetError:
            return self.n_answers_tried(query, limit)

    def n_answers_tried(self, query: Query, limit: int) -> int:
        """The same, trying each entity of the answer's type. Raises BudgetError over ten times `max_ticks`."""
        return SqlJoin(self._tables, query).n_answers_tried(limit)

    def n_solutions(self, query: Query, limit: int) -> int:
        """min(number of solutions, limit). Raises BudgetError when it takes too long."""
        return SqlJoin(self._tables, query).n_solutions(limit)
