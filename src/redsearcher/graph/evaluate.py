"""Conjunctive query evaluation: all answers, all solutions, how many.

A solution binds every unknown to an entity of its type so that each constraint holds and no two unknowns of one type
are equal; givens are bound to their entity (and may equal an unknown). A literal atom holds if some number of the
subject lies in the range, a comparison if some left number is below some right one. An unknown without a constraint
takes every entity of its type.
"""

from redsearcher.errors import BudgetError
from redsearcher.graph.join import Join
from redsearcher.graph.plan import Plan
from redsearcher.graph.search import Search
from redsearcher.graph.source import FactSource
from redsearcher.records.query import Query

BUDGET = 200_000
LIGHT = 300
"""Candidates tried one by one before the answers are found by whole columns."""
ROWS_PER_CANDIDATE = 10
"""How many rows of a column take the time of a candidate."""


def answers(query: Query, source: FactSource, *, limit: int | None = None, budget: int = BUDGET) -> list[str]:
    """Distinct answer entities, sorted; at most `limit` of them (which ones is deterministic).

    Raises BudgetError when more than `budget` candidates are tried, DataError for a given without an entity.
    """
    plan = Plan(query, source)
    try:
        found = sorted(Search(plan, min(budget, LIGHT)).answers(limit))
    except BudgetError:
        if budget <= LIGHT:
            raise
        found = Join(plan, ROWS_PER_CANDIDATE * budget).answers()[:limit]
    return [source.names[entity] for entity in found]


def examples(query: Query, source: FactSource, *, limit: int, budget: int = BUDGET) -> list[dict[str, str]]:
    """One solution for each of at most `limit` distinct answers, by answer. Raises as `answers`."""
    plan = Plan(query, source)
    search = Search(plan, budget)
    found = [search.example(entity) for entity in sorted(search.answers(limit))]
    return [
        {plan.names[v]: source.names[entity] for v, entity in sorted(bound)} for bound in found if bound is not None
    ]


def solutions(
    query: Query, source: FactSource, *, limit: int | None = None, budget: int = BUDGET
) -> list[dict[str, str]]:
    """Assignments of the unknowns, in the query's order of variables; at most `limit`. Raises as `answers`."""
    plan = Plan(query, source)
    found: list[dict[str, str]] = []
    if limit == 0:
        return found
    for bound in Search(plan, budget).solutions(plan.everything):
        found.append({plan.names[v]: source.names[entity] for v, entity in sorted(bound)})
        if len(found) == limit:
            break
    return found


def count_solutions(query: Query, source: FactSource, *, limit: int = 10**9, budget: int = BUDGET) -> int:
    """min(number of solutions, limit), counted without listing them. Raises as `answers`."""
    plan = Plan(query, source)
    return Search(plan, budget).count(plan.everything, limit)
