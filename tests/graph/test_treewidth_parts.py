"""The parts of the treewidth solver, each against the definition."""

from collections.abc import Iterator
from functools import cache
from itertools import combinations

import networkx as nx
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from redsearcher.core.rng import derive
from redsearcher.graph import atom, positive, separator
from redsearcher.graph.bitgraph import Adjacency, Flood, eliminate, minor_min_width, parts_and_borders
from redsearcher.graph.bitset import bits
from redsearcher.graph.contraction import lifted, minors
from redsearcher.graph.deadline import Deadline, OutOfTimeError
from redsearcher.graph.elimination import bags_of, greedy_order, perfect_order
from redsearcher.graph.reduce import reduce
from redsearcher.graph.triangulate import minimal_triangulation
from redsearcher.graph.unions import UnionTable
from redsearcher.graph.upper import UpperBound


def nothing() -> None:
    """A check that never stops a search."""


def as_adjacency(graph: nx.Graph) -> Adjacency:
    return [sum(1 << u for u in graph[v]) for v in sorted(graph)]


@st.composite
def connected(draw: st.DrawFn, max_size: int = 10) -> Adjacency:
    n = draw(st.integers(2, max_size))
    graph = nx.gnm_random_graph(n, draw(st.integers(n - 1, n * (n - 1) // 2)), seed=draw(st.integers(0, 10**6)))
    assume(nx.is_connected(graph))
    return as_adjacency(graph)


def width_by_subsets(adjacency: Adjacency) -> int:
    """Treewidth by dynamic programming over which vertices are eliminated first."""

    def n_reached(gone: int, vertex: int) -> int:
        seen, frontier, n = 1 << vertex, adjacency[vertex], 0
        while frontier & ~seen:
            lowest = frontier & ~seen & -(frontier & ~seen)
            seen |= lowest
            if lowest & gone:
                frontier |= adjacency[lowest.bit_length() - 1]
            else:
                n += 1
        return n

    @cache
    def best(gone: int) -> int:
        if not gone:
            return -1
        return min(max(best(gone ^ 1 << v), n_reached(gone ^ 1 << v, v)) for v in bits(gone))

    return best((1 << len(adjacency)) - 1)


def width_of(adjacency: Adjacency, order: list[int]) -> int:
    assert sorted(order) == list(range(len(adjacency)))
    graph, width = list(adjacency), 0
    for vertex in order:
        width = max(width, graph[vertex].bit_count())
        eliminate(graph, vertex)
    return width


@pytest.fixture(params=[0, positive.SCAN_BY_ARRAY_FROM])
def _arrays_from(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(positive, "SCAN_BY_ARRAY_FROM", request.param)


@pytest.mark.usefixtures("_arrays_from")
def test_search_decides_every_width() -> None:
    for i in range(400):
        rng = derive(3, "search", i)
        n = rng.randint(2, 9)
        graph = nx.gnm_random_graph(n, rng.randint(n - 1, n * (n - 1) // 2), seed=i)
        if not nx.is_connected(graph):
            continue
        adjacency = as_adjacency(graph)
        width = width_by_subsets(adjacency)
        for asked in range(n):
            order = positive.order_within(adjacency, asked, check=nothing)
            assert (order is not None) == (asked >= width), (i, asked)
            assert order is None or width_of(adjacency, order) <= asked


def test_search_gives_up_or_stops_when_told() -> None:
    grid = as_adjacency(nx.convert_node_labels_to_integers(nx.grid_2d_graph(6, 6)))
    with pytest.raises(positive.GaveUpError):
        positive.order_within(grid, 5, check=nothing, max_unions=50)
    with pytest.raises(OutOfTimeError):
        positive.order_within(grid, 5, check=Deadline(-1.0).check)


@settings(max_examples=100, deadline=None)
@given(connected(), st.integers(0, 10**6))
def test_foreign_bags_change_no_result(adjacency: Adjacency, seed: int) -> None:
    rng = derive(seed, "bags")
    bags = [rng.randrange(1, 1 << len(adjacency)) for _ in range(20)]
    width = width_by_subsets(adjacency)
    assert positive.order_within(adjacency, width - 1, check=nothing, bags=bags) is None
    order = positive.order_within(adjacency, width, check=nothing, bags=bags)
    assert order is not None and width_of(adjacency, order) == width


@settings(max_examples=150, deadline=None)
@given(connected())
def test_reductions_are_safe(adjacency: Adjacency) -> None:
    everything, width = (1 << len(adjacency)) - 1, width_by_subsets(adjacency)
    reduced = reduce(adjacency, everything, minor_min_width(adjacency, everything))
    assert reduced.lower <= width
    parts = parts_and_borders(reduced.graph, reduced.alive)
    left = [[reduced.graph[v] for v in bits(part)] for part, _ in parts]
    numbered = [
        [sum(1 << i for i, u in enumerate(bits(part)) if row >> u & 1) for row in rows]
        for (part, _), rows in zip(parts, left, strict=True)
    ]
    sizes = [bag.bit_count() - 1 for bag in reduced.bags]
    assert max([*sizes, *(width_by_subsets(rows) for rows in numbered)]) == width


def minimal_separators(adjacency: Adjacency) -> Iterator[int]:
    everything = (1 << len(adjacency)) - 1
    for n in range(1, len(adjacency) - 1):
        for chosen in combinations(range(len(adjacency)), n):
            among = sum(1 << v for v in chosen)
            borders = [border for _, border in parts_and_borders(adjacency, everything & ~among)]
            if borders.count(among) >= 2:
                yield among


@settings(max_examples=100, deadline=None)
@given(connected(max_size=8))
def test_cutting_at_a_safe_separator_keeps_the_treewidth(adjacency: Adjacency) -> None:
    width = width_by_subsets(adjacency)
    for among in minimal_separators(adjacency):
        parts = [width_by_subsets(inner) for inner, _ in separator.cut(adjacency, among)]
        assert max(parts) >= width
        if separator.is_safe(adjacency, among, nothing):
            assert max(parts) == width


def test_cliques_almost_cliques_and_clique_minors_are_safe() -> None:
    two_k4 = as_adjacency(nx.compose(nx.complete_graph(4), nx.relabel_nodes(nx.complete_graph(4), {0: 4, 1: 5})))
    assert separator.is_safe(two_k4, 0b1100, nothing)
    assert separator.is_safe(as_adjacency(nx.cycle_graph(6)), 0b001001, nothing)
    # a tower of triangles whose middle one lacks its edges: each neighbouring triangle can be pushed onto it
    prism = nx.cartesian_product(nx.cycle_graph(3), nx.path_graph(5))
    long = nx.relabel_nodes(prism, {(a, b): 3 * b + a for a, b in prism})
    long.remove_edges_from([(6, 7), (7, 8), (6, 8)])
    assert separator.is_safe(as_adjacency(long), 0b111 << 6, nothing)
    # in a grid the diagonal is no clique minor of what lies above it
    assert not separator.is_safe(
        as_adjacency(nx.convert_node_labels_to_integers(nx.grid_2d_graph(4, 4))), 0x1248, nothing
    )


@settings(max_examples=100, deadline=None)
@given(connected(), st.integers(0, 10**6))
def test_minimal_triangulations(adjacency: Adjacency, seed: int) -> None:
    everything = (1 << len(adjacency)) - 1
    _, order = greedy_order(adjacency, everything, derive(seed, "order"), noise=2.0)
    filled, separators = minimal_triangulation(adjacency, order, nothing)
    graph = nx.Graph([(v, u) for v, row in enumerate(filled) for u in bits(row)])
    assert nx.is_chordal(graph)
    assert all(not row & ~around for row, around in zip(adjacency, filled, strict=True))
    fill = [(v, u) for v, row in enumerate(filled) for u in bits(row & ~adjacency[v]) if v < u]
    for edge in fill:
        smaller = graph.copy()
        smaller.remove_edge(*edge)
        assert not nx.is_chordal(smaller)
    perfect, cliques = perfect_order(filled, everything)
    assert width_of(filled, perfect) == max(bag.bit_count() for bag in cliques) - 1
    assert [bag for bag in bags_of(filled, perfect) if bag in cliques]
    assert {frozenset(bits(bag)) for bag in cliques} == {frozenset(clique) for clique in nx.find_cliques(graph)}
    assert set(separators) <= set(minimal_separators(adjacency))


@settings(max_examples=60, deadline=None)
@given(connected(), st.integers(0, 10**6))
def test_bounds_hold(adjacency: Adjacency, seed: int) -> None:
    width = width_by_subsets(adjacency)
    rng = derive(seed, "bounds")
    upper = UpperBound(adjacency, nothing)
    upper.improve(8, rng, 0)
    assert width_of(adjacency, upper.order) <= upper.width and upper.width >= width
    for minor in minors(adjacency, 3, rng):
        assert sum(group.bit_count() for group in minor.groups) <= len(adjacency)
        assert width_by_subsets(minor.adjacency) <= width
        order = lifted(adjacency, minor, list(range(len(minor.adjacency))))
        assert width_of(adjacency, order) >= width


def test_rounds_find_the_treewidth(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small graphs are searched at once; here they go the way of large ones, with hardly any work allowed per round."""
    monkeypatch.setattr(atom, "SMALL", 0)
    monkeypatch.setattr(atom, "FIRST_UNIONS", 4)
    for i in range(150):
        rng = derive(5, "rounds", i)
        n = rng.randint(5, 10)
        graph = nx.gnm_random_graph(n, rng.randint(n, n * (n - 1) // 2), seed=i)
        if not nx.is_connected(graph):
            continue
        adjacency = as_adjacency(graph)
        found = atom.Atom(adjacency, 0, Deadline(None))
        while found.lower < found.upper.width:
            found.refine(0, rng)
        assert found.lower == found.upper.width == width_by_subsets(adjacency)
        assert width_of(adjacency, found.upper.order) <= found.upper.width


@settings(max_examples=50, deadline=None)
@given(connected(max_size=20), st.integers(0, 2**20 - 1))
def test_flood_agrees_with_plain_search(adjacency: Adjacency, among: int) -> None:
    among &= (1 << len(adjacency)) - 1
    assert Flood(adjacency).parts_and_borders(among) == parts_and_borders(adjacency, among)


def test_union_table_grows_and_finds_what_fits() -> None:
    table, rows = UnionTable(100, 6), []
    for i in range(3000):
        rng = derive(9, "rows", i)
        union, border, shared = (sum(1 << v for v in rng.sample(range(100), n)) for n in (9, 4, 3))
        rows.append((union, border, shared))
        table.append(union, border, shared)
    closed, border = 0xFF << 60, 0xF << 66
    expected = [
        i for i, (u, b, s) in enumerate(rows) if not u & closed and s & border and (b | border).bit_count() <= 6
    ]
    assert table.joinable(closed, border) == expected and expected
