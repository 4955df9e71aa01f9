"""Treewidth against named graphs, published widths and the definition."""

import csv
import os
import time
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redsearcher.errors import DataError
from redsearcher.graph import decomposition, elementary
from redsearcher.graph.pace import read_graph
from redsearcher.graph.treewidth import TreewidthResult, treewidth
from redsearcher.records.task import Decomposition

NAMED: list[tuple[str, Callable[[], nx.Graph], int]] = [
    ("nothing", lambda: nx.empty_graph(0), -1),
    ("three points", lambda: nx.empty_graph(3), 0),
    ("path", lambda: nx.path_graph(9), 1),
    ("star", lambda: nx.star_graph(8), 1),
    ("tree", lambda: nx.balanced_tree(2, 3), 1),
    ("cycle", lambda: nx.cycle_graph(12), 2),
    ("ladder", lambda: nx.ladder_graph(8), 2),
    ("prism", lambda: nx.circular_ladder_graph(3), 3),
    ("wheel", lambda: nx.wheel_graph(9), 3),
    ("cube", lambda: nx.hypercube_graph(3), 3),
    ("octahedron", nx.octahedral_graph, 4),
    ("grid 3x3", lambda: nx.grid_2d_graph(3, 3), 3),
    ("grid 3x7", lambda: nx.grid_2d_graph(3, 7), 3),
    ("grid 4x4", lambda: nx.grid_2d_graph(4, 4), 4),
    ("grid 5x5", lambda: nx.grid_2d_graph(5, 5), 5),
    ("Petersen", nx.petersen_graph, 4),
    ("Frucht", nx.frucht_graph, 3),
    ("Chvatal", nx.chvatal_graph, 6),
    ("Heawood", nx.heawood_graph, 5),
    ("icosahedron", nx.icosahedral_graph, 6),
    ("K7", lambda: nx.complete_graph(7), 6),
    ("K3,4", lambda: nx.complete_bipartite_graph(3, 4), 3),
    ("K2,2,2,2", lambda: nx.complete_multipartite_graph(2, 2, 2, 2), 6),
    ("a triangle beside K5", lambda: nx.disjoint_union(nx.complete_graph(3), nx.complete_graph(5)), 4),
]


def as_mapping(graph: nx.Graph) -> dict[str, frozenset[str]]:
    return {str(v): frozenset(str(u) for u in graph[v] if u != v) for v in graph}


def solved(graph: nx.Graph, time_limit_s: float | None = None) -> TreewidthResult:
    """The result, after checking that its parts fit together."""
    mapping = as_mapping(graph)
    found = treewidth(mapping, time_limit_s=time_limit_s)
    decomposition.check(found.decomposition, mapping)
    assert found.decomposition.width == found.upper
    assert found.lower_bound.value == found.lower
    assert found.exact == (found.lower == found.upper)
    return found


@pytest.mark.parametrize(("make", "width"), [row[1:] for row in NAMED], ids=[row[0] for row in NAMED])
def test_named_graphs(make: Callable[[], nx.Graph], width: int) -> None:
    found = solved(make())
    assert (found.lower, found.upper, found.exact) == (width, width, True)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 9), st.integers(0, 36), st.integers(0, 10**6))
def test_agrees_with_the_definition(n: int, m: int, seed: int) -> None:
    graph = nx.gnm_random_graph(n, m, seed=seed)
    found = solved(graph)
    joined = frozenset(frozenset((str(a), str(b))) for a, b in graph.edges)
    assert found.exact
    assert elementary.has_width([str(v) for v in graph], joined, found.upper)
    assert not elementary.has_width([str(v) for v in graph], joined, found.upper - 1)


def test_twelve_vertices_take_about_a_millisecond() -> None:
    graphs = [as_mapping(nx.gnm_random_graph(12, 18, seed=seed)) for seed in range(50)]
    start = time.perf_counter()
    for graph in graphs:
        treewidth(graph)
    assert (time.perf_counter() - start) / len(graphs) < 0.01  # ten times what it takes on an idle core


def test_out_of_time_gives_bounds_that_say_so() -> None:
    found = solved(nx.grid_2d_graph(9, 9), time_limit_s=0.0)
    assert not found.exact and found.lower < 9 <= found.upper


@pytest.mark.parametrize(
    ("bags", "tree", "complaint"),
    [
        ((("a", "b"),), (), "no bag holds c"),
        ((("a", "b", "c", "d"),), (), "holds d, which is no vertex"),
        ((("a", "b"), ("c",)), ((0, 1),), "both ends of the edge b - c"),
        ((("a", "b"), ("b", "c")), (), "not joined into one tree"),
        ((("a", "b"), ("b", "c")), ((0, 2),), "to a bag that is not there"),
        ((("a", "b"), ("a",), ("b", "c")), ((0, 1), (1, 2)), "hold b are not connected"),
        ((("a", "b"), ("b", "c")), ((0, 1), (1, 0)), "not joined into one tree"),
    ],
)
def test_each_broken_condition_is_named(
    bags: tuple[tuple[str, ...], ...], tree: tuple[tuple[int, int], ...], complaint: str
) -> None:
    with pytest.raises(DataError, match=complaint):
        decomposition.check(Decomposition(bags=bags, tree=tree), as_mapping(nx.Graph([("a", "b"), ("b", "c")])))


def published() -> Path:
    root = os.environ.get("REDSEARCHER_DATA")
    if not root:
        pytest.skip("REDSEARCHER_DATA is unset, so the published graphs are not there")
    return Path(root) / "treewidth"


def widths(file: Path, name: str) -> dict[str, int]:
    with file.open(encoding="utf-8") as rows:
        return {row[name]: int(row["treewidth"]) for row in csv.DictReader(rows)}


def test_published_widths() -> None:
    """Bounds always hold; nearly all graphs of up to 30 vertices are solved within a fifth of a second each."""
    folder = published()
    n_exact = n_small = 0
    for name, width in widths(folder / "verified_widths.csv", "graph").items():
        graph = read_graph(folder / "named-graphs" / "gr" / f"{name}.gr")
        if len(graph) > 60:
            continue
        found = treewidth(graph, time_limit_s=0.2)
        assert found.lower <= width <= found.upper, name
        if len(graph) <= 30:
            n_small += 1
            n_exact += found.exact
    assert n_exact >= 0.9 * n_small


@pytest.mark.parametrize("name", ["ex068", "ex096", "ex028", "ex122", "ex052", "ex044"])
def test_contest_instances(name: str) -> None:
    """Instances of 115 to 1969 vertices that take well under a second each."""
    folder = published() / "pace2017-even"
    found = treewidth(read_graph(folder / "gr" / f"{name}.gr.xz"))
    assert found.exact and found.upper == widths(folder / "widths.csv", "instance")[name]


def test_same_graph_same_result() -> None:
    graph = as_mapping(nx.convert_node_labels_to_integers(nx.grid_2d_graph(6, 7)))
    turned = dict(sorted(graph.items(), reverse=True))
    assert treewidth(graph) == treewidth(turned)
