"""A date replaced by a period, a period by a longer one: `in 1956` becomes `in the 1950s`."""

import math
from collections.abc import Iterator
from random import Random

from redsearcher.records.query import LiteralAtom, Query
from redsearcher.synthesis.evolve.bench import Bench, Proposal
from redsearcher.synthesis.fuzz.span import Range, shuffled, widened
from redsearcher.world.interval import YEAR_END
from redsearcher.world.property import properties

LENGTHS = (100, 50, 40, 30, 20)
DECADE = 10


class Period:
    """Ranges of time: open on one side, then whole decades, fewer and fewer, then the decade."""

    name = "period"
    tools: tuple[str, ...] = ()

    def proposals(self, bench: Bench, query: Query, rng: Random) -> Iterator[Proposal]:
        for n, atom in enumerate(shuffled(query, rng)):
            row = properties().get(atom.property)
            if row is not None and row.object == ("time",):
                yield from widened(query, atom, list(_longer(atom, rng)), 100 * n)


def _longer(atom: LiteralAtom, rng: Random) -> Iterator[Range]:
    if atom.low is None or atom.high is None:
        return
    first, last = math.floor(atom.low), math.floor(atom.high)
    sides: list[Range] = [(float(first), None), (None, last + YEAR_END)]
    rng.shuffle(sides)
    yield from sides
    for length in LENGTHS:
        spare = length - (last - first + 1)
        if spare > 0:
            start = (first - rng.randint(0, spare)) // DECADE * DECADE
            end = max(start + length - 1, last)
            yield (float(start), end + YEAR_END)
    decade = first // DECADE * DECADE
    if last < decade + DECADE:
        yield (float(decade), decade + DECADE - 1 + YEAR_END)
    yield (float(first), last + YEAR_END)
