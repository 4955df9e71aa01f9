"""Minimal triangulations: chordal supergraphs that no edge can be left out of; their cliques and separators."""

from collections.abc import Callable

from redsearcher.graph.bitgraph import Adjacency, Flood
from redsearcher.graph.bitset import bits


def minimal_triangulation(
    adjacency: Adjacency, order: list[int], check: Callable[[], None]
) -> tuple[Adjacency, list[int]]:
    """A minimal triangulation of a connected graph within the fill of an elimination order, and its minimal separators.

    LB-Triang (Berry, Bordat, Heggernes, Simonet and Villanger 2006): whatever a vertex's neighbourhood cuts off has a
    border, which becomes a clique. Separators come each once, in the order found.
    """
    filled, flood = list(adjacency), Flood(adjacency)
    everything = (1 << len(adjacency)) - 1
    separators: dict[int, None] = {}
    for vertex in order:
        check()
        for _, border in flood.parts_and_borders(everything & ~filled[vertex] & ~(1 << vertex)):
            if border not in separators:
                separators[border] = None
                for other in bits(border):
                    filled[other] |= border & ~(1 << other)
    return filled, list(separators)
