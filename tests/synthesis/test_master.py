"""Where structures come from: pieces of the fact graph, cliques, the MSD they are to reach."""

import networkx as nx
import pytest

from redsearcher.core import rng
from redsearcher.errors import InputError
from redsearcher.synthesis.clique import cliques, ordered
from redsearcher.synthesis.clique import structure as on_clique
from redsearcher.synthesis.config import SynthConfig
from redsearcher.synthesis.core import Core
from redsearcher.synthesis.factgraph import FactGraph
from redsearcher.synthesis.master import STREAMS, streams_of
from redsearcher.synthesis.request import requested
from redsearcher.synthesis.seed import seeds
from redsearcher.synthesis.site import Site
from redsearcher.synthesis.structure import grow
from redsearcher.synthesis.target import Target, cover_of
from redsearcher.world.store import World

CONFIG = SynthConfig(streams=("pages", "facts", "links"))


@pytest.fixture(scope="module")
def site(world: World, graph: FactGraph) -> Site:
    return Site(world, graph, CONFIG)


@pytest.mark.parametrize("stream", STREAMS)
def test_pieces_are_connected_and_have_facts_of_the_world_only(site: Site, graph: FactGraph, stream: str) -> None:
    draws = rng.derive(1, "pieces", stream)
    for k in (1, 2, 3):
        for msd in (2, 3, 6):
            piece = STREAMS[stream](site.ground(k), Target(msd, msd == 6), 16, draws)
            joined = nx.Graph([(one, other) for one, row in piece.adjacency.items() for other in row])
            assert nx.is_connected(joined)
            assert set(piece.seeds) <= set(piece.nodes)
            for one, row in piece.adjacency.items():
                for other, edges in row.items():
                    assert set(edges) <= set(graph.adjacency[one][other])


@pytest.mark.parametrize("msd", [2, 3])
def test_what_few_pages_state_has_no_higher_msd(site: Site, graph: FactGraph, msd: int) -> None:
    draws = rng.derive(2, "few", msd)
    n_grown = 0
    for _ in range(20):
        piece = STREAMS["pages"](site.ground(1), Target(msd, False), 16, draws)
        structure = grow(piece, 1, msd, 5, draws)
        if structure is not None:
            n_grown += 1
            assert len(cover_of(graph, structure)) <= msd
    assert n_grown > 10


def test_links_propose_and_facts_decide(site: Site, graph: FactGraph) -> None:
    draws = rng.derive(3, "links")
    for _ in range(10):
        piece = STREAMS["links"](site.ground(2), Target(5, True), 16, draws)
        reached, first = set(piece.nodes), {piece.nodes[0]}
        assert len(reached) > 3
        while further := {node for one in first for node in piece.adjacency[one]} - first:
            first |= further
        assert first == reached
        for node in piece.nodes:
            assert any(node in site.leads[other] for other in piece.nodes if other in site.leads)


def test_a_core_is_what_peeling_leaves(graph: FactGraph) -> None:
    joined = nx.Graph([(one, other) for one, row in graph.adjacency.items() for other in row])
    for k in (2, 3):
        core = Core(graph, k)
        assert set(core.seeds) == set(nx.k_core(joined, k)) and core.seeds
        assert all(len(core.adjacency[node]) >= k for node in core.seeds)
    assert Core(graph, 99).seeds == []


def test_a_world_without_links_grows_along_facts(site: Site) -> None:
    bare = site.ground(2)._replace(leads={}, linked=())
    one, other = (STREAMS[name](bare, Target(5, True), 12, rng.derive(4)) for name in ("links", "facts"))
    assert one.nodes == other.nodes


def test_links_that_mostly_lead_elsewhere_never_leave_a_piece_of_one(site: Site, graph: FactGraph) -> None:
    """Of many links some are looked at; where no fact joins those, the piece goes along facts."""
    seed = site.ground(1).linked[0]
    strangers = [node for node in graph.seeds if node not in graph.adjacency[seed] and node != seed]
    ground = site.ground(1)._replace(leads={seed: strangers}, linked=[seed])
    piece = STREAMS["links"](ground, Target(5, True), 12, rng.derive(5))
    assert len(piece.nodes) > 1 and piece.seeds


def test_pages_are_for_few_of_them_and_cliques_are_looked_for_everywhere() -> None:
    few, many = Target(2, False), Target(6, True)
    assert streams_of(("pages", "facts"), 2, few) == ("pages", "facts")
    assert streams_of(("pages", "facts"), 2, many) == streams_of(("pages",), 3, few) == ("facts",)
    with pytest.raises(InputError, match="streams"):
        SynthConfig.parse({"streams": ["facts", "facts"]}, "test")


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
