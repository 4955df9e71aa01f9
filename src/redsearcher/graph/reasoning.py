"""The reasoning graph of a query: variables, joined where a fact atom or a tool binds two of them."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from redsearcher.records.query import Constraint, FactAtom, LiteralAtom, Query, Role, ToolAtom

Graph = Mapping[str, AbstractSet[str]]


def reasoning_graph(query: Query, *, with_givens: bool) -> dict[str, frozenset[str]]:
    """Neighbours by variable name, in the query's order. Literal and compare atoms add no edge.

    A tool atom of two variables is an edge; one of more is a star around its result, a node called `=` and its id.
    Without givens it is the graph whose treewidth is k: what a solver must hold at once.
    """
    kept = [v.name for v in query.variables if with_givens or v.role is not Role.GIVEN]
    neighbours: dict[str, set[str]] = {name: set() for name in kept}
    for constraint in query.constraints:
        for one, other in _edges(constraint):
            if one.startswith("=") and other in neighbours:
                neighbours.setdefault(one, set())
            if one in neighbours and other in neighbours:
                neighbours[one].add(other)
                neighbours[other].add(one)
    return {name: frozenset(others) for name, others in neighbours.items()}


def _edges(constraint: Constraint) -> list[tuple[str, str]]:
    names = tuple(dict.fromkeys(constraint.variables))
    if isinstance(constraint, FactAtom | ToolAtom) and len(names) == 2:
        return [(names[0], names[1])]
    if isinstance(constraint, ToolAtom) and len(names) > 2:
        return [(f"={constraint.id}", name) for name in names]
    return []


def hops(query: Query) -> int:
    """Greatest distance of an unknown from its nearest given, in edges of the reasoning graph with givens.

    In a connected part without a given, the ranges of literal atoms and what tools say of one variable are what the
    question names, so a variable with one is one hop away. A part with neither has no distance; it counts its number
    of variables.
    """
    graph = reasoning_graph(query, with_givens=True)
    distance = _distances(graph, {variable.name: 0 for variable in query.givens})
    ranged = {
        c.variables[0] for c in query.constraints if isinstance(c, LiteralAtom | ToolAtom) and len(c.variables) == 1
    }
    distance |= _distances(graph, {name: 1 for name in sorted(ranged) if name not in distance})
    unreached = [name for name in graph if name not in distance]
    for name in unreached:
        distance[name] = len(_distances(graph, {name: 0}))
    return max((distance[variable.name] for variable in query.unknowns), default=0)


def _distances(graph: Graph, start: dict[str, int]) -> dict[str, int]:
    """Breadth-first distances; all starts lie at one distance."""
    distance = dict(start)
    frontier = list(start)
    while frontier:
        reached = []
        for name in frontier:
            for other in sorted(graph[name]):
                if other not in distance:
                    distance[other] = distance[name] + 1
                    reached.append(other)
        frontier = reached
    return distance
