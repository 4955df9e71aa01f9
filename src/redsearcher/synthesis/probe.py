"""Draws of queries that the tables of `rings` found, and the same structures asked for another of their unknowns."""

import random
from collections import Counter
from typing import NamedTuple
from weakref import WeakKeyDictionary

from redsearcher.errors import BudgetError
from redsearcher.graph.cover import minimum_cover
from redsearcher.graph.evaluate import answers
from redsearcher.graph.necessity import is_tight, necessity
from redsearcher.records.query import Query
from redsearcher.synthesis.anchor import Anchor
from redsearcher.synthesis.compose import compose
from redsearcher.synthesis.config import SynthConfig
from redsearcher.synthesis.factgraph import FactGraph
from redsearcher.synthesis.rings import Found, Rings
from redsearcher.synthesis.structure import Structure
from redsearcher.world.store import World

BUDGET = 30_000
ROOM = 10
"""Constraints of one query, at most."""
PER_PATTERN = 5
WIDE_RATE = 0.75
"""How often only queries whose facts need three pages or more are looked for."""
MAX_LOOKED_AT = 60

_rings: WeakKeyDictionary[FactGraph, Rings] = WeakKeyDictionary()
_waiting: WeakKeyDictionary[random.Random, list[Found]] = WeakKeyDictionary()
"""What a pattern gave and has not been drawn yet; draws of one unit share their source of randomness."""


class Pair(NamedTuple):
    """Two or three entities of one type, what they share, and the anchors that force variable 0."""

    graph: FactGraph
    structure: Structure
    chosen: list[Anchor]


def draw_pair(graph: FactGraph, rng: random.Random) -> Pair | None:
    """The next query of this source of randomness, or None where its draw of a pattern led nowhere."""
    waiting = _waiting.setdefault(rng, [])
    if not waiting:
        waiting += _from_pattern(_rings.setdefault(graph, Rings(graph)), rng)
    if not waiting:
        return None
    found = waiting.pop(0)
    return Pair(graph, found.structure, found.anchors)


def _from_pattern(rings: Rings, rng: random.Random) -> list[Found]:
    """Queries of one random pattern of treewidth 2."""
    least = 3 if rng.random() < WIDE_RATE else 2
    pattern = rings.pattern(2, rng.choice((2, least)), rng)
    taken: list[Found] = []
    for number, found in enumerate(rings.found(pattern, ROOM, rng) if pattern is not None else ()):
        if _spread(rings.graph, found) >= least:
            taken.append(found)
        if len(taken) == PER_PATTERN or number == MAX_LOOKED_AT:
            break
    return taken


def _spread(graph: FactGraph, found: Found) -> int:
    """The least number of pages that state all its facts, loosely."""
    facts = {edge.fact for edge in found.structure.edges} | {fact for anchor in found.anchors for fact in anchor.facts}
    return len(minimum_cover([graph.loose[fact] for fact in sorted(facts)]) or ())


def probe(world: World, pair: Pair, answer: int, config: SynthConfig, tally: Counter[str]) -> Query | None:
    """The pair's query with that variable asked for, or None if it is not unique and tight then."""
    if len(pair.structure.edges) + len(pair.chosen) > config.max_constraints:
        tally["too_many_constraints"] += 1
        return None
    query = compose(pair.graph, pair.structure, answer, pair.chosen)
    if answer == 0:
        return query
    try:
        if len(answers(query, world.known, limit=2, budget=BUDGET)) != 1:
            tally["not_unique"] += 1
        elif not is_tight(necessity(query, world.stated, cap=2, budget=BUDGET)):
            tally["edge_or_anchor_not_necessary"] += 1
        else:
            return query
    except BudgetError:
        tally["over_budget"] += 1
    return None
