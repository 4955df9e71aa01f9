"""A place found by the time it takes to get there: `by train it takes between 2 and 3 hours from A`."""

from collections.abc import Iterator
from random import Random

from redsearcher.records.query import Constant, Query, ToolExpression
from redsearcher.synthesis.evolve.bench import Bench, Proposal, atom, operand
from redsearcher.synthesis.evolve.place import Measured, measured
from redsearcher.synthesis.evolve.window import windows
from redsearcher.synthesis.surgery import constraint_id, with_constraints

LONGEST_MIN = {"car": 20 * 60.0, "train": 24 * 60.0, "bicycle": 24 * 60.0, "foot": 24 * 60.0}
"""A journey that takes longer is not worth asking for by that mode."""
STEP_MIN = 10.0


class Travel:
    """Minutes by a means of travel."""

    name = "travel"
    tools = ("maps",)

    def proposals(self, bench: Bench, query: Query, rng: Random) -> Iterator[Proposal]:
        for group, spot in enumerate(measured(bench, query, rng)):
            trip = journey(bench, spot, rng)
            if trip is None:
                continue
            call, minutes = trip
            for span in windows(minutes, rng, least=STEP_MIN):
                added = atom(constraint_id(spot.query), call, span)
                yield Proposal(with_constraints(spot.query, added), group)


def journey(bench: Bench, spot: Measured, rng: Random) -> tuple[ToolExpression, float] | None:
    """A call for a trip that somebody might make, and its minutes."""
    fitting = []
    for mode, longest in LONGEST_MIN.items():
        minutes = bench.knowledge.places.travel_minutes(spot.reference_place, spot.target_place, mode)
        if minutes is not None and 2 * STEP_MIN <= minutes <= longest:
            fitting.append((mode, minutes))
    if not fitting:
        return None
    mode, minutes = rng.choice(fitting)
    operands = (operand(spot.reference), operand(spot.target), Constant(text=mode))
    return ToolExpression(tool="maps", function="travel", operands=operands), minutes
