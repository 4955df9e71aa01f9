"""Which constraints a query needs: without a necessary one, a second answer appears."""

from redsearcher.graph.cap import ANSWER_CAP
from redsearcher.graph.evaluate import BUDGET, answers
from redsearcher.graph.source import FactSource
from redsearcher.records.query import Query


def necessity(query: Query, stated: FactSource, *, cap: int = ANSWER_CAP, budget: int = BUDGET) -> dict[str, int]:
    """Constraint id -> number of answers (counted up to `cap`) once it, and variables only it held, are dropped.

    A constraint is necessary iff its number is above one; a query is tight iff all are. Necessity is judged on stated
    facts only. Raises BudgetError when one evaluation passes `budget` candidates.
    """
    return {c.id: len(answers(query.without(c.id), stated, limit=cap, budget=budget)) for c in query.constraints}


def is_tight(counts: dict[str, int]) -> bool:
    """Whether every constraint of a necessity table is necessary."""
    return bool(counts) and min(counts.values()) > 1


def folds(query: Query) -> bool:
    """Whether the intended solution makes two unknowns of one type equal: fewer variables than the query says."""
    values = [(variable.type, variable.entity) for variable in query.unknowns if variable.entity is not None]
    return len(set(values)) < len(values)
