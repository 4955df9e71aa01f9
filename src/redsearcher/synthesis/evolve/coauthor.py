"""A researcher found by a co-author: `has written exactly 2 papers together with A`."""

from collections.abc import Iterator
from random import Random

from redsearcher.records.query import Query
from redsearcher.synthesis.evolve.bench import Bench, Proposal, atom
from redsearcher.synthesis.evolve.researcher import researchers, scholar_call
from redsearcher.synthesis.surgery import constraint_id, entities_of, named, with_constraints

MATES_PER_SPOT = 3


class Coauthor:
    """The number of joint papers, exactly: the tool's list settles it."""

    name = "coauthor"
    tools = ("scholar",)

    def proposals(self, bench: Bench, query: Query, rng: Random) -> Iterator[Proposal]:
        group = 0
        for spot, person in researchers(bench, query, rng):
            taken = entities_of(spot.query)
            mates = [m for m in bench.knowledge.scholarly.coauthors(person) if m not in taken and bench.is_plain(m)]
            for mate in rng.sample(mates, min(MATES_PER_SPOT, len(mates))):
                joint = bench.knowledge.scholarly.joint_papers(mate, person)
                made, name = named(spot.query, bench.entity(mate))
                exact = float(joint or 0)
                added = atom(constraint_id(made), scholar_call("joint_papers", name, spot.variable), (exact, exact))
                group += 1
                yield Proposal(with_constraints(made, added), group)
