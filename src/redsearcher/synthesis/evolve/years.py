"""Someone or something found by the years between two events: `died between 61 and 63 years after being born`."""

import math
from collections.abc import Iterator
from random import Random

from redsearcher.records.query import Query
from redsearcher.synthesis.evolve.bench import Bench, Proposal, Span, atom, operand
from redsearcher.synthesis.evolve.computed import python_call
from redsearcher.synthesis.evolve.window import around
from redsearcher.synthesis.surgery import comparisons, constraint_id, entities_of, named, spots, with_constraints

TIMES = ("P569", "P570", "P571", "P577", "P585")
LIFE = ("P570", "P569")
REACHES = (3, 2, 1, 0)
REFERENCES_PER_SPOT = 2
POOL = 200


class Years:
    """Calendar years between two dates that pages state: of one person, or of two entities."""

    name = "years"
    tools = ("python",)

    def proposals(self, bench: Bench, query: Query, rng: Random) -> Iterator[Proposal]:
        for group, (made, later, earlier) in enumerate(_dated(bench, query, rng)):
            ends = []
            for name, property_ in (later, earlier):
                found = bench.number(made.variable(name).entity or "", property_)
                ends.append(found)
            first, second = ends
            if first is None or second is None:
                continue
            years = math.floor(first[1]) - math.floor(second[1])
            if years < 1:
                continue
            call = python_call("years", operand(*later), operand(*earlier))
            for low, high in around(years, REACHES):
                span: Span = (max(low, 1.0), high)
                added = atom(constraint_id(made), call, span, first[0], second[0])
                yield Proposal(with_constraints(made, added), group)


_End = tuple[str, str]


def _dated(bench: Bench, query: Query, rng: Random) -> Iterator[tuple[Query, _End, _End]]:
    """Queries with two (variable, property) whose dates are to be compared, the later first."""
    for rest, compared in comparisons(query, rng):
        if compared.left_property in TIMES:
            yield rest, (compared.right, compared.right_property), (compared.left, compared.left_property)
    for spot in spots(query, ("person", "company", "university", "film", "book", "paper", "award"), rng):
        target = spot.query.variable(spot.variable)
        if target.entity is None:
            continue
        owned = {p: found[1] for p in TIMES if (found := bench.number(target.entity, p))}
        if set(LIFE) <= set(owned):
            yield spot.query, (spot.variable, LIFE[0]), (spot.variable, LIFE[1])
        if not owned:
            continue
        own = rng.choice(sorted(owned))
        pool = [e for e in bench.having(target.type, own)[:POOL] if e not in entities_of(spot.query)]
        for other in rng.sample(pool, min(REFERENCES_PER_SPOT, len(pool))):
            made, name = named(spot.query, bench.entity(other))
            theirs = bench.number(other, own)
            if theirs is not None and theirs[1] < owned[own]:
                yield made, (spot.variable, own), (name, own)
            elif theirs is not None:
                yield made, (name, own), (spot.variable, own)
