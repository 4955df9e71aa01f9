"""A place found by a journey and its direction: `two to three hours by car from A, to the west of it`."""

from collections.abc import Iterator
from random import Random

from redsearcher.records.query import Query
from redsearcher.synthesis.evolve.bearing import sectors
from redsearcher.synthesis.evolve.bench import Bench, Proposal, atom
from redsearcher.synthesis.evolve.place import maps_call, measured
from redsearcher.synthesis.evolve.travel import STEP_MIN, journey
from redsearcher.synthesis.evolve.window import windows
from redsearcher.synthesis.surgery import constraint_id, with_constraints


class Course:
    """Travel time and bearing from one place, neither enough alone."""

    name = "course"
    tools = ("maps",)

    def proposals(self, bench: Bench, query: Query, rng: Random) -> Iterator[Proposal]:
        for group, spot in enumerate(measured(bench, query, rng)):
            trip = journey(bench, spot, rng)
            degrees = bench.knowledge.places.bearing_deg(spot.reference_place, spot.target_place)
            if trip is None or degrees is None:
                continue
            call, minutes = trip
            turn = maps_call("bearing", spot.reference, spot.target)
            for time, sector in zip(windows(minutes, rng, least=STEP_MIN), sectors(degrees, rng), strict=False):
                first = atom(constraint_id(spot.query), call, time)
                second = atom(constraint_id(spot.query, 1), turn, sector)
                yield Proposal(with_constraints(spot.query, first, second), group)
