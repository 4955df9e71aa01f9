"""Minors by contraction: small graphs whose treewidth bounds that of the whole from below."""

import random
from collections.abc import Callable
from typing import NamedTuple

from redsearcher.graph.bitgraph import Adjacency, compact, eliminate
from redsearcher.graph.bitset import bits
from redsearcher.graph.elimination import greedy_order

SHRINK = 0.88
"""A minor is looked at each time the number of vertices has shrunk by this factor."""


class Minor(NamedTuple):
    """A graph got by contraction: vertex v stands for the vertices `groups[v]` of the whole."""

    adjacency: Adjacency
    groups: list[int]


def minors(adjacency: Adjacency, smallest: int, rng: random.Random) -> list[Minor]:
    """Minors of shrinking size, down to `smallest` vertices: a vertex of least degree is contracted into the neighbour
    it shares least with, again and again; ties go to chance.
    """
    graph, groups = list(adjacency), [1 << v for v in range(len(adjacency))]
    alive, mask = set(range(len(adjacency))), (1 << len(adjacency)) - 1
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
            groups[into] |= groups[vertex]
        if len(alive) <= target:
            inner, old = compact(graph, mask)
            found.append(Minor(inner, [groups[v] for v in old]))
            target = len(alive) * SHRINK
    return found


def promising(
    adjacency: Adjacency, width: int, n_tries: int, rng: random.Random, check: Callable[[], None]
) -> list[Minor]:
    """Minors that may have a larger treewidth than `width`, as far as greedy orders can tell; small ones first.

    Of each of `n_tries` sequences, the smallest such minor. `check` is called again and again and may raise.
    """
    found: list[Minor] = []
    for _ in range(n_tries):
        best = None
        for minor in minors(adjacency, width + 2, rng):
            if not _is_above(minor.adjacency, width, rng, check):
                break
            best = minor
        if best is not None and best not in found:
            found.append(best)
    return sorted(found, key=lambda minor: len(minor.adjacency))


def lifted(adjacency: Adjacency, minor: Minor, order: list[int]) -> list[int]:
    """An order of the whole from one of a minor: the vertices of each group one after the other, least degree first."""
    graph, found = list(adjacency), []
    for vertex in order:
        group = minor.groups[vertex]
        while group:
            first = min(bits(group), key=lambda v: graph[v].bit_count())
            eliminate(graph, first)
            found.append(first)
            group ^= 1 << first
    return found


def _is_above(adjacency: Adjacency, width: int, rng: random.Random, check: Callable[[], None]) -> bool:
    """Whether no greedy order tried shows that the treewidth is at most `width`."""
    everything = (1 << len(adjacency)) - 1
    return all(
        greedy_order(adjacency, everything, rng, by_degree=by_degree, noise=noise, check=check)[0] > width
        for by_degree, noise in ((False, 0.0), (True, 0.0), (False, 0.3))
    )
