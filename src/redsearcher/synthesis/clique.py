"""All sets of four mutually joined entities of a world: the smallest structures of treewidth 3."""

from itertools import combinations

from redsearcher.core import rng
from redsearcher.synthesis.factgraph import FactGraph

Clique = tuple[int, int, int, int]


def cliques(graph: FactGraph, seed: int) -> list[Clique]:
    """Every 4-clique of the entities that may be unknowns, shuffled by the seed."""
    found: list[Clique] = []
    for first, around in graph.adjacency.items():
        later = [other for other in around if other > first]
        for second, third in combinations(later, 2):
            if third not in graph.adjacency[second]:
                continue
            after_second, after_third = graph.adjacency[second], graph.adjacency[third]
            found += [(first, second, third, n) for n in later if n > third and n in after_second and n in after_third]
    found.sort()
    rng.derive(seed, "cliques").shuffle(found)
    return found
