"""Which entities master graphs grow from: a cascade of cheap tests, with how many each passed over."""

from collections import Counter
from typing import NamedTuple

from redsearcher.synthesis.config import SynthConfig
from redsearcher.synthesis.factgraph import FactGraph


class Seeds(NamedTuple):
    """Entities to grow from, ascending, and how many others each test passed over, in the order of the tests."""

    kept: list[int]
    passed_over: dict[str, int]


def seeds(graph: FactGraph, config: SynthConfig) -> Seeds:
    """The entities that have neighbours which may be unknowns, are of a common enough type, and are neither obscure nor
    popular by the number of pages that state their facts. Where that leaves none, all with neighbours are kept."""
    least, most = config.seed_pages
    passed_over: Counter[str] = Counter()
    kept = []
    for entity in range(len(graph.entities)):
        if entity not in graph.adjacency:
            passed_over["no neighbours or a hub"] += 1
        elif len(graph.members[int(graph.types[entity])]) < config.min_pool:
            passed_over["rare type"] += 1
        elif not least <= _popularity(graph, entity) <= most:
            passed_over["obscure or popular"] += 1
        else:
            kept.append(entity)
    return Seeds(kept or list(graph.seeds), dict(passed_over))


def _popularity(graph: FactGraph, entity: int) -> int:
    """On how many pages facts about it are stated."""
    return len({page for edge in graph.stated_of[entity] for page in graph.loose[edge.fact]})
