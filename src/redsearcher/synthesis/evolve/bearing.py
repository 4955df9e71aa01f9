"""A place found by the direction in which it lies: `at a bearing of between 250 and 280 degrees from A`."""

import math
from collections.abc import Iterator
from random import Random

from redsearcher.records.query import Query
from redsearcher.synthesis.evolve.bench import Bench, Proposal, atom
from redsearcher.synthesis.evolve.place import maps_call, measured
from redsearcher.synthesis.surgery import constraint_id, with_constraints

WIDTHS = (60, 30, 15, 8, 4)


class Bearing:
    """Degrees clockwise from north; ranges do not cross it."""

    name = "bearing"
    tools = ("maps",)

    def proposals(self, bench: Bench, query: Query, rng: Random) -> Iterator[Proposal]:
        for group, spot in enumerate(measured(bench, query, rng)):
            degrees = bench.knowledge.places.bearing_deg(spot.reference_place, spot.target_place)
            if degrees is None:
                continue
            call = maps_call("bearing", spot.reference, spot.target)
            for span in sectors(degrees, rng):
                added = atom(constraint_id(spot.query), call, span)
                yield Proposal(with_constraints(spot.query, added), group)


def sectors(degrees: float, rng: Random) -> list[tuple[float, float]]:
    """Ranges of whole degrees around a bearing, widest first; those that would cross north are left out."""
    found = []
    for width in WIDTHS:
        low = math.floor(degrees - width * rng.uniform(0.2, 0.8))
        if low >= 0 and low + width < 360 and low + 0.1 < degrees < low + width - 0.1:
            found.append((float(low), float(low + width)))
    return found
