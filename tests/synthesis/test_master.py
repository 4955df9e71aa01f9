"""Where structures come from: pieces of the fact graph, cliques, the MSD they are to reach."""

import networkx as nx
import pytest

from redsearcher.core import rng
from redsearcher.errors import InputError
from redsearcher.synthesis.clique import cliques, ordered
from redsearcher.synthesis.clique import structure as on_clique
from redsearcher.synthesis.config import SynthConfig
from redsearcher.synthesis.factgraph import FactGraph
from redsearcher.synthesis.master import Pages, grow_master
from redsearcher.synthesis.request import requested
from redsearcher.synthesis.seed import seeds
from redsearcher.synthesis.structure import grow
from redsearcher.synthesis.target import Target, cover_of


def test_pieces_are_connected_and_have_facts_of_the_world_only(graph: FactGraph) -> None:
    pages, draws = Pages(graph), rng.derive(1, "pieces")
    for msd in (2, 3, 4, 6):
        for _ in range(6):
            piece = grow_master(graph, pages, graph.seeds, Target(msd, msd == 6), 16, draws)
            joined = nx.Graph([(one, other) for one, row in piece.adjacency.items() for other in row])
            assert nx.is_connected(joined)
            assert set(piece.seeds) <= set(piece.nodes)
            for one, row in piece.adjacency.items():
                for other, edges in row.items():
                    assert set(edges) <= set(graph.adjacency[one][other])


@pytest.mark.parametrize("msd", [2, 3])
def test_what_few_pages_state_has_no_higher_msd(graph: FactGraph, msd: int) -> None:
    pages, draws = Pages(graph), rng.derive(2, "few", msd)
    n_grown = 0
    for _ in range(20):
        piece = grow_master(graph, pages, graph.seeds, Target(msd, False), 16, draws)
        structure = grow(piece, 1, msd, 5, draws)
        if structure is not None:
            n_grown += 1
            assert len(cover_of(graph, structure)) <= msd
    assert n_grown > 10


def test_all_cliques_are_found(graph: FactGraph) -> None:
    joined = nx.Graph([(one, other) for one, row in graph.adjacency.items() for other in row])
    expected = {tuple(sorted(c)) for c in nx.enumerate_all_cliques(joined) if len(c) == 4}
    found = cliques(graph)
    assert len(found) == len(set(found)) and set(found) == expected


def test_cliques_for_a_low_msd_have_facts_on_as_few_pages(graph: FactGraph) -> None:
    low = ordered(graph, cliques(graph), Target(2, False), seed=1)
    assert low and sorted(low) != low
    for clique in low[:20]:
        assert len(cover_of(graph, on_clique(graph, clique, True, rng.derive(1, "facts")))) <= 2


def test_a_count_is_spread_over_the_cells_asked_for() -> None:
    wanted = requested(treewidth=[3, 2], msd=[5, 4], count=10, seed=4)
    assert wanted.cells == ((2, 4), (2, 5), (3, 4), (3, 5))
    assert [wanted.quota(*cell) for cell in wanted.cells] == [3, 3, 2, 2]
    assert wanted.seed == 4
    assert requested(per_cell=200).max_units > requested(per_cell=2).max_units
    with pytest.raises(InputError):
        requested(treewidth=[4])


def test_seeds_are_common_and_of_middling_popularity(graph: FactGraph) -> None:
    found = seeds(graph, SynthConfig(seed_pages=(3, 10)))
    assert len(found.kept) + sum(found.passed_over.values()) == len(graph.entities)
    for entity in found.kept:
        pages = {page for edge in graph.stated_of[entity] for page in graph.loose[edge.fact]}
        assert 3 <= len(pages) <= 10
        assert len(graph.members[int(graph.types[entity])]) >= 20
    assert seeds(graph, SynthConfig(seed_pages=(999, 999))).kept == graph.seeds
