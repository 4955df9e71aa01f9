"""All sets of four mutually joined entities of a world: the smallest structures of treewidth 3."""

import random
from itertools import combinations

from redsearcher.core import rng
from redsearcher.graph.cover import minimum_cover
from redsearcher.synthesis.factgraph import Edge, FactGraph
from redsearcher.synthesis.structure import Structure
from redsearcher.synthesis.target import Target

Clique = tuple[int, int, int, int]


def cliques(graph: FactGraph) -> list[Clique]:
    """Every 4-clique of the entities that may be unknowns, ascending."""
    found: list[Clique] = []
    for first, around in graph.adjacency.items():
        later = [other for other in around if other > first]
        for second, third in combinations(later, 2):
            if third not in graph.adjacency[second]:
                continue
            after_second, after_third = graph.adjacency[second], graph.adjacency[third]
            found += [(first, second, third, n) for n in later if n > third and n in after_second and n in after_third]
    return sorted(found)


def ordered(graph: FactGraph, found: list[Clique], target: Target, seed: int) -> list[Clique]:
    """The cliques with facts that can lead to the target, shuffled by the seed; each MSD has an order of its own."""
    if target.few_pages:
        found = [clique for clique in found if len(_fewest_pages(graph, clique)) <= target.msd]
    kept = list(found)
    rng.derive(seed, "cliques", target.msd).shuffle(kept)
    return kept


def structure(graph: FactGraph, clique: Clique, few_pages: bool, draws: random.Random) -> Structure:
    """The clique with one fact per pair: random ones, or such as the fewest pages state."""
    rows = _rows(graph, clique)
    if few_pages:
        wanted = _fewest_pages(graph, clique)
        rows = [[edge for edge in row if graph.loose[edge.fact] & wanted] for row in rows]
    return Structure(clique, tuple(graph.pick(row, draws) for row in rows))


def _rows(graph: FactGraph, clique: Clique) -> list[list[Edge]]:
    return [graph.adjacency[one][other] for one, other in combinations(clique, 2)]


def _fewest_pages(graph: FactGraph, clique: Clique) -> frozenset[str]:
    """A smallest set of pages that states a fact of every pair."""
    stated = [frozenset().union(*(graph.loose[edge.fact] for edge in row)) for row in _rows(graph, clique)]
    return frozenset(minimum_cover(stated) or ())
