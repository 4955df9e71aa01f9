"""A place found as the nearest of its kind: `is one of the three cities nearest to A`."""

from collections.abc import Iterator
from random import Random

from redsearcher.records.query import Query
from redsearcher.synthesis.evolve.bench import Bench, Proposal, atom
from redsearcher.synthesis.evolve.place import maps_call, measured
from redsearcher.synthesis.surgery import constraint_id, with_constraints

MAX_RANK = 5
"""The tool lists so many."""


class Nearest:
    """Rank by distance among the places of a kind; the tool's list settles it."""

    name = "nearest"
    tools = ("maps",)

    def proposals(self, bench: Bench, query: Query, rng: Random) -> Iterator[Proposal]:
        for group, spot in enumerate(measured(bench, query, rng)):
            rank = bench.knowledge.places.nearness(spot.reference_place, spot.target_place)
            if rank is None or rank > MAX_RANK:
                continue
            call = maps_call("nearness", spot.reference, spot.target)
            for span in ((1.0, float(MAX_RANK)), (1.0, 3.0), (float(rank), float(rank))):
                if span[0] <= rank <= span[1]:
                    added = atom(constraint_id(spot.query), call, span)
                    yield Proposal(with_constraints(spot.query, added), group)
