"""A researcher found by a computation over two counts: `cited between 1.5 and 1.7 times as often as A`."""

from collections.abc import Iterator
from random import Random

from redsearcher.records.query import Query
from redsearcher.synthesis.evolve.bench import Bench, Proposal, atom
from redsearcher.synthesis.evolve.computed import python_call
from redsearcher.synthesis.evolve.researcher import researchers, scholar_call
from redsearcher.synthesis.evolve.window import windows
from redsearcher.synthesis.surgery import constraint_id, entities_of, named, with_constraints

DRAWS = 3


class Tally:
    """Sum or ratio of the citations of two researchers: scholar first, then python."""

    name = "tally"
    tools = ("scholar", "python")

    def proposals(self, bench: Bench, query: Query, rng: Random) -> Iterator[Proposal]:
        known, group = bench.knowledge.scholarly, 0
        everyone = [person for person in sorted(known.papers) if bench.is_plain(person)]
        for spot, person in researchers(bench, query, rng):
            pool = [other for other in everyone if other not in entities_of(spot.query)]
            for other in rng.sample(pool, min(DRAWS, len(pool))):
                own, theirs = known.citations(person) or 0, known.citations(other) or 0
                if not own or not theirs:
                    continue
                made, name = named(spot.query, bench.entity(other))
                calls = [scholar_call("citations", spot.variable), scholar_call("citations", name)]
                function = "sum" if theirs > own or rng.random() < 0.5 else "ratio"
                value = own + theirs if function == "sum" else own / theirs
                group += 1
                for span in windows(float(value), rng, least=0.01 if function == "ratio" else 1.0):
                    added = atom(constraint_id(made), python_call(function, *calls), span)
                    yield Proposal(with_constraints(made, added), group)
