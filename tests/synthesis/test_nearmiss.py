"""What is found near the intended solution is what it says it is."""

from collections import Counter

import pytest

from redsearcher.core import rng
from redsearcher.graph.evaluate import answers
from redsearcher.graph.necessity import is_tight, necessity
from redsearcher.synthesis.compose import compose
from redsearcher.synthesis.config import SynthConfig
from redsearcher.synthesis.factgraph import FactGraph
from redsearcher.synthesis.nearmiss import Nearby
from redsearcher.synthesis.site import Site
from redsearcher.synthesis.structure import grow
from redsearcher.synthesis.target import Target
from redsearcher.synthesis.tighten import Tightener, tighten
from redsearcher.world.store import World


@pytest.fixture(scope="module")
def site(world: World, graph: FactGraph) -> Site:
    return Site(world, graph, SynthConfig())


@pytest.mark.parametrize("k", [1, 2, 3])
def test_near_misses_break_one_edge_and_near_rivals_none(site: Site, k: int) -> None:
    draws = rng.derive(1, "near", k)
    n_rows = 0
    for _ in range(15):
        structure = grow(site.graph, k, 3, 6, draws)
        assert structure is not None
        nearby = Nearby(structure, site.types, site.stated, site.known)
        answer = draws.randrange(len(structure.nodes))
        for broken in [None, *range(len(structure.edges))]:
            reach = site.known if broken is None else site.stated
            for row in nearby.near(broken, answer, 5, known=broken is None):
                n_rows += 1
                bound = [v for v, entity in enumerate(row) if entity >= 0]
                assert bound == nearby.component(broken, answer)
                assert row[answer] != structure.nodes[answer]
                assert any(row[v] == structure.nodes[v] for v in bound)
                assert len({row[v] for v in bound}) == len(bound)
                assert all(site.types[row[v]] == site.types[structure.nodes[v]] for v in bound)
                for number, (subject, property, object) in enumerate(nearby.joins):
                    if number == broken and {subject, object} <= set(bound):
                        assert not site.known.holds(row[subject], property, row[object])
                    elif number != broken and {subject, object} & set(bound):
                        assert reach.holds(row[subject], property, row[object])
            if broken is not None and nearby.near(broken, answer, 5):
                assert nearby.has_near(broken, answer)
    assert n_rows > 50


@pytest.mark.parametrize("k", [1, 2])
def test_chosen_anchors_make_the_query_unique_and_tight(world: World, site: Site, k: int) -> None:
    draws, tally = rng.derive(2, "tighten", k), Counter[str]()
    n_tight = 0
    for _ in range(40):
        structure = grow(site.graph, k, 3, 5, draws)
        assert structure is not None
        tightener = Tightener(site, structure, SynthConfig(), Target(3, False), tally)
        anchors = tighten(tightener, 0, draws)
        if anchors is not None:
            query = compose(site.graph, structure, 0, list(anchors))
            assert answers(query, world.known, limit=2) == [query.answer.entity]
            n_tight += is_tight(necessity(query, world.stated, cap=2))
    assert n_tight > 3
    assert n_tight >= 0.8 * (40 - sum(tally.values()))
