"""Certificates against the independent checker: agreement on random worlds, and every corruption caught."""

import ast
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from redsearcher import graph
from redsearcher.errors import BudgetError, DataError
from redsearcher.graph.certify import certify
from redsearcher.graph.check import Checker, check
from redsearcher.graph.evaluate import answers, count_solutions
from redsearcher.graph.sql import SqlFacts
from redsearcher.records.query import Constraint, Query
from redsearcher.records.task import Certificate, LowerBound
from redsearcher.records.world import Fact, Statement, Strength
from tests.graph import toy


def statement(fact: Fact, document: str, strength: Strength = Strength.STRICT) -> Statement:
    return Statement(fact=fact.id, document=document, start=0, end=1, strength=strength)


def certified(query: Query, facts: list[Fact], statements: list[Statement]) -> Certificate:
    """The certificate of a query on the toy types."""
    strict = {s.fact for s in statements if s.strength is Strength.STRICT}

    def stating(*strengths: Strength) -> Any:
        return lambda fact: frozenset(s.document for s in statements if s.fact == fact and s.strength in strengths)

    return certify(
        task_id="task",
        world_id="world",
        world_kind="closed",
        query=query,
        known=toy.table(facts),
        stated=toy.table([fact for fact in facts if fact.id in strict]),
        strict=stating(Strength.STRICT),
        loose=stating(Strength.STRICT, Strength.LOOSE),
        lexical_overlap=0.25,
    )


def solved(asked: Query, facts: list[Fact], solution: dict[str, str]) -> Query:
    """The query with that intended solution and every fact that bears each constraint out."""
    bound = {v.name: solution.get(v.name, v.entity or "") for v in asked.variables}

    def bears(fact: Fact, c: Constraint) -> bool:
        return toy.holds(c, bound, [fact])

    constraints = []
    for c in asked.constraints:
        ids = [fact.id for fact in facts if bears(fact, c)]
        if c.kind == "compare":
            ids = [f.id for f in facts if (f.subject, f.property) in compared(c, bound)]
        constraints.append(c.model_copy(update={"facts": tuple(ids)}))
    variables = tuple(v.model_copy(update={"entity": bound[v.name]}) for v in asked.variables)
    return Query(variables=variables, constraints=tuple(constraints))


def compared(c: Any, bound: dict[str, str]) -> set[tuple[str, str]]:
    return {(bound[c.left], c.left_property), (bound[c.right], c.right_property)}


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])  # most have no solution
@given(toy.fact_lists(), toy.queries(), st.randoms(use_true_random=False))
def test_checker_agrees_on_random_worlds(facts: list[Fact], asked: Query, random: Random) -> None:
    solutions = toy.brute_solutions(asked, facts)
    assume(solutions)
    query = solved(asked, facts, random.choice(solutions))
    needed = {fact for c in query.constraints for fact in c.facts}
    statements = []
    for fact in facts:
        strict = random.sample("abcde", random.randrange(3)) or (["z"] if fact.id in needed else [])
        statements += [statement(fact, d) for d in strict]
        statements += [statement(fact, d, Strength.LOOSE) for d in random.sample("abcde", random.randrange(3))]
    certificate = certified(query, facts, statements)
    assert check(certificate, query, facts, statements, toy.ENTITIES) == []


@settings(max_examples=150, deadline=None)
@given(toy.fact_lists(), toy.queries())
def test_sql_counts_as_evaluation_does(facts: list[Fact], asked: Query) -> None:
    database, source = SqlFacts(facts, toy.ENTITIES), toy.table(facts)
    assert database.answers(asked) == answers(asked, source)
    assert database.n_answers(asked, 100) == len(answers(asked, source))
    assert database.n_answers(asked, 2) == len(answers(asked, source, limit=2))
    assert database.n_answers_tried(asked, 100) == len(answers(asked, source))
    assert database.n_solutions(asked, 100) == count_solutions(asked, source, limit=100)
    database.close()


FACTS = [
    toy.link("p0", "P1", "f0"), toy.link("p1", "P1", "f0"), toy.link("p0", "P2", "p1"),
    toy.link("p0", "P1", "f1"), toy.link("p2", "P1", "f1"), toy.link("p2", "P2", "p3"),
    toy.link("p3", "P1", "f3"), toy.link("p2", "P1", "f2"), toy.link("p3", "P1", "f2"),
    toy.number("f0", "N1", 3), toy.number("f1", "N1", 3), toy.number("f2", "N1", 9),
]  # fmt: skip
STATEMENTS = [statement(fact, f"d{i}") for i, fact in enumerate(FACTS)]
STATEMENTS += [statement(FACTS[0], "d1"), statement(FACTS[2], "d1", Strength.LOOSE)]


@pytest.fixture(scope="module")
def triangle() -> Query:
    """Two people who know each other and share a film of a given year: p0, p1, f0."""
    asked = toy.query(
        [toy.answer("a", "person"), toy.latent("b", "person"), toy.latent("f", "film")],
        [
            toy.atom("1", "a", "P1", "f"),
            toy.atom("2", "b", "P1", "f"),
            toy.atom("3", "a", "P2", "b"),
            toy.year("4", "f"),
        ],
    )
    return solved(asked, FACTS, {"a": "p0", "b": "p1", "f": "f0"})


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    made = Checker(FACTS, STATEMENTS, toy.ENTITIES)
    yield made
    made.close()


def test_a_hand_made_certificate(triangle: Query, checker: Checker) -> None:
    certificate = certified(triangle, FACTS, STATEMENTS)
    assert (certificate.k, certificate.treewidth_with_givens, certificate.hops) == (2, 2, 2)
    assert (certificate.msd_strict, certificate.msd_loose) == (3, 2)
    assert certificate.cover == ("d1", "d2", "d9")
    assert (certificate.n_answers, certificate.n_solutions) == (1, 1)
    assert certificate.necessity == {"1": 1, "2": 2, "3": 3, "4": 2} and not certificate.tight
    assert checker.check(certificate, triangle) == []


CORRUPTIONS: list[dict[str, Any]] = [
    {"k": 1}, {"k": 3}, {"treewidth_with_givens": 1}, {"treewidth_with_givens": 3},
    {"lower_bound": LowerBound(kind="exhausted", value=1)}, {"lower_bound": LowerBound(kind="hope", value=2)},
    {"lower_bound": LowerBound(kind="edges", value=2)},
    {"msd_strict": 2}, {"msd_strict": 4}, {"msd_loose": 1}, {"msd_loose": 3},
    {"cover": ("d0", "d1", "d2")}, {"cover": ("d1", "d2")}, {"cover": ("d1", "d2", "d9", "d5")},
    {"n_solutions": 2}, {"n_answers": 2}, {"n_answers": 0}, {"tight": True},
    {"necessity": {"1": 2, "2": 2, "3": 3, "4": 2}}, {"necessity": {"1": 1, "2": 2, "3": 3}},
    {"search_width": 1}, {"search_width": 3}, {"search_width": 0}, {"hops": 1}, {"hops": 3},
    {"n_constraints": 5}, {"lexical_overlap": 1.5},
]  # fmt: skip


@pytest.mark.parametrize("corruption", CORRUPTIONS, ids=str)
def test_corrupted_numbers_are_caught(corruption: dict[str, Any], triangle: Query, checker: Checker) -> None:
    certificate = certified(triangle, FACTS, STATEMENTS).model_copy(update=corruption)
    assert checker.check(certificate, triangle)


def test_a_corrupted_decomposition_is_caught(triangle: Query, checker: Checker) -> None:
    certificate = certified(triangle, FACTS, STATEMENTS)
    for bags in ((("a", "b", "c"),), (("a", "b"),), (("a", "f", "a"),)):
        broken = certificate.decomposition.model_copy(update={"bags": bags})
        assert checker.check(certificate.model_copy(update={"decomposition": broken}), triangle)


def test_a_query_whose_evidence_does_not_fit_is_caught(triangle: Query, checker: Checker) -> None:
    certificate = certified(triangle, FACTS, STATEMENTS)
    first, *others = triangle.constraints
    for facts in ((), ("no such fact",), (FACTS[4].id,), (FACTS[3].id,)):
        query = triangle.model_copy(update={"constraints": (first.model_copy(update={"facts": facts}), *others)})
        assert any("constraint 1" in problem for problem in checker.check(certificate, query))
    variables = tuple(v.model_copy(update={"entity": "p0"}) if v.name == "b" else v for v in triangle.variables)
    problems = checker.check(certificate, triangle.model_copy(update={"variables": variables}))
    assert "two unknowns are the same entity in the intended solution" in problems


def test_evidence_must_be_complete(triangle: Query) -> None:
    with pytest.raises(DataError, match=f"no document states fact {FACTS[9].id}"):
        certified(triangle, FACTS, [s for s in STATEMENTS if s.fact != FACTS[9].id])
    bare = triangle.constraints[0].model_copy(update={"facts": ()})
    with pytest.raises(DataError, match="constraint 1 names no fact"):
        certified(triangle.model_copy(update={"constraints": (bare,)}), FACTS, STATEMENTS)


def test_a_count_that_takes_too_long_is_an_error() -> None:
    types = {f"p{i}": "person" for i in range(400)}
    ring = [toy.link(f"p{i}", "P1", f"p{(i + d) % 400}") for i in range(400) for d in range(1, 9)]
    names = "abcdef"
    cycle = [toy.atom(x + y, x, "P1", y) for x, y in zip(names, names[1:] + "a", strict=True)]
    asked = toy.query([toy.answer("a", "person"), *(toy.latent(name, "person") for name in names[1:])], cycle)
    database = SqlFacts(ring, types, max_ticks=2)
    with pytest.raises(BudgetError, match="interrupted"):
        database.n_solutions(asked, 1_000)
    database.close()


SHARED = {"bitset", "cap", "decomposition", "reasoning"}
"""Definitions: what a reasoning graph and a tree decomposition are, how far counts go."""


def imported(module: str, seen: set[str]) -> set[str]:
    """Names of the modules of the graph layer that one leads to."""
    if module not in seen:
        seen.add(module)
        tree = ast.parse((Path(graph.__file__).parent / f"{module}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("redsearcher.graph"):
                _, _, rest = (node.module or "").partition("redsearcher.graph")
                for name in [rest[1:]] if rest else [alias.name for alias in node.names]:
                    imported(name, seen)
    return seen


def test_the_checker_shares_definitions_alone_with_what_makes_certificates() -> None:
    makers = imported("certify", set())
    assert {"join", "search", "plan", "relation", "treewidth", "aggregate"} <= makers
    assert imported("check", set()) & makers <= SHARED
