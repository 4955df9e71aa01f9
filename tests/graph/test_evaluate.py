"""Query evaluation against nested loops over all assignments."""

import pytest
from hypothesis import given as forall
from hypothesis import settings

from redsearcher.errors import BudgetError, DataError
from redsearcher.graph.evaluate import answers, count_solutions, examples, solutions
from redsearcher.graph.necessity import folds, is_tight, necessity
from redsearcher.records.query import CompareAtom, LiteralAtom, Query
from redsearcher.records.world import Fact
from redsearcher.world.facts import FactTable
from tests.graph.toy import (
    ENTITIES,
    answer,
    atom,
    brute_solutions,
    fact_lists,
    given,
    latent,
    link,
    number,
    queries,
    query,
    table,
)


def in_order(found: list[dict[str, str]]) -> list[tuple[tuple[str, str], ...]]:
    return sorted(tuple(sorted(one.items())) for one in found)


@settings(max_examples=300, deadline=None)
@forall(fact_lists(), queries())
def test_agrees_with_brute_force(facts: list[Fact], asked: Query) -> None:
    source, expected = table(facts), brute_solutions(asked, facts)
    assert answers(asked, source) == sorted({one[asked.answer.name] for one in expected})
    assert in_order(solutions(asked, source)) == in_order(expected)
    assert count_solutions(asked, source) == len(expected)


@settings(max_examples=100, deadline=None)
@forall(fact_lists(), queries())
def test_limits_cut_and_never_invent(facts: list[Fact], asked: Query) -> None:
    source, expected = table(facts), brute_solutions(asked, facts)
    all_answers = {one[asked.answer.name] for one in expected}
    for limit in (0, 1, 2):
        some = answers(asked, source, limit=limit)
        assert set(some) <= all_answers and len(some) == min(limit, len(all_answers))
        assert len(solutions(asked, source, limit=limit)) == min(limit, len(expected))
        assert count_solutions(asked, source, limit=limit) == min(limit, len(expected))


@settings(max_examples=100, deadline=None)
@forall(fact_lists(), queries())
def test_necessity_agrees_with_brute_force(facts: list[Fact], asked: Query) -> None:
    counts = necessity(asked, table(facts), cap=3)
    for constraint in asked.constraints:
        rest = asked.without(constraint.id)
        distinct = {one[asked.answer.name] for one in brute_solutions(rest, facts)}
        assert counts[constraint.id] == min(3, len(distinct))
    assert is_tight(counts) == (bool(counts) and all(n > 1 for n in counts.values()))


def test_two_unknowns_of_one_type_are_different() -> None:
    siblings = [link("p0", "P1", "p1"), link("p1", "P1", "p0")]
    asked = query(
        [answer("a", "person"), latent("b", "person"), latent("c", "person")],
        [atom("1", "a", "P1", "b"), atom("2", "b", "P1", "c")],
    )
    assert answers(asked, table(siblings)) == []
    assert answers(asked, table([*siblings, link("p1", "P1", "p2")])) == ["p0"]


def test_an_unknown_may_equal_a_given() -> None:
    asked = query([given("g", "person", "p0"), answer("a", "person")], [atom("1", "g", "P1", "a")])
    assert answers(asked, table([link("p0", "P1", "p0")])) == ["p0"]


def test_types_are_respected() -> None:
    facts = [link("p0", "P1", "p1"), link("p0", "P1", "f1"), link("p0", "P1", "nobody")]
    asked = query([given("g", "person", "p0"), answer("a", "film")], [atom("1", "g", "P1", "a")])
    assert answers(asked, table(facts)) == ["f1"]


def test_an_unconstrained_answer_takes_its_whole_type() -> None:
    asked = query([given("g", "person", "p0"), answer("a", "film")], [atom("1", "g", "P1", "a")])
    assert answers(asked.without("1"), table([])) == [e for e, t in ENTITIES.items() if t == "film"]


def test_literals_and_comparisons_hold_for_some_value() -> None:
    facts = [number("p0", "N1", 1), number("p0", "N1", 9), number("p1", "N1", 5), number("p2", "N1", 1.5)]
    inside = query([answer("a", "person")], [LiteralAtom(id="1", subject="a", property="N1", low=4, high=5)])
    assert answers(inside, table(facts)) == ["p1"]
    smaller = CompareAtom(id="1", left="g", left_property="N1", right="a", right_property="N1")
    asked = query([given("g", "person", "p1"), answer("a", "person")], [smaller])
    assert answers(asked, table(facts)) == ["p0"]


def test_budget_is_an_error_not_an_answer() -> None:
    types = {f"p{i}": "person" for i in range(60)}
    ring = [link(f"p{i}", "P1", f"p{(i + d) % 60}") for i in range(60) for d in (1, 2)]
    names = "abcdef"
    asked = query(
        [answer("a", "person"), *(latent(n, "person") for n in names[1:])],
        [atom(x + y, x, "P1", y) for x, y in zip(names, names[1:] + "a", strict=True)],
    )
    with pytest.raises(BudgetError, match="more than 50 candidates"):
        answers(asked, FactTable(ring, types), budget=50)
    assert answers(asked, FactTable(ring, types)) == []


def test_a_given_without_an_entity_is_refused() -> None:
    asked = Query(
        variables=(given("g", "person", "p0").model_copy(update={"entity": None}), answer("a", "person")),
        constraints=(atom("1", "g", "P1", "a"),),
    )
    with pytest.raises(DataError, match="given g has no entity"):
        answers(asked, table([]))


def test_folding_is_told_from_the_intended_solution() -> None:
    variables = [answer("a", "person", "p0"), latent("b", "person", "p1"), latent("c", "film", "f0")]
    assert not folds(query(variables, []))
    assert folds(query([*variables, latent("d", "person", "p0")], []))


def test_parts_of_one_type_that_need_the_same_entity_have_no_joint_solution() -> None:
    asked = query(
        [answer("x1", "person"), latent("x2", "film"), latent("x3", "film"), given("g1", "person", "p3")],
        [atom("c1", "x1", "P1", "g1"), atom("c2", "x2", "P2", "g1"), atom("c3", "x3", "P2", "g1")],
    )
    facts = [link("p0", "P1", "p3"), link("p1", "P1", "p3"), link("f0", "P2", "p3")]
    assert answers(asked, table(facts)) == []  # one film cannot be two
    assert answers(asked, table([*facts, link("f1", "P2", "p3")])) == ["p0", "p1"]


@settings(max_examples=100, deadline=None)
@forall(fact_lists(), queries())
def test_examples_are_solutions_one_per_answer(facts: list[Fact], asked: Query) -> None:
    expected = brute_solutions(asked, facts)
    shown = examples(asked, table(facts), limit=3)
    assert all(tuple(sorted(one.items())) in in_order(expected) for one in shown)
    assert len({one[asked.answer.name] for one in shown}) == len(shown) == min(3, len(answers(asked, table(facts))))
