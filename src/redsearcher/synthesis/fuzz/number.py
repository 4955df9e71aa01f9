"""A number replaced by a range, a range by a wider one: `between 100 and 120 km` becomes `at least 100 km`."""

import math
from collections.abc import Iterator
from random import Random

from redsearcher.records.query import LiteralAtom, Query
from redsearcher.synthesis.evolve.bench import Bench, Proposal
from redsearcher.synthesis.evolve.window import round_step
from redsearcher.synthesis.fuzz.span import Range, shuffled, widened
from redsearcher.world.property import properties

FACTORS = (8.0, 4.0, 2.0, 1.5)


class Number:
    """Ranges of quantities: open on one side, else several times as wide with rounder ends."""

    name = "number"
    tools: tuple[str, ...] = ()

    def proposals(self, bench: Bench, query: Query, rng: Random) -> Iterator[Proposal]:
        for n, atom in enumerate(shuffled(query, rng)):
            row = properties().get(atom.property)
            if row is not None and row.object == ("quantity",):
                yield from widened(query, atom, list(_wider(atom, rng)), 100 * n)


def _wider(atom: LiteralAtom, rng: Random) -> Iterator[Range]:
    if atom.low is None or atom.high is None:
        return
    sides: list[Range] = [(atom.low, None), (None, atom.high)]
    rng.shuffle(sides)
    yield from sides
    width = max(atom.high - atom.low, abs(atom.high) * 0.02)
    for factor in FACTORS:
        spare = width * (factor - 1)
        step = round_step(width * factor / 4)
        start = atom.low - spare * rng.uniform(0.2, 0.8)
        low = math.floor(start / step) * step
        high = math.ceil((start + width * factor) / step) * step
        yield (float(f"{max(low, 0.0):.10g}"), float(f"{max(high, atom.high):.10g}"))
