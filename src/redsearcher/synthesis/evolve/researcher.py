"""Where a scholar constraint can go: researchers and papers to be found."""

from collections.abc import Iterator
from random import Random

from redsearcher.records.query import Query, ToolExpression
from redsearcher.synthesis.evolve.bench import Bench, operand
from redsearcher.synthesis.surgery import Spot, spots


def researchers(bench: Bench, query: Query, rng: Random) -> Iterator[tuple[Spot, str]]:
    """Spots of people with papers, and who they are."""
    for spot in spots(query, ("person",), rng):
        person = spot.query.variable(spot.variable).entity
        if person in bench.knowledge.scholarly.papers:
            yield spot, person


def scholar_call(function: str, *names: str) -> ToolExpression:
    """A call of the scholar tool on variables."""
    return ToolExpression(tool="scholar", function=function, operands=tuple(operand(name) for name in names))
