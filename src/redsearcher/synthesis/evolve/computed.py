"""Where a computation over several facts can go."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from redsearcher.records.query import Operand, Query, ToolExpression
from redsearcher.synthesis.evolve.bench import Bench, operand
from redsearcher.synthesis.surgery import comparisons, entities_of, named, spots
from redsearcher.world.property import properties

QUANTITIES = ("P1082", "P2044", "P2043", "P2139", "P2048", "P8328")
REFERENCES_PER_SPOT = 2


class Pair(NamedTuple):
    """Two numbers that pages state, of variables of the query: which, their facts, their values."""

    query: Query
    operands: tuple[Operand, Operand]
    facts: tuple[str, str]
    values: tuple[float, float]


def pairs(bench: Bench, query: Query, rng: Random) -> Iterator[Pair]:
    """Numbers of two unknowns that a comparison relates, without it; then of a spot and of some other entity."""
    for rest, compared in comparisons(query, rng):
        if compared.left_property in QUANTITIES:
            ends = ((compared.right, compared.right_property), (compared.left, compared.left_property))
            yield from _pair(bench, rest, *ends)
    types = {type_ for name in QUANTITIES for type_ in properties()[name].subject}
    for spot in spots(query, types, rng):
        target = spot.query.variable(spot.variable)
        owned = [p for p in QUANTITIES if target.entity and bench.number(target.entity, p)]
        if not owned:
            continue
        property_ = rng.choice(owned)
        taken = entities_of(spot.query)
        pool = [e for e in bench.having(target.type, property_) if e not in taken]
        for other in rng.sample(pool, min(REFERENCES_PER_SPOT, len(pool))):
            made, name = named(spot.query, bench.entity(other))
            yield from _pair(bench, made, (spot.variable, property_), (name, property_))


def _pair(bench: Bench, query: Query, one: tuple[str, str], other: tuple[str, str]) -> Iterator[Pair]:
    found = [bench.number(query.variable(name).entity or "", property_) for name, property_ in (one, other)]
    first, second = found
    if first is not None and second is not None:
        yield Pair(query, (operand(*one), operand(*other)), (first[0], second[0]), (first[1], second[1]))


def python_call(function: str, *operands: Operand | ToolExpression) -> ToolExpression:
    """A call of the python tool."""
    return ToolExpression(tool="python", function=function, operands=operands)
