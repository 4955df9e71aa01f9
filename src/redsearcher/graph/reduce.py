"""Safe reductions: vertices that some best elimination order may start with."""

from typing import NamedTuple

from redsearcher.graph.bitgraph import Adjacency, eliminate, is_almost_simplicial, is_simplicial
from redsearcher.graph.bitset import bits


class Reduced(NamedTuple):
    """What is left: `graph` on the vertices `alive`; `bags` of those taken out; `lower`, where that proved more."""

    graph: Adjacency
    alive: int
    bags: list[int]
    lower: int


def reduce(adjacency: Adjacency, alive: int, lower: int) -> Reduced:
    """Take out, again and again, simplicial vertices, and by the lower bound on the treewidth almost simplicial ones
    and twins of degree three (Bodlaender, Koster and van den Eijkhof 2005).

    A simplicial vertex met sits in a clique minor, whose size bounds the width from below.
    """
    graph, bags = list(adjacency), []
    waiting = alive
    while waiting:
        lowest = waiting & -waiting
        waiting ^= lowest
        vertex = lowest.bit_length() - 1
        around = graph[vertex]
        degree = around.bit_count()
        if is_simplicial(graph, vertex):
            lower = max(lower, degree)
        elif degree > lower or not (is_almost_simplicial(graph, vertex) or (degree == 3 and _has_twin(graph, vertex))):
            continue
        bags.append(around | lowest)
        eliminate(graph, vertex)
        alive ^= lowest
        waiting |= around
        for other in bits(around):
            waiting |= graph[other]
        waiting &= alive
    return Reduced(graph, alive, bags, lower)


def _has_twin(graph: Adjacency, vertex: int) -> bool:
    """Whether another vertex, not joined to this one, has the same neighbours."""
    around = graph[vertex]
    first = next(iter(bits(around)))
    return any(other != vertex and graph[other] == around for other in bits(graph[first]))
