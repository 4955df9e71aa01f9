"""Tool atoms: evaluation, reasoning graph and SQL against brute force over every assignment."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redsearcher.errors import DataError
from redsearcher.graph import elementary
from redsearcher.graph.certify import needed_facts
from redsearcher.graph.evaluate import answers, count_solutions, solutions
from redsearcher.graph.intended import Intended
from redsearcher.graph.reasoning import hops, reasoning_graph
from redsearcher.graph.sql import SqlFacts
from redsearcher.graph.sqltool import count_calls
from redsearcher.graph.tool import n_tool_sources
from redsearcher.graph.width import search_width
from redsearcher.records.query import Constant, Constraint, Operand, Query, ToolAtom, ToolExpression
from redsearcher.records.world import Fact
from redsearcher.world.facts import FactTable
from tests.graph.toy import (
    ENTITIES,
    answer,
    atom,
    brute_solutions,
    fact_lists,
    latent,
    number,
    queries,
    query,
)
from tests.graph.toy import given as given_


def gap(one: str, other: str) -> tuple[float, ...]:
    """A distance of entities: that of the digits of their ids; unknown from p3."""
    return () if "p3" in (one, other) else (abs(float(one[1]) - float(other[1])),)


def spread(*entities: str) -> tuple[float, ...]:
    digits = [int(entity[1]) for entity in entities]
    return (float(max(digits) - min(digits)),)


TOOLS = {
    "maps.gap": gap,
    "maps.spread": spread,
    "maps.stretch": lambda one, other, mode: tuple(2 * x if mode == "foot" else x for x in gap(one, other)),
    "python.sum": lambda *amounts: (float(sum(amounts)),),
}


def call(tool: str, function: str, *operands: object) -> ToolExpression:
    made = [
        o
        if isinstance(o, ToolExpression | Constant)
        else Operand(variable=str(o).split(".")[0], property=str(o).split(".")[1] if "." in str(o) else None)
        for o in operands
    ]
    return ToolExpression(tool=tool, function=function, operands=tuple(made))  # type: ignore[arg-type]


def tool(id: str, called: ToolExpression, low: float, high: float, *facts: str) -> ToolAtom:
    return ToolAtom(id=id, call=called, low=low, high=high, facts=facts)


@st.composite
def tool_queries(draw: st.DrawFn) -> Query:
    asked = draw(queries())
    names = st.sampled_from([v.name for v in asked.variables])
    more: list[Constraint] = []
    for i in range(draw(st.integers(1, 2))):
        kind = draw(st.sampled_from(("gap", "stretch", "spread", "sum", "chain")))
        if kind == "gap":
            made = call("maps", "gap", draw(names), draw(names))
        elif kind == "stretch":
            made = call("maps", "stretch", draw(names), draw(names), Constant(text="foot"))
        elif kind == "spread":
            made = call("maps", "spread", *[draw(names) for _ in range(3)])
        elif kind == "sum":
            made = call("python", "sum", f"{draw(names)}.N1", f"{draw(names)}.N2")
        else:
            made = call("python", "sum", call("maps", "gap", draw(names), draw(names)), f"{draw(names)}.N1")
        low = draw(st.integers(0, 3))
        more.append(tool(f"t{i}", made, low, low + draw(st.integers(0, 2))))
    return asked.model_copy(update={"constraints": (*asked.constraints, *more)})


def said(called: ToolExpression, bound: dict[str, str], facts: list[Fact]) -> list[float]:
    options: list[list[object]] = []
    for o in called.operands:
        if isinstance(o, ToolExpression):
            options.append(list(said(o, bound, facts)))
        elif isinstance(o, Constant):
            options.append([o.text])
        elif o.property is None:
            options.append([bound[o.variable]])
        else:
            mine = [f for f in facts if f.subject == bound[o.variable] and f.property == o.property and f.value]
            options.append([f.value.number for f in mine if f.value])
    function = TOOLS[f"{called.tool}.{called.function}"]
    return [x for chosen in product(*options) for x in function(*chosen)]


def brute(asked: Query, facts: list[Fact]) -> list[dict[str, str]]:
    plain = [c for c in asked.constraints if not isinstance(c, ToolAtom)]
    tools = [c for c in asked.constraints if isinstance(c, ToolAtom)]
    fixed = {v.name: v.entity or "" for v in asked.givens}
    return [
        own
        for own in brute_solutions(asked.model_copy(update={"constraints": tuple(plain)}), facts)
        if all(any(c.low <= x <= c.high for x in said(c.call, own | fixed, facts)) for c in tools)  # type: ignore[operator]
    ]


@settings(max_examples=150, deadline=None)
@given(tool_queries(), fact_lists())
def test_evaluation_and_sql_agree_with_every_assignment(asked: Query, facts: list[Fact]) -> None:
    expected = brute(asked, facts)
    source = FactTable(facts, ENTITIES, TOOLS)
    name = asked.answer.name
    assert answers(asked, source) == sorted({own[name] for own in expected})
    assert count_solutions(asked, source) == len(expected)
    found = solutions(asked, source)
    assert sorted(map(sorted, (s.items() for s in found))) == sorted(map(sorted, (s.items() for s in expected)))
    database = SqlFacts(facts, ENTITIES, tools=TOOLS)
    assert database.n_answers(asked, 99) == len({own[name] for own in expected})
    assert database.n_solutions(asked, 10_000) == len(expected)
    database.close()
    assert count_calls(asked) == n_tool_sources(asked)


@settings(max_examples=100, deadline=None)
@given(tool_queries())
def test_both_readings_of_the_reasoning_graph_agree(asked: Query) -> None:
    for with_givens in (False, True):
        graph = reasoning_graph(asked, with_givens=with_givens)
        vertices, joined = elementary.edges(asked, with_givens=with_givens)
        assert sorted(graph) == sorted(vertices)
        assert {frozenset((a, b)) for a in graph for b in graph[a]} == set(joined)
    assert hops(asked) == elementary.greatest_distance(asked)


def test_an_atom_of_three_variables_is_a_star_and_of_two_an_edge() -> None:
    three = query(
        [answer("a", "person"), latent("b", "person"), latent("c", "film"), given_("g", "film", "f0")],
        [tool("t", call("maps", "spread", "a", "b", "c"), 0, 2), tool("u", call("maps", "gap", "a", "g"), 0, 1)],
    )
    graph = reasoning_graph(three, with_givens=True)
    assert graph["=t"] == {"a", "b", "c"} and graph["a"] == {"=t", "g"}
    assert "=t" in reasoning_graph(three, with_givens=False)


def test_a_range_of_unknown_numbers_holds_for_nobody() -> None:
    lone = query([answer("a", "person"), given_("g", "person", "p3")], [tool("t", call("maps", "gap", "a", "g"), 0, 9)])
    assert answers(lone, FactTable([], ENTITIES, TOOLS)) == []


def test_a_function_nobody_passed_is_named() -> None:
    lone = query([answer("a", "person"), given_("g", "person", "p0")], [tool("t", call("maps", "gap", "a", "g"), 0, 9)])
    with pytest.raises(DataError, match=r"no tool function maps\.gap"):
        answers(lone, FactTable([], ENTITIES))


def test_facts_are_owed_only_for_what_pages_must_say() -> None:
    by_tool = query(
        [answer("a", "person"), given_("g", "person", "p0")], [tool("t", call("maps", "gap", "a", "g"), 0, 9)]
    )
    assert needed_facts(by_tool) == ()
    from_pages = query([answer("a", "person")], [tool("t", call("python", "sum", "a.N1", "a.N2"), 0, 9)])
    with pytest.raises(DataError, match="t names no fact"):
        needed_facts(from_pages)


def test_search_width_sees_tools() -> None:
    facts = [Fact(subject=f"f{n}", property="P1", object="p0") for n in range(4)]
    base = [answer("a", "film"), given_("g", "person", "p0"), given_("h", "film", "f1")]
    wide = query(base, [atom("c", "a", "P1", "g")])
    narrow = query(base, [atom("c", "a", "P1", "g"), tool("t", call("maps", "gap", "a", "h"), 1, 1)])
    source = FactTable(facts, ENTITIES, TOOLS)
    assert search_width(wide, source) == 4
    assert search_width(narrow, source) == 2


def test_the_checker_calls_the_tool_on_the_named_facts() -> None:
    facts = [number("p0", "N1", 2), number("p0", "N2", 3), number("p1", "N1", 9)]
    right = query(
        [answer("a", "person", "p0")],
        [tool("t", call("python", "sum", "a.N1", "a.N2"), 5, 5, facts[0].id, facts[1].id)],
    )
    intended = Intended({fact.id: fact for fact in facts}, (), ENTITIES, TOOLS)
    assert list(intended.problems(right)) == []
    wrong = [
        tool("t", call("python", "sum", "a.N1", "a.N2"), 6, 7, facts[0].id, facts[1].id),
        tool("t", call("python", "sum", "a.N1", "a.N2"), 5, 5, facts[0].id),
        tool("t", call("python", "sum", "a.N1", "a.N2"), 5, 12, facts[2].id, facts[1].id),
    ]
    for made in wrong:
        assert list(intended.problems(right.model_copy(update={"constraints": (made,)})))
