"""Something found by a computation over two numbers: `the population of X is between 2.1 and 2.4 times that of A`."""

from collections.abc import Iterator
from random import Random

from redsearcher.records.query import Query
from redsearcher.synthesis.evolve.bench import Bench, Proposal, atom
from redsearcher.synthesis.evolve.computed import Pair, pairs, python_call
from redsearcher.synthesis.evolve.window import windows
from redsearcher.synthesis.surgery import constraint_id, with_constraints

LARGEST_RATIO = 50.0


class Arithmetic:
    """Sum, difference or ratio of two numbers that pages state."""

    name = "arithmetic"
    tools = ("python",)

    def proposals(self, bench: Bench, query: Query, rng: Random) -> Iterator[Proposal]:
        for group, pair in enumerate(pairs(bench, query, rng)):
            function = rng.choice(_fitting(pair))
            one, other = pair.values
            value = {"sum": one + other, "difference": one - other, "ratio": one / other if other else 0.0}[function]
            call = python_call(function, *pair.operands)
            for span in windows(value, rng, least=0.01 if function == "ratio" else 1.0):
                added = atom(constraint_id(pair.query), call, span, *pair.facts)
                yield Proposal(with_constraints(pair.query, added), group)


def _fitting(pair: Pair) -> list[str]:
    one, other = pair.values
    found = ["sum"]
    found += ["difference"] if one > other else []
    found += ["ratio"] if 0 < other <= one <= LARGEST_RATIO * other else []
    return found
