"""Whether two queries say the same, whatever their variables are called."""

import math

import networkx as nx
from networkx.algorithms.isomorphism import MultiDiGraphMatcher

from redsearcher.records.query import (
    CompareAtom,
    Constant,
    FactAtom,
    LiteralAtom,
    Operand,
    Query,
    Role,
    ToolAtom,
    ToolExpression,
    Variable,
)
from redsearcher.world.interval import COUNTS
from redsearcher.world.property import properties


def same_query(asked: Query, parsed: Query, names: dict[str, str]) -> bool:
    """Same graph, roles, labels of givens, properties with direction, ranges; types equal where both are known."""
    if len(asked.constraints) != len(parsed.constraints) or len(asked.variables) != len(parsed.variables):
        return False
    matcher = MultiDiGraphMatcher(_graph(asked, names), _graph(parsed, None), _same_node, _same_edges)
    return bool(matcher.is_isomorphic())


def _graph(query: Query, names: dict[str, str] | None) -> "nx.MultiDiGraph[str]":
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for variable in query.variables:
        literals = sorted(
            (c.property, *_bounds(c))
            for c in query.constraints
            if isinstance(c, LiteralAtom) and c.subject == variable.name
        )
        graph.add_node(
            variable.name, role=variable.role, label=_label(variable, names), type=variable.type, literals=literals
        )
    for c in query.constraints:
        if isinstance(c, FactAtom):
            graph.add_edge(c.subject, c.object, what=c.property)
            if properties()[c.property].symmetric:
                graph.add_edge(c.object, c.subject, what=c.property)
        elif isinstance(c, CompareAtom):
            graph.add_edge(c.left, c.right, what=f"{c.left_property}<{c.right_property}")
        elif isinstance(c, ToolAtom):
            _add_call(graph, c.id, c.call, f"{_rounded(c.low)}..{_rounded(c.high)}")
    return graph


def _add_call(graph: "nx.MultiDiGraph[str]", name: str, call: ToolExpression, said: str) -> None:
    """A call as a node, with an edge to each of its inputs."""
    fixed = [operand.text for operand in call.operands if isinstance(operand, Constant)]
    label = f"{call.tool}.{call.function} {' '.join(fixed)} {said}"
    graph.add_node(name, role="call", label=label, type="", literals=[])
    for place, operand in enumerate(call.operands):
        if isinstance(operand, ToolExpression):
            _add_call(graph, f"{name}.{place}", operand, "")
            graph.add_edge(name, f"{name}.{place}", what=str(place))
        elif isinstance(operand, Operand):
            graph.add_edge(name, operand.variable, what=f"{place} {operand.property}")


def _bounds(literal: LiteralAtom) -> tuple[float, float]:
    """Of what is counted, only whole numbers matter: 7.5 to 8.5 is 8."""
    low, high = literal.low, literal.high
    if literal.property in COUNTS:
        low, high = low if low is None else math.ceil(low), high if high is None else math.floor(high)
    return _rounded(low), _rounded(high)


def _rounded(number: float | None) -> float:
    return -1e18 if number is None else round(number, 3)


def _label(variable: Variable, names: dict[str, str] | None) -> str | None:
    if variable.role is not Role.GIVEN:
        return None
    return variable.label if names is None else names[variable.entity or ""]


def _same_node(a: dict[str, object], b: dict[str, object]) -> bool:
    types = a["type"] == b["type"] or "" in (a["type"], b["type"])
    return types and all(a[key] == b[key] for key in ("role", "label", "literals"))


def _same_edges(a: dict[int, dict[str, str]], b: dict[int, dict[str, str]]) -> bool:
    return sorted(e["what"] for e in a.values()) == sorted(e["what"] for e in b.values())
