"""Anchors by trial: draw a few, test the query, keep what is unique and tight.

Judging all anchors of a structure at once (`tighten`) needs its solutions as tables. Where a latent is a hub, such as a
country or an occupation, those tables outgrow any bound, while a single anchored query is still answered in a
millisecond: so here anchors are drawn first and the query is judged afterwards.
"""

import random
from collections import Counter

import numpy as np

from redsearcher.errors import BudgetError
from redsearcher.graph.evaluate import answers
from redsearcher.graph.necessity import is_tight, necessity
from redsearcher.records.query import Query
from redsearcher.synthesis.anchor import Anchor, GivenAnchor, RangeAnchor, anchors_of
from redsearcher.synthesis.compose import compose
from redsearcher.synthesis.config import SynthConfig
from redsearcher.synthesis.factgraph import FactGraph
from redsearcher.synthesis.structure import Grower, Structure
from redsearcher.world.store import World

BUDGET = 30_000
DRAWS = 8
POOL = 8
WINDOWS = ((2, 40), (1, 20))
"""How many entities the anchors on the two ends of a pair should leave: fewer, and they settle the answer without the
structure; more, and the structure cannot settle it."""
MAX_CAPPED = 2
BRANCH_RATE = 0.3

Unary = GivenAnchor | RangeAnchor


class Pair:
    """Two entities of one type that share two neighbours: a cycle of four, perhaps with a branch."""

    def __init__(self, graph: FactGraph, rng: random.Random, first: int, second: int, structure: Structure) -> None:
        self.graph, self.rng = graph, rng
        self.ends = (structure.nodes.index(first), structure.nodes.index(second))
        self.structure = structure
        anchors = [a for a in anchors_of(graph, structure) if isinstance(a, GivenAnchor | RangeAnchor)]
        self.options: list[Unary] = [a for a in anchors if not set(a.properties) & graph.capped]

    def anchors(self) -> list[Anchor] | None:
        """Anchors on both ends that leave as many entities as WINDOWS say, at least one of them a given; or None."""
        chosen: list[Anchor] = []
        used: set[str] = set()
        for variable, (low, high) in zip(self.ends, WINDOWS, strict=True):
            left = self.graph.types == self.graph.types[self.structure.nodes[variable]]
            pool = [anchor for anchor in self.options if anchor.variable == variable]
            self.rng.shuffle(pool)
            n_mine = 0
            for anchor in pool[:POOL]:
                narrowed = left & anchor.known
                n_left = int(np.count_nonzero(narrowed))
                if n_left < low or used & set(anchor.facts):
                    continue
                left, n_mine = narrowed, n_mine + 1
                chosen.append(anchor)
                used |= set(anchor.facts)
                if n_left <= high or n_mine == 2:
                    break
            if not low <= int(np.count_nonzero(left)) <= high:
                return None
        return chosen if any(isinstance(anchor, GivenAnchor) for anchor in chosen) else None


def draw_pair(graph: FactGraph, rng: random.Random) -> Pair | None:
    """A random pair, or None where the draw led nowhere."""
    first = rng.choice(graph.seeds)
    around = graph.adjacency[first]
    shared = [n for n in around if any(edge.property not in graph.capped for edge in around[n])]
    if not shared or len(around) < 2:
        return None
    one = rng.choice(shared)
    other = rng.choice([n for n in around if n != one])
    seconds = [
        n
        for n in graph.adjacency[one]
        if n != first and n in graph.adjacency[other] and graph.types[n] == graph.types[first]
    ]
    if not seconds:
        return None
    second = rng.choice(seconds)
    grower = Grower(graph, rng, [first])
    for a, b in ((first, one), (one, second), (second, other), (other, first)):
        grower.join(a, b)
    if rng.random() < BRANCH_RATE:
        grower.branch()
    structure = grower.structure()
    if sum(edge.property in graph.capped for edge in structure.edges) > MAX_CAPPED:
        return None
    return Pair(graph, rng, first, second, structure)


def probe(world: World, pair: Pair, answer: int, config: SynthConfig, tally: Counter[str]) -> Query | None:
    """A unique and tight query over the pair's structure with that variable asked for, or None after DRAWS draws."""
    for _ in range(DRAWS):
        chosen = pair.anchors()
        if chosen is None or len(pair.structure.edges) + len(chosen) > config.max_constraints:
            tally["no_fitting_anchors"] += 1
            continue
        try:
            found = _judged(world, pair, answer, chosen, tally)
        except BudgetError:
            tally["over_budget"] += 1
            continue
        if found is not None:
            return found
    return None


def _judged(world: World, pair: Pair, answer: int, chosen: list[Anchor], tally: Counter[str]) -> Query | None:
    def query(anchors: list[Anchor]) -> Query:
        return compose(pair.graph, pair.structure, answer, anchors)

    def unique(anchors: list[Anchor]) -> bool:
        return len(answers(query(anchors), world.known, limit=2, budget=BUDGET)) == 1

    if not unique(chosen):
        tally["not_unique"] += 1
        return None
    for anchor in list(chosen):
        rest = [other for other in chosen if other is not anchor]
        if any(isinstance(other, GivenAnchor) for other in rest) and unique(rest):
            chosen = rest
    made = query(chosen)
    if not is_tight(necessity(made, world.stated, cap=2, budget=BUDGET)):
        tally["edge_or_anchor_not_necessary"] += 1
        return None
    return made
