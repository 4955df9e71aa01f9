"""Queries found by tables: what comes out is unique on all facts known and tight on stated ones."""

from collections import Counter

from redsearcher.core import rng
from redsearcher.graph.evaluate import answers
from redsearcher.graph.necessity import necessity
from redsearcher.graph.reasoning import reasoning_graph
from redsearcher.graph.treewidth import treewidth
from redsearcher.records.query import Role
from redsearcher.synthesis.config import SynthConfig
from redsearcher.synthesis.factgraph import FactGraph
from redsearcher.synthesis.probe import draw_pair, probe
from redsearcher.synthesis.sample import Sampler
from redsearcher.synthesis.verbalise.question import verbalise
from redsearcher.world.store import World

WANTED = 3


def test_probed_queries_are_cycles_unique_and_tight(world: World, graph: FactGraph) -> None:
    draws = rng.derive(4, "probe")
    found = []
    for _ in range(4000):
        pair = draw_pair(graph, draws)
        if pair is None:
            continue
        query = probe(world, pair, 0, SynthConfig(), Counter())
        if query is not None:
            found.append(query)
        if len(found) == WANTED:
            break
    assert len(found) == WANTED
    for query in found:
        assert treewidth(reasoning_graph(query, with_givens=False)).upper == 2
        assert answers(query, world.known) == [query.answer.entity]
        assert min(necessity(query, world.stated).values()) > 1
        assert any(variable.role is Role.GIVEN for variable in query.variables)


def test_a_unit_of_pairs_is_reproducible(world: World) -> None:
    config = SynthConfig(pairs=200, hub_cap=10_000)
    one, other = (Sampler(world, config, verbalise).unit(7, 2, 2) for _ in range(2))
    assert one == other
    assert one.tally["structures"] > 0
