"""Difficulty straight from the definitions, for re-proving certificates; shares no code with the fast solvers."""

from collections.abc import Callable, Iterable, Sequence

from redsearcher.records.query import FactAtom, LiteralAtom, Query, Role, ToolAtom

Edges = frozenset[frozenset[str]]


def edges(query: Query, *, with_givens: bool) -> tuple[list[str], Edges]:
    """Vertices and edges of the reasoning graph."""
    names = [v.name for v in query.variables if with_givens or v.role is not Role.GIVEN]
    pairs = {frozenset((c.subject, c.object)) for c in query.constraints if isinstance(c, FactAtom)}
    for c in query.constraints:
        if isinstance(c, ToolAtom):
            ends = sorted(set(c.variables))
            if len(ends) > 2 and set(ends) & set(names):  # a star around what the tool says
                names.append(f"={c.id}")
                pairs |= {frozenset((names[-1], end)) for end in ends}
            else:
                pairs.add(frozenset(ends))
    return names, frozenset(pair for pair in pairs if len(pair) == 2 and pair <= set(names))


def has_width(vertices: Sequence[str], joined: Edges, width: int) -> bool:
    """Whether the treewidth is at most `width`: some elimination order keeps every degree at most that.

    A vertex's degree when eliminated after the set S is the number of vertices outside S it reaches through S. Walks
    breadth-first over the sets S that can be eliminated (at most 2^n of them).
    """
    left = set(vertices)
    while width >= 1:  # a vertex of degree 0 or 1 may always go first
        leaf = next((v for v in sorted(left) if sum(v in pair and pair <= left for pair in joined) <= 1), None)
        if leaf is None:
            break
        left.remove(leaf)
    names = sorted(left)
    near = [sum(1 << j for j, b in enumerate(names) if frozenset((a, b)) in joined) for a in names]
    everything, frontier = (1 << len(names)) - 1, {0}
    if width < 0:
        return not names
    while frontier and everything not in frontier:
        frontier = {
            gone | 1 << v
            for gone in frontier
            for v in range(len(names))
            if not gone >> v & 1 and _reach(near, v, gone).bit_count() <= width
        }
    return everything in frontier


def _reach(near: Sequence[int], start: int, through: int) -> int:
    """Vertices outside `through` that a path from `start` inside `through` ends at."""
    seen, frontier = 1 << start, near[start]
    while frontier & ~seen:
        vertex = (frontier & ~seen).bit_length() - 1
        seen |= 1 << vertex
        if through >> vertex & 1:
            frontier |= near[vertex]
    return seen & ~through & ~(1 << start)


def has_cover(sets: Sequence[frozenset[str]], size: int) -> bool:
    """Whether `size` documents can meet every set: tries each document of the first unmet set in turn."""
    if not sets or size <= 0:
        return not sets and size >= 0
    smallest = min(sets, key=lambda documents: (len(documents), sorted(documents)))
    tried: set[tuple[int, ...]] = set()
    for document in sorted(smallest):
        unmet = [i for i, documents in enumerate(sets) if document not in documents]
        if tuple(unmet) not in tried:  # two documents that state the same facts are one choice
            tried.add(tuple(unmet))
            if has_cover([sets[i] for i in unmet], size - 1):
                return True
    return False


def greatest_distance(query: Query) -> int:
    """`hops`: how far an unknown is from its nearest given at most (ranges at distance one where no given is; failing
    both, the number of variables of the connected part)."""
    names, joined = edges(query, with_givens=True)
    distance = {v.name: 0 for v in query.givens}
    _relax(distance, joined)
    alone = [c for c in query.constraints if isinstance(c, LiteralAtom | ToolAtom) and len(set(c.variables)) == 1]
    ranged = {c.variables[0] for c in alone} - set(distance)
    distance |= dict.fromkeys(ranged, 1)
    _relax(distance, joined)
    for name in sorted(set(names) - set(distance)):
        part = {name: 0}
        _relax(part, joined)
        distance[name] = len(part)
    return max((distance[v.name] for v in query.unknowns), default=0)


def _relax(distance: dict[str, int], joined: Edges) -> None:
    changed = True
    while changed:
        changed = False
        for a, b in [pair for edge in joined for pair in (tuple(edge), tuple(edge)[::-1])]:
            if a in distance and distance[a] + 1 < distance.get(b, len(joined) + 2):
                distance[b] = distance[a] + 1
                changed = True


def has_search_width(names: Sequence[str], n_partial: Callable[[frozenset[str], int], int], width: int) -> bool:
    """Whether the unknowns can be bound one by one without ever having more than `width` partial solutions.

    `n_partial(set, limit)` is min(number of partial solutions of a set of unknowns, limit).
    """
    frontier: Iterable[frozenset[str]] = {frozenset()}
    for _ in names:
        larger = {bound | {name} for bound in frontier for name in names if name not in bound}
        frontier = {bound for bound in larger if n_partial(bound, width + 1) <= width}
    return bool(frontier)
