"""The certificate of a task: every number that says how hard it is, with what proves it."""

from collections.abc import Callable
from typing import Literal

from redsearcher.errors import DataError
from redsearcher.graph.cap import ANSWER_CAP, SOLUTION_CAP
from redsearcher.graph.cover import minimum_cover
from redsearcher.graph.evaluate import BUDGET, answers, count_solutions
from redsearcher.graph.necessity import is_tight, necessity
from redsearcher.graph.reasoning import hops, reasoning_graph
from redsearcher.graph.source import FactSource
from redsearcher.graph.tool import n_tool_sources
from redsearcher.graph.treewidth import treewidth
from redsearcher.graph.width import search_width
from redsearcher.records.aggregate import is_aggregate
from redsearcher.records.query import Constraint, Query, ToolAtom
from redsearcher.records.task import Certificate

Documents = Callable[[str], frozenset[str]]


def certify(
    *,
    task_id: str,
    world_id: str,
    world_kind: Literal["closed", "open"],
    query: Query,
    known: FactSource,
    stated: FactSource,
    strict: Documents,
    loose: Documents,
    lexical_overlap: float,
    budget: int = BUDGET,
) -> Certificate:
    """Prove a query's difficulty on the least favourable world.

    Answers and solutions are counted on the facts `known`; necessity and search width on the facts `stated`, since a
    solver can join only what pages say. `strict` and `loose` give the documents that state a fact; `cover` is a
    smallest set of documents that states every fact of every constraint strictly, so it has `msd_strict` members.
    Counts stop at the numbers of `cap.py`. Raises DataError for a constraint without facts or a fact that no document
    states, BudgetError when a count passes `budget`.
    """
    facts = needed_facts(query)
    strict_cover, loose_cover = _cover(facts, strict), _cover(facts, loose)
    holding = treewidth(reasoning_graph(query, with_givens=False))
    counts = necessity(query, stated, budget=budget)
    return Certificate(
        task=task_id,
        world=world_id,
        world_kind=world_kind,
        k=holding.upper,
        treewidth_with_givens=treewidth(reasoning_graph(query, with_givens=True)).upper,
        decomposition=holding.decomposition,
        lower_bound=holding.lower_bound,
        msd_strict=len(strict_cover),
        msd_loose=len(loose_cover),
        cover=strict_cover,
        n_solutions=count_solutions(query, known, limit=SOLUTION_CAP, budget=budget),
        n_answers=len(answers(query, known, limit=ANSWER_CAP, budget=budget)),
        tight=is_tight(counts),
        necessity=counts,
        search_width=search_width(query, stated),
        hops=hops(query),
        n_constraints=len(query.constraints),
        lexical_overlap=lexical_overlap,
        n_tool_sources=n_tool_sources(query),
    )


def needed_facts(query: Query) -> tuple[str, ...]:
    """Ids of the facts of all constraints, sorted. Raises DataError for a constraint that names none.

    A tool atom needs none where the tool itself knows its inputs, nor where it may count nothing.
    """
    for constraint in query.constraints:
        by_tool_alone = isinstance(constraint, ToolAtom) and not constraint.reads_pages
        if not constraint.facts and not by_tool_alone and not _may_count_none(constraint):
            raise DataError(f"constraint {constraint.id} names no fact, so its evidence cannot be proved")
    return tuple(sorted({fact for constraint in query.constraints for fact in constraint.facts}))


def _may_count_none(constraint: Constraint) -> bool:
    return (
        isinstance(constraint, ToolAtom)
        and is_aggregate(constraint.call)
        and constraint.call.function == "count"
        and constraint.admits(0)
    )


def _cover(facts: tuple[str, ...], stating: Documents) -> tuple[str, ...]:
    sets = [stating(fact) for fact in facts]
    cover = minimum_cover(sets)
    if cover is None:
        unstated = next(fact for fact, documents in zip(facts, sets, strict=True) if not documents)
        raise DataError(f"no document states fact {unstated}, so the task's evidence is not complete")
    return cover
