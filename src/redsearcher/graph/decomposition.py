"""Tree decompositions: made from an elimination order, checked against the definition."""

from collections.abc import Sequence
from itertools import pairwise

from redsearcher.errors import DataError
from redsearcher.graph.bitset import bits
from redsearcher.graph.reasoning import Graph
from redsearcher.records.task import Decomposition


def from_order(graph: Graph, order: Sequence[str]) -> Decomposition:
    """The decomposition that eliminating the vertices in `order` gives; bags that lie in another bag are left out.

    Its width is the largest number of later neighbours a vertex has when its turn comes.
    """
    position = {vertex: i for i, vertex in enumerate(order)}
    filled = [sum(1 << position[other] for other in graph[vertex] if other != vertex) for vertex in order]
    bags: list[int] = []
    parent: list[int | None] = []
    for i in range(len(order)):
        later = filled[i] >> i + 1 << i + 1
        for other in bits(later):
            filled[other] |= later & ~(1 << other)
        bags.append(later | 1 << i)
        parent.append((later & -later).bit_length() - 1 if later else None)
    return _tidy(bags, parent, order)


def check(decomposition: Decomposition, graph: Graph) -> None:
    """Raise DataError naming the condition of a tree decomposition that does not hold."""
    bags, tree = [frozenset(bag) for bag in decomposition.bags], decomposition.tree
    covered = frozenset().union(*bags)
    if missing := sorted(set(graph) - covered):
        raise DataError(f"no bag holds {missing[0]}: every vertex must be in some bag")
    if foreign := sorted(covered - set(graph)):
        raise DataError(f"a bag holds {foreign[0]}, which is no vertex of the graph")
    holding: dict[str, set[int]] = {vertex: set() for vertex in graph}
    for i, bag in enumerate(bags):
        for vertex in bag:
            holding[vertex].add(i)
    for vertex in sorted(graph):
        for other in sorted(graph[vertex]):
            if holding[vertex].isdisjoint(holding[other]):
                raise DataError(f"no bag holds both ends of the edge {vertex} - {other}")
    if any(not 0 <= end < len(bags) for edge in tree for end in edge):
        raise DataError("the tree has an edge to a bag that is not there")
    if bags and (len(tree) != len(bags) - 1 or _n_reached(len(bags), tree) != len(bags)):
        raise DataError("the bags are not joined into one tree")
    # in a tree, some nodes are connected iff they span one edge fewer than there are of them
    n_spanned = dict.fromkeys(holding, 0)
    for a, b in tree:
        for vertex in bags[a] & bags[b]:
            n_spanned[vertex] += 1
    for vertex in sorted(graph):
        if n_spanned[vertex] != len(holding[vertex]) - 1:
            raise DataError(f"the bags that hold {vertex} are not connected in the tree")


def _n_reached(n_bags: int, tree: Sequence[tuple[int, int]]) -> int:
    """How many bags can be reached from the first one."""
    neighbours: list[list[int]] = [[] for _ in range(n_bags)]
    for a, b in tree:
        neighbours[a].append(b)
        neighbours[b].append(a)
    reached, frontier = {0}, [0]
    while frontier:
        for other in neighbours[frontier.pop()]:
            if other not in reached:
                reached.add(other)
                frontier.append(other)
    return len(reached)


def _tidy(bags: list[int], parent: list[int | None], order: Sequence[str]) -> Decomposition:
    """Merge each bag that lies in its child or parent, number the rest, and join the roots into one tree."""
    neighbours: list[set[int]] = [set() for _ in bags]
    roots = [i for i, up in enumerate(parent) if up is None]
    edges = [(i, up) for i, up in enumerate(parent) if up is not None] + list(pairwise(roots))
    for a, b in edges:
        neighbours[a].add(b)
        neighbours[b].add(a)
    alive = set(range(len(bags)))
    for i in range(len(bags)):
        into = next((j for j in sorted(neighbours[i]) if not bags[i] & ~bags[j]), None)
        if into is None:
            continue
        alive.remove(i)
        for j in neighbours[i]:
            neighbours[j].remove(i)
            if j != into:
                neighbours[j].add(into)
                neighbours[into].add(j)
    number = {i: new for new, i in enumerate(sorted(alive))}
    tree = sorted({(number[min(i, j)], number[max(i, j)]) for i in alive for j in neighbours[i]})
    named = tuple(tuple(sorted(order[v] for v in bits(bags[i]))) for i in sorted(alive))
    return Decomposition(bags=named, tree=tuple(tree))
