"""A researcher found by h-index: `has an h-index of between 3 and 5`."""

from collections.abc import Iterator
from random import Random

from redsearcher.records.query import Query
from redsearcher.synthesis.evolve.bench import Bench, Proposal, atom
from redsearcher.synthesis.evolve.researcher import researchers, scholar_call
from redsearcher.synthesis.evolve.window import around
from redsearcher.synthesis.surgery import constraint_id, with_constraints


class HIndex:
    """The largest h such that h papers have h citations each."""

    name = "h_index"
    tools = ("scholar",)

    def proposals(self, bench: Bench, query: Query, rng: Random) -> Iterator[Proposal]:
        for group, (spot, person) in enumerate(researchers(bench, query, rng)):
            value = bench.knowledge.scholarly.h_index(person)
            if not value:
                continue
            call = scholar_call("h_index", spot.variable)
            for span in around(value, (2, 1, 0)):
                added = atom(constraint_id(spot.query), call, (max(span[0], 1.0), span[1]))
                yield Proposal(with_constraints(spot.query, added), group)
