"""Minors by contraction: small graphs whose treewidth bounds that of the whole from below."""

import random

from redsearcher.graph.bitgraph import Adjacency, compact
from redsearcher.graph.elimination import greedy_order
from redsearcher.graph.plan import bits

SHRINK = 0.88
"""A minor is looked at each time the number of vertices has shrunk by this factor."""


def minors(adjacency: Adjacency, smallest: int, rng: random.Random) -> list[Adjacency]:
    """Minors of shrinking size, down to `smallest` vertices: a vertex of least degree is contracted into the neighbour
    it shares least with, again and again; ties go to chance.
    """
    graph, alive = list(adjacency), set(range(len(adjacency)))
    mask = (1 << len(adjacency)) - 1
    rank = [rng.random() for _ in graph]
    found = []
    target = len(graph) * SHRINK
    while len(alive) > smallest:
        vertex = min(alive, key=lambda v: (graph[v].bit_count(), rank[v]))
        around = graph[vertex]
        alive.discard(vertex)
        mask ^= 1 << vertex
        if around:
            into = min(bits(around), key=lambda u: ((graph[u] & around).bit_count(), graph[u].bit_count(), rank[u]))
            for other in bits(around):
                graph[other] = graph[other] & ~(1 << vertex) | 1 << into
            graph[into] = (graph[into] | around) & ~(1 << into | 1 << vertex)
            graph[vertex] = 0
        if len(alive) <= target:
            found.append(compact(graph, mask)[0])
            target = len(alive) * SHRINK
    return found


def promising(adjacency: Adjacency, width: int, n_tries: int, rng: random.Random) -> list[Adjacency]:
    """Minors that may have a larger treewidth than `width`, as far as greedy orders can tell; small ones first.

    Of each of `n_tries` sequences, the smallest such minor.
    """
    found: list[Adjacency] = []
    for _ in range(n_tries):
        best = None
        for minor in minors(adjacency, width + 2, rng):
            if not _is_above(minor, width, rng):
                break
            best = minor
        if best is not None and best not in found:
            found.append(best)
    return sorted(found, key=len)


def _is_above(adjacency: Adjacency, width: int, rng: random.Random) -> bool:
    """Whether no greedy order tried shows that the treewidth is at most `width`."""
    everything = (1 << len(adjacency)) - 1
    return all(
        greedy_order(adjacency, everything, rng, by_degree=by_degree, noise=noise)[0] > width
        for by_degree, noise in ((False, 0.0), (True, 0.0), (False, 0.3))
    )
