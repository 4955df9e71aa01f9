"""Tables of partial solutions against the graph layer's evaluation."""

import numpy as np

from redsearcher.core.rng import derive
from redsearcher.graph.evaluate import count_solutions, solutions
from redsearcher.synthesis.anchor import RangeAnchor, anchors_of, ranges
from redsearcher.synthesis.choice import AnchorChoice
from redsearcher.synthesis.compose import compose
from redsearcher.synthesis.factgraph import FactGraph
from redsearcher.synthesis.solutions import n_rows, solve
from redsearcher.synthesis.structure import grow
from redsearcher.world.store import World


def test_tables_hold_the_solutions_that_evaluation_finds(world: World, graph: FactGraph) -> None:
    compared = 0
    for n in range(12):
        structure = grow(graph, 1 + n % 2, 2, 4, derive(2, "solve", n))
        assert structure is not None
        code = int(graph.types[structure.nodes[0]])
        table = solve(
            graph, graph.stated, structure, list(structure.edges), 0, graph.members[code], max_rows=3000, rng=None
        )
        if table is None:
            continue
        query = compose(graph, structure, 0, [])
        expected = {tuple(found[f"x{v + 1}"] for v in sorted(table)) for found in solutions(query, world.stated)}
        rows = zip(*(table[v] for v in sorted(table)), strict=True)
        assert {tuple(graph.entities[e].id for e in row) for row in rows} == expected
        compared += 1
    assert compared >= 6


def test_anchors_admit_what_evaluation_admits(world: World, graph: FactGraph) -> None:
    structure = next(s for n in range(50) if (s := grow(graph, 2, 2, 4, derive(4, "anchors", n))) is not None)
    members = graph.members[int(graph.types[structure.nodes[0]])]
    table = solve(graph, graph.known, structure, list(structure.edges), 0, members, max_rows=10**6, rng=None)
    assert table is not None
    choice = AnchorChoice(graph, structure)
    numbers = np.arange(min(len(choice.anchors), 40))
    counts = np.diag(choice.survivors(graph.known, table, numbers))
    for number in numbers:
        query = compose(graph, structure, 0, [choice.anchors[number]])
        assert count_solutions(query, world.known) == counts[number]


def test_a_table_past_its_limit_is_refused_or_sampled(graph: FactGraph) -> None:
    structure = next(s for n in range(50) if (s := grow(graph, 1, 2, 3, derive(6, "limit", n))) is not None)
    members = graph.members[int(graph.types[structure.nodes[0]])]
    edges = list(structure.edges)
    assert solve(graph, graph.known, structure, edges, 0, members, max_rows=1, rng=None) is None
    sampled = solve(graph, graph.known, structure, edges, 0, members, max_rows=5, rng=derive(0))
    assert sampled is not None
    assert n_rows(sampled) <= 5


def test_ranges_hold_their_literal_and_are_round(graph: FactGraph) -> None:
    for entity in list(graph.literals_of)[:200]:
        for fact in graph.literals_of[entity]:
            assert fact.value is not None
            for low, high in ranges(fact):
                assert low <= fact.value.number <= high


def test_givens_are_unambiguous_and_outside_the_structure(graph: FactGraph) -> None:
    structure = next(s for n in range(50) if (s := grow(graph, 2, 3, 5, derive(8, "givens", n))) is not None)
    for anchor in anchors_of(graph, structure):
        if isinstance(anchor, RangeAnchor) or not hasattr(anchor, "given"):
            continue
        assert anchor.given not in structure.nodes
        assert anchor.given not in graph.ambiguous
