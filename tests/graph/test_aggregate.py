"""Aggregates in tool atoms: evaluation and SQL against counting by hand, and certificates over them."""

from contextlib import closing
from itertools import product
from random import Random

import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from redsearcher.errors import DataError
from redsearcher.graph.certify import certify
from redsearcher.graph.check import Checker
from redsearcher.graph.evaluate import answers, count_solutions
from redsearcher.graph.join import Join
from redsearcher.graph.necessity import necessity
from redsearcher.graph.plan import Plan
from redsearcher.graph.reasoning import reasoning_graph
from redsearcher.graph.search import Search
from redsearcher.graph.sql import SqlFacts
from redsearcher.graph.tool import n_tool_sources
from redsearcher.records.query import Constant, Operand, Query, ToolAtom, ToolExpression
from redsearcher.records.world import Fact, Statement, Strength
from redsearcher.world.facts import FactTable
from tests.graph.toy import (
    ENTITIES,
    LITERALS,
    PROPERTIES,
    TYPES,
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
)

TOOLS = {"python.difference": lambda one, other: (one - other,)}


def arm(text: str) -> Operand:
    property_, variable = text.split()
    return Operand(variable=variable, property=property_)


def facts_call(function: str, *operands: Operand | Constant) -> ToolExpression:
    return ToolExpression(tool="facts", function=function, operands=operands)


def count(type_: str, *arms: str) -> ToolExpression:
    return facts_call("count", Constant(text=type_), *map(arm, arms))


def place(function: str, own: str, type_: str, *arms: str) -> ToolExpression:
    return facts_call(function, arm(own), Constant(text=type_), *map(arm, arms))


def within(id: str, call: ToolExpression, low: float | None, high: float | None, *facts: str) -> ToolAtom:
    return ToolAtom(id=id, call=call, low=low, high=high, facts=facts)


@st.composite
def aggregate_queries(draw: st.DrawFn) -> Query:
    asked = draw(queries())
    names = st.sampled_from([v.name for v in asked.variables])
    ways = st.sampled_from([sign + p for p in PROPERTIES for sign in ("", "^")])
    types, literals = st.sampled_from(TYPES), st.sampled_from(LITERALS)
    bound = st.none() | st.integers(0, 3)
    made = []
    for i in range(draw(st.integers(1, 2))):
        arms = [f"{draw(ways)} {draw(names)}" for _ in range(draw(st.integers(0, 2)))]
        kind = draw(st.sampled_from(("count", "top", "bottom", "difference")))
        if kind == "count":
            call = count(draw(types), *(arms or [f"{draw(ways)} {draw(names)}"]))
        elif kind == "difference":
            call = ToolExpression(
                tool="python",
                function="difference",
                operands=(count(draw(types), f"{draw(ways)} {draw(names)}"), arm(f"{draw(literals)} {draw(names)}")),
            )
        else:
            call = place(kind, f"{draw(literals)} {draw(names)}", draw(types), *arms)
        made.append(within(f"t{i}", call, draw(bound), draw(bound)))
    return asked.model_copy(update={"constraints": (*asked.constraints, *made)})


def said(call: ToolExpression, bound: dict[str, str], facts: list[Fact]) -> list[float]:
    """By hand, as the record describes it."""

    def numbers(operand: Operand) -> list[float]:
        own = [f for f in facts if f.subject == bound[operand.variable] and f.property == operand.property and f.value]
        return [f.value.number for f in own if f.value]

    if call.tool == "python":
        one, other = call.operands
        assert isinstance(one, ToolExpression) and isinstance(other, Operand)
        return [a - b for a, b in product(said(one, bound, facts), numbers(other))]
    own, *rest = call.operands if call.function != "count" else (None, *call.operands)
    kind, *arms = rest
    assert isinstance(kind, Constant)
    things = {entity for entity, type_ in ENTITIES.items() if type_ == kind.text}
    for one in arms:
        assert isinstance(one, Operand) and one.property
        end, property_ = bound[one.variable], one.property.removeprefix("^")
        if one.property.startswith("^"):
            things &= {f.subject for f in facts if f.property == property_ and f.object == end}
        else:
            things &= {f.object for f in facts if f.property == property_ and f.subject == end and f.object}
    if own is None:
        return [float(len(things))]
    assert isinstance(own, Operand)
    mine = numbers(own)
    if not mine or bound[own.variable] not in things:
        return []
    beyond = 0
    for thing in things:
        theirs = [f.value.number for f in facts if f.subject == thing and f.property == own.property and f.value]
        if theirs:
            beyond += max(theirs) > max(mine) if call.function == "top" else min(theirs) < min(mine)
    return [1.0 + beyond]


def brute(asked: Query, facts: list[Fact]) -> list[dict[str, str]]:
    tools = [c for c in asked.constraints if isinstance(c, ToolAtom)]
    plain = tuple(c for c in asked.constraints if not isinstance(c, ToolAtom))
    fixed = {v.name: v.entity or "" for v in asked.givens}
    return [
        own
        for own in brute_solutions(asked.model_copy(update={"constraints": plain}), facts)
        if all(any(c.admits(x) for x in said(c.call, own | fixed, facts)) for c in tools)
    ]


@settings(max_examples=120, deadline=None)
@forall(aggregate_queries(), fact_lists())
def test_both_evaluations_and_sql_agree_with_counting_by_hand(asked: Query, facts: list[Fact]) -> None:
    expected = brute(asked, facts)
    source = FactTable(facts, ENTITIES, TOOLS)
    named = sorted({own[asked.answer.name] for own in expected})
    assert answers(asked, source) == named
    assert [source.names[e] for e in Join(Plan(asked, source), 10**6, few=0, many=0).answers()] == named
    assert count_solutions(asked, source) == len(expected)
    database = SqlFacts(facts, ENTITIES, tools=TOOLS)
    assert database.answers(asked) == named
    assert database.n_answers(asked, 99) == len(named)
    assert database.n_answers_tried(asked, 99) == len(named)
    assert database.n_solutions(asked, 10_000) == len(expected)
    database.close()


@settings(max_examples=60, deadline=None)
@forall(aggregate_queries(), fact_lists())
def test_necessity_and_uniqueness_agree_with_counting_by_hand(asked: Query, facts: list[Fact]) -> None:
    source = FactTable(facts, ENTITIES, TOOLS)
    assert len(answers(asked, source, limit=2)) == min(2, len({own[asked.answer.name] for own in brute(asked, facts)}))
    counts = necessity(asked, source, cap=3)
    for constraint in asked.constraints:
        without = {own[asked.answer.name] for own in brute(asked.without(constraint.id), facts)}
        assert counts[constraint.id] == min(3, len(without))


@pytest.mark.parametrize("function", ["top", "bottom"])
def test_places_in_whole_columns_agree_with_those_found_one_by_one(function: str) -> None:
    random = Random(function)
    types = {f"{kind[0]}{n}": kind for kind in ("person", "film") for n in range(30)}
    pairs = [(f"f{random.randrange(30)}", f"p{random.randrange(30)}") for _ in range(150)]
    facts = [link(f, "P1", p) for f, p in pairs] + [link("p0", "P1", "p1")]
    facts += [number(f"f{n}", "N1", random.randrange(5)) for n in range(25) for _ in range(2)]
    facts += [number("p0", "N1", 9)]
    source = FactTable({fact.id: fact for fact in facts}.values(), types)
    variables = [answer("f", "film"), latent("p", "person")]
    for low, high in ((2, 2), (3, None), (None, 1)):
        asked = query(variables, [within("1", place(function, "N1 f", "film", "^P1 p"), low, high)])
        found = Join(Plan(asked, source), 10**6, few=0, many=0).answers()
        assert found == sorted(Search(Plan(asked, source), 10**6).answers(None)) and 0 < len(found) < 30


FILMS = [link("f0", "P1", "p0"), link("f1", "P1", "p0"), link("f2", "P1", "p0"), link("f3", "P1", "p1")]


def test_counting_is_of_a_type_and_of_distinct_entities() -> None:
    facts = [*FILMS, link("p2", "P1", "p0"), link("f3", "P1", "p2")]
    source = FactTable(facts, ENTITIES)
    directed = query([answer("a", "person")], [within("1", count("film", "^P1 a"), 1, 3)])
    assert answers(directed, source) == ["p0", "p1", "p2"]
    assert answers(query([answer("a", "person")], [within("1", count("film", "^P1 a"), 3, None)]), source) == ["p0"]
    assert answers(query([answer("a", "person")], [within("1", count("film", "^P1 a"), None, 0)]), source) == ["p3"]


def test_joint_works_are_counted_over_two_arms_and_join_their_ends() -> None:
    asked = query(
        [answer("a", "person"), given("g", "person", "p0"), latent("b", "person")],
        [within("1", count("film", "^P1 a", "^P2 g", "^P1 b"), 1, None)],
    )
    assert reasoning_graph(asked, with_givens=False)["=1"] == {"a", "b"}
    facts = [*FILMS, link("f3", "P2", "p0"), link("f3", "P1", "p2")]
    assert answers(asked, FactTable(facts, ENTITIES)) == ["p1", "p2"]
    assert n_tool_sources(asked) == 0


def test_superlatives_among_all_and_among_some() -> None:
    facts = [*FILMS, number("f0", "N1", 5), number("f1", "N1", 9), number("f2", "N1", 5), number("f3", "N1", 12)]
    source = FactTable(facts, ENTITIES)
    longest = query([answer("a", "film")], [within("1", place("top", "N1 a", "film"), 1, 1)])
    assert answers(longest, source) == ["f3"]
    of_one = query(
        [answer("a", "film"), given("g", "person", "p0")], [within("1", place("top", "N1 a", "film", "^P1 g"), 1, 1)]
    )
    assert answers(of_one, source) == ["f1"]
    shortest = query([answer("a", "film")], [within("1", place("bottom", "N1 a", "film"), 1, 2)])
    assert answers(shortest, source) == ["f0", "f2"]
    second = query([answer("a", "film")], [within("1", place("top", "N1 a", "film"), 2, 2)])
    assert answers(second, source) == ["f1"]


def test_an_aggregate_can_be_necessary() -> None:
    asked = query(
        [answer("a", "person"), given("g", "person", "p3")],
        [atom("1", "a", "P2", "g"), within("2", count("film", "^P1 a"), 3, None)],
    )
    facts = [*FILMS, link("p0", "P2", "p3"), link("p1", "P2", "p3"), link("f0", "P1", "p2")]
    facts += [link("f1", "P1", "p2"), link("f2", "P1", "p2")]
    assert answers(asked, FactTable(facts, ENTITIES)) == ["p0"]
    assert necessity(asked, FactTable(facts, ENTITIES)) == {"1": 2, "2": 2}


@pytest.mark.parametrize(
    "call",
    [
        facts_call("count", Constant(text="film")),
        facts_call("count", arm("P1 a")),
        facts_call("mean", Constant(text="film"), arm("P1 a")),
        facts_call("top", Constant(text="film"), arm("P1 a")),
        facts_call("count", Constant(text="film"), Operand(variable="a")),
    ],
    ids=lambda call: call.written({}),
)
def test_what_is_no_aggregate_is_refused(call: ToolExpression) -> None:
    with pytest.raises(DataError, match="is no aggregate"):
        answers(query([answer("a", "person")], [within("1", call, 1, 1)]), FactTable(FILMS, ENTITIES))


PRIZE = [link("p0", "P2", "p3"), link("p1", "P2", "p3")]
LENGTHS = [number("f0", "N1", 5), number("f1", "N1", 9), number("f3", "N1", 12)]
WORLD = [*FILMS, *PRIZE, *LENGTHS]
PAGES = [Statement(fact=f.id, document=f"d{n}", start=0, end=1, strength=Strength.STRICT) for n, f in enumerate(WORLD)]


def asked_for(atom_: ToolAtom) -> Query:
    return query(
        [answer("a", "person", "p0"), given("g", "person", "p3")], [atom("1", "a", "P2", "g", PRIZE[0].id), atom_]
    )


def problems(asked: Query, *, complete: tuple[str, ...] | None = None, facts: list[Fact] = WORLD) -> list[str]:
    stating = {s.fact: frozenset({s.document}) for s in PAGES}
    source = FactTable(facts, ENTITIES)
    certificate = certify(
        task_id="t", world_id="w", world_kind="closed", query=asked, known=source, stated=source,
        strict=stating.__getitem__, loose=stating.__getitem__, lexical_overlap=0.0,
    )  # fmt: skip
    with closing(Checker(facts, PAGES, ENTITIES, complete=complete)) as checker:
        return checker.check(certificate, asked)


def test_the_certificate_of_a_count_names_the_whole_extension() -> None:
    whole = [fact.id for fact in FILMS[:3]]
    asked = asked_for(within("2", count("film", "^P1 a"), 3, 3, *whole))
    assert problems(asked) == []
    assert problems(asked, complete=("P1",)) == []
    assert problems(asked, complete=("P2",)) == ["constraint 2 aggregates P1, which is not declared complete"]
    for facts in (whole[:2], [*whole, FILMS[3].id], [*whole, LENGTHS[0].id]):
        assert problems(asked_for(within("2", count("film", "^P1 a"), 3, 3, *facts)))
    assert problems(asked_for(within("2", count("film", "^P1 a"), 2, 2, *whole)))


def test_the_certificate_of_a_superlative_names_the_numbers_too() -> None:
    asked = query(
        [answer("f", "film", "f1"), given("g", "person", "p0")],
        [within("1", place("top", "N1 f", "film", "^P1 g"), 1, 1, *[f.id for f in (*FILMS[:3], *LENGTHS[:2])])],
    )
    assert problems(asked) == []
    fewer = asked.constraints[0].model_copy(update={"facts": asked.constraints[0].facts[:-1]})
    assert problems(asked.model_copy(update={"constraints": (fewer,)}))


def test_nothing_can_be_counted_without_a_fact() -> None:
    nobody = query(
        [answer("a", "person", "p1"), given("g", "person", "p3")],
        [atom("1", "a", "P2", "g", PRIZE[1].id), within("2", count("film", "^P2 a"), None, 0)],
    )
    assert problems(nobody) == []
    somebody = asked_for(within("2", count("film", "^P1 a"), None, 0))
    assert any("facts of 2 are not all" in problem for problem in problems(somebody))
