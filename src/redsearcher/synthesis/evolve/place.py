"""Where a maps constraint can go: a place to be found, and others to measure it from."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from redsearcher.records.query import Query, ToolExpression
from redsearcher.synthesis.evolve.bench import Bench, operand
from redsearcher.synthesis.surgery import Spot, entities_of, named, spots

PLACE_TYPES = ("city", "mountain", "university", "place", "museum", "region", "country")
REFERENCES_PER_SPOT = 3
POOL = 40
LEAST_KM = 5.0


class Measured(NamedTuple):
    """A query with a given to measure from; `target` is to be found, `reference` is named."""

    query: Query
    target: str
    reference: str
    target_place: str
    reference_place: str


def measured(bench: Bench, query: Query, rng: Random) -> Iterator[Measured]:
    """Every spot on the map with some places, mostly near ones, to measure it from."""
    points = bench.knowledge.places.points
    for spot in spots(query, PLACE_TYPES, rng):
        place = spot.query.variable(spot.variable).entity or ""
        if place not in points:
            continue
        for reference in references(bench, spot, place, rng, REFERENCES_PER_SPOT):
            with_given, name = named(spot.query, bench.entity(reference))
            yield Measured(with_given, spot.variable, name, place, reference)


def references(bench: Bench, spot: Spot, place: str, rng: Random, n: int) -> list[str]:
    """Up to `n` random ones of the nearest places of the commonest types that the query does not speak of."""
    taken = entities_of(spot.query)
    near = [
        (km, other)
        for type_ in ("city", "mountain")
        for other, km in bench.knowledge.places.nearest(place, type_, POOL)
        if km >= LEAST_KM and other not in taken and bench.is_plain(other)
    ]
    pool = [other for _, other in sorted(near)[:POOL]]
    return rng.sample(pool, min(n, len(pool)))


def maps_call(function: str, *names: str) -> ToolExpression:
    """A call of the maps tool on variables."""
    return ToolExpression(tool="maps", function=function, operands=tuple(operand(name) for name in names))
