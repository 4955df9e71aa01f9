"""A graph on numbered vertices, neighbours as bit masks, with the steps that treewidth algorithms are made of."""

from redsearcher.graph.bitset import bits

Adjacency = list[int]


def eliminate(adjacency: Adjacency, vertex: int) -> None:
    """Join the vertex's neighbours to a clique and take it out, in place."""
    around = adjacency[vertex]
    for other in bits(around):
        adjacency[other] = (adjacency[other] | around) & ~(1 << other | 1 << vertex)
    adjacency[vertex] = 0


def is_simplicial(adjacency: Adjacency, vertex: int) -> bool:
    """Whether the vertex's neighbours form a clique."""
    around = adjacency[vertex]
    return all(not around & ~adjacency[other] & ~(1 << other) for other in bits(around))


def is_almost_simplicial(adjacency: Adjacency, vertex: int) -> bool:
    """Whether all the vertex's neighbours but one form a clique."""
    around = adjacency[vertex]
    for other in bits(around):
        lacking = around & ~adjacency[other] & ~(1 << other)
        if lacking:
            # only leaving out this one helps, or the one it lacks if that is a single one
            left_out = (1 << other, lacking) if not lacking & (lacking - 1) else (1 << other,)
            return any(_is_clique(adjacency, around & ~one) for one in left_out)
    return True


def _is_clique(adjacency: Adjacency, among: int) -> bool:
    return not any(among & ~adjacency[vertex] & ~(1 << vertex) for vertex in bits(among))


def minor_min_width(adjacency: Adjacency, alive: int) -> int:
    """A lower bound on treewidth: contract a vertex of least degree into the neighbour it shares least with, again and
    again; the largest least degree met counts (Gogate and Dechter 2004)."""
    graph, bound = list(adjacency), 0
    while alive:
        vertex = min(bits(alive), key=lambda v: graph[v].bit_count())
        degree = graph[vertex].bit_count()
        bound = max(bound, degree)
        if alive.bit_count() <= bound + 1:
            break
        if degree:
            around = graph[vertex]
            into = min(bits(around), key=lambda u: ((graph[u] & around).bit_count(), graph[u].bit_count()))
            for other in bits(around):
                graph[other] &= ~(1 << vertex)
                if other != into:
                    graph[other] |= 1 << into
            graph[into] = (graph[into] | around) & ~(1 << into | 1 << vertex)
            graph[vertex] = 0
        alive &= ~(1 << vertex)
    return bound


class Flood:
    """Finds connected components of parts of one graph, fast: neighbours of eight vertices at a time by a table."""

    def __init__(self, adjacency: Adjacency) -> None:
        self._n_bytes = (len(adjacency) + 7) // 8
        self._tables = []
        for start in range(0, len(adjacency), 8):
            table = [0]
            for around in adjacency[start : start + 8]:
                table += [reached | around for reached in table]
            self._tables.append(table)

    def parts_and_borders(self, among: int) -> list[tuple[int, int]]:
        """Connected components of `among`, by their lowest vertex, each with its neighbours outside."""
        found = []
        n_bytes, tables = self._n_bytes, self._tables
        while among:
            part = frontier = among & -among
            reached = 0
            while frontier:
                for table, byte in zip(tables, frontier.to_bytes(n_bytes, "little"), strict=True):
                    if byte:
                        reached |= table[byte]
                frontier = reached & among & ~part
                part |= frontier
            found.append((part, reached & ~part))
            among &= ~part
        return found


def parts_and_borders(adjacency: Adjacency, among: int) -> list[tuple[int, int]]:
    """What a Flood would find, without the tables: for few questions about one graph."""
    found = []
    while among:
        part = frontier = among & -among
        reached = 0
        while frontier:
            lowest = frontier & -frontier
            around = adjacency[lowest.bit_length() - 1]
            reached |= around
            new = around & among & ~part
            part |= new
            frontier = frontier ^ lowest | new
        found.append((part, reached & ~part))
        among &= ~part
    return found


def compact(adjacency: Adjacency, alive: int) -> tuple[Adjacency, list[int]]:
    """The graph on the vertices in `alive`, numbered anew in the same order, and the old number of each."""
    old = list(bits(alive))
    new = {v: 1 << i for i, v in enumerate(old)}
    return [sum(new[u] for u in bits(adjacency[v] & alive)) for v in old], old
