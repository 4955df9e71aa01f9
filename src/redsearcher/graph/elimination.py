"""Elimination orders: found by greedy rules with an element of chance, measured, and read off chordal graphs."""

import random
from collections.abc import Callable

from redsearcher.graph.bitgraph import Adjacency, eliminate, is_simplicial
from redsearcher.graph.bitset import bits


def greedy_order(
    adjacency: Adjacency,
    alive: int,
    rng: random.Random | None = None,
    *,
    by_degree: bool = False,
    noise: float = 0.0,
    check: Callable[[], None] | None = None,
) -> tuple[int, list[int]]:
    """Width and order of eliminating, each time, a vertex that adds the fewest edges (or has the least degree).

    Ties go to the least degree and number, or to chance where `rng` is given; `noise` adds up to that share of its cost
    to each vertex, another one in every run. `check` is called at each step and may raise.
    """
    graph, width, order = list(adjacency), 0, []
    n = len(graph)
    factor = [1 + noise * rng.random() for _ in range(n)] if rng else [1.0] * n
    rank = [rng.random() for _ in range(n)] if rng else [v / n for v in range(n)]
    share = 1 / (n + 1)

    def price(vertex: int) -> tuple[float, float]:
        degree = graph[vertex].bit_count()
        if by_degree:
            return degree * factor[vertex], rank[vertex]
        around = rest = graph[vertex]
        missing = -degree
        while rest:
            lowest = rest & -rest
            missing += (around & ~graph[lowest.bit_length() - 1]).bit_count()
            rest ^= lowest
        return missing * factor[vertex], rank[vertex] if rng else degree + share * vertex

    costs = {vertex: price(vertex) for vertex in bits(alive)}
    while costs:
        if check is not None:
            check()
        vertex = min(costs, key=costs.__getitem__)
        around = graph[vertex]
        width = max(width, around.bit_count())
        if len(costs) <= width + 1:
            order += sorted(costs)
            break
        order.append(vertex)
        del costs[vertex]
        is_full = by_degree or is_simplicial(graph, vertex)
        eliminate(graph, vertex)
        changed = around
        if not is_full:
            for other in bits(around):
                changed |= graph[other]
        for other in bits(changed):
            costs[other] = price(other)
    return width, order


def bags_of(adjacency: Adjacency, order: list[int]) -> list[int]:
    """Each vertex with its later neighbours when its turn comes."""
    graph, bags = list(adjacency), []
    for vertex in order:
        bags.append(graph[vertex] | 1 << vertex)
        eliminate(graph, vertex)
    return bags


def perfect_order(adjacency: Adjacency, alive: int) -> tuple[list[int], list[int]]:
    """Perfect elimination order and maximal cliques of a chordal graph, by maximum cardinality search."""
    weight = dict.fromkeys(bits(alive), 0)
    visited, search, cliques = 0, [], []
    clique = 0
    while weight:
        vertex = max(weight, key=weight.__getitem__)
        del weight[vertex]
        before = adjacency[vertex] & visited
        if clique & ~before:
            cliques.append(clique)
        clique = before | 1 << vertex
        visited |= 1 << vertex
        search.append(vertex)
        for other in bits(adjacency[vertex] & ~visited):
            weight[other] += 1
    if clique:
        cliques.append(clique)
    return search[::-1], cliques
