"""A place found by how far it is from another: `lies between 400 and 450 km from A`."""

from collections.abc import Iterator
from random import Random

from redsearcher.records.query import Query
from redsearcher.synthesis.evolve.bench import Bench, Proposal, atom
from redsearcher.synthesis.evolve.place import maps_call, measured
from redsearcher.synthesis.evolve.window import windows
from redsearcher.synthesis.surgery import constraint_id, with_constraints


class Distance:
    """Kilometres as the crow flies."""

    name = "distance"
    tools = ("maps",)

    def proposals(self, bench: Bench, query: Query, rng: Random) -> Iterator[Proposal]:
        for group, spot in enumerate(measured(bench, query, rng)):
            km = bench.knowledge.places.distance_km(spot.reference_place, spot.target_place)
            call = maps_call("distance", spot.reference, spot.target)
            for span in windows(km or 0.0, rng):
                added = atom(constraint_id(spot.query), call, span)
                yield Proposal(with_constraints(spot.query, added), group)
