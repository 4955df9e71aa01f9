"""A researcher or a paper found by how often it was cited: `has been cited between 120 and 140 times`."""

from collections.abc import Iterator
from random import Random

from redsearcher.records.query import Query
from redsearcher.synthesis.evolve.bench import Bench, Proposal, atom
from redsearcher.synthesis.evolve.researcher import scholar_call
from redsearcher.synthesis.evolve.window import windows
from redsearcher.synthesis.surgery import constraint_id, spots, with_constraints
from redsearcher.world.scholarly import CITATIONS


class Citation:
    """Citations of a paper, or of all papers of a person."""

    name = "citation"
    tools = ("scholar",)

    def proposals(self, bench: Bench, query: Query, rng: Random) -> Iterator[Proposal]:
        for group, spot in enumerate(spots(query, ("person", "paper"), rng)):
            entity = spot.query.variable(spot.variable).entity or ""
            count = bench.knowledge.scholarly.citations(entity)
            if not count or bench.number(entity, CITATIONS):  # a page that states it would do without the tool
                continue
            call = scholar_call("citations", spot.variable)
            spans = windows(float(count), rng)
            for span in [*spans, (float(count), float(count))]:
                added = atom(constraint_id(spot.query), call, span)
                yield Proposal(with_constraints(spot.query, added), group)
