"""Safe separators: where a graph can be cut, since its treewidth is the largest of its parts', the cut made a clique.

After Bodlaender and Koster (2006): a separator S is safe if for each component C of what it leaves, the rest of the
graph without C can be contracted to a clique on S. Candidates come from minimal triangulations, as in Tamaki (2017).
"""

from collections.abc import Callable, Iterable
from itertools import combinations

from redsearcher.graph.bitgraph import Adjacency, parts_and_borders
from redsearcher.graph.bitset import bits

MAX_CONTRACTED = 400
"""Larger rests are not contracted; only cliques and almost cliques are recognised then."""


def first_safe(adjacency: Adjacency, separators: Iterable[int], check: Callable[[], None]) -> int | None:
    """The first safe separator of a connected graph, small ones first."""
    for separator in sorted(separators, key=lambda s: (s.bit_count(), s)):
        check()
        if is_safe(adjacency, separator, check):
            return separator
    return None


def is_safe(adjacency: Adjacency, separator: int, check: Callable[[], None]) -> bool:
    """Whether the separator could be shown to be safe; False may mean that nobody looked well enough."""
    parts = parts_and_borders(adjacency, (1 << len(adjacency)) - 1 & ~separator)
    if len(parts) < 2:
        return False
    missing = _missing_pairs(adjacency, separator)
    if not missing:
        return True
    full = sum(border == separator for _, border in parts)
    if full >= 2 and _share_a_vertex(missing):
        return True
    rest = (1 << len(adjacency)) - 1 & ~separator
    return all(
        any(_has_clique_minor(adjacency, separator, rest & ~part, len(missing), grow, check) for grow in (False, True))
        for part, _ in parts
    )


def cut(adjacency: Adjacency, separator: int) -> list[tuple[Adjacency, list[int]]]:
    """Each component with the separator made a clique, numbered anew; and the old number of each vertex."""
    joined = list(adjacency)
    for vertex in bits(separator):
        joined[vertex] |= separator & ~(1 << vertex)
    found = []
    for part, border in parts_and_borders(adjacency, (1 << len(adjacency)) - 1 & ~separator):
        old = list(bits(part | border))
        new = {v: 1 << i for i, v in enumerate(old)}
        inner = [sum(new[u] for u in bits(joined[v] & (part | border))) for v in old]
        found.append((inner, old))
    return found


def _missing_pairs(adjacency: Adjacency, among: int) -> list[tuple[int, int]]:
    return [(a, b) for a, b in combinations(bits(among), 2) if not adjacency[a] >> b & 1]


def _share_a_vertex(pairs: list[tuple[int, int]]) -> bool:
    return any(all(vertex in pair for pair in pairs) for vertex in pairs[0])


def _has_clique_minor(
    adjacency: Adjacency, roots: int, rest: int, n_missing: int, grow: bool, check: Callable[[], None]
) -> bool:
    """Whether contracting the rest, greedily, joins all roots with each other.

    Where nothing is gained at once, a vertex of the rest goes into its only root if `grow`, else two are made one.
    """
    if rest.bit_count() > MAX_CONTRACTED:
        return False
    among = roots | rest
    graph = {vertex: adjacency[vertex] & among for vertex in bits(among)}
    while n_missing:
        check()
        best = _joining(graph, roots, rest) or _preparing(graph, roots, rest, grow)
        if best is None:
            return False
        gain, vertex, into = best
        for other in bits(graph[vertex]):
            graph[other] = graph[other] & ~(1 << vertex) | 1 << into
        graph[into] = (graph[into] | graph.pop(vertex)) & ~(1 << vertex | 1 << into)
        rest &= ~(1 << vertex)
        n_missing -= gain
    return True


def _joining(graph: dict[int, int], roots: int, rest: int) -> tuple[int, int, int] | None:
    """(new edges among the roots, vertex of the rest, root to contract it into) that gives up least, or None."""
    best: tuple[float, int, int, int] | None = None
    for vertex in bits(rest):
        own = graph[vertex] & roots
        for into in bits(own):
            gain = (own & ~graph[into] & ~(1 << into)).bit_count()
            if gain:
                key = (gain - own.bit_count() ** 2 / 2, gain, vertex, into)
                best = max(best, key) if best else key
    return best[1:] if best else None


def _preparing(graph: dict[int, int], roots: int, rest: int, grow: bool) -> tuple[int, int, int] | None:
    """A contraction that joins no roots yet: (0, vertex, neighbour), or None when there is none left."""
    if grow:
        for vertex in sorted(bits(rest), key=lambda v: -(graph[v] & rest).bit_count()):
            if (graph[vertex] & roots).bit_count() == 1 and graph[vertex] & rest:
                return 0, vertex, next(iter(bits(graph[vertex] & roots)))
    best: tuple[int, int, int] | None = None
    for vertex in bits(rest):
        own = graph[vertex] & roots
        for into in bits(graph[vertex] & rest & ((1 << vertex) - 1)):
            both = own | graph[into] & roots
            key = (sum((both & ~graph[root]).bit_count() - 1 for root in bits(both)), vertex, into)
            if key[0] and (best is None or key > best):
                best = key
    if best:
        return 0, best[1], best[2]
    for vertex in sorted(bits(rest), key=lambda v: graph[v].bit_count()):
        if graph[vertex] & rest:
            return 0, vertex, next(iter(bits(graph[vertex] & rest)))
    return None
