"""Something found by a computation over what other tools say: `A is between 2.1 and 2.4 times as far from X as B`."""

from collections.abc import Iterator
from random import Random

from redsearcher.records.query import Query
from redsearcher.synthesis.evolve.bench import Bench, Proposal, atom
from redsearcher.synthesis.evolve.computed import python_call
from redsearcher.synthesis.evolve.place import PLACE_TYPES, maps_call, references
from redsearcher.synthesis.evolve.window import windows
from redsearcher.synthesis.surgery import constraint_id, named, spots, with_constraints

DRAWS = 3


class Chain:
    """Sum or ratio of the distances of a place from two others: maps first, then python."""

    name = "chain"
    tools = ("maps", "python")

    def proposals(self, bench: Bench, query: Query, rng: Random) -> Iterator[Proposal]:
        places, group = bench.knowledge.places, 0
        for spot in spots(query, PLACE_TYPES, rng):
            place = spot.query.variable(spot.variable).entity or ""
            if place not in places.points:
                continue
            for _ in range(DRAWS):
                chosen = references(bench, spot, place, rng, 2)
                if len(chosen) < 2:
                    break
                made, near = named(spot.query, bench.entity(chosen[0]))
                made, far = named(made, bench.entity(chosen[1]))
                kms = [places.distance_km(other, place) or 0.0 for other in chosen]
                if kms[0] > kms[1]:
                    near, far, kms = far, near, kms[::-1]
                function = rng.choice(("sum", "ratio"))
                value = sum(kms) if function == "sum" else kms[1] / kms[0]
                calls = (maps_call("distance", far, spot.variable), maps_call("distance", near, spot.variable))
                group += 1
                for span in windows(value, rng, least=0.01 if function == "ratio" else 1.0):
                    added = atom(constraint_id(made), python_call(function, *calls), span)
                    yield Proposal(with_constraints(made, added), group)
