"""A range made wider, as far as the question stays sharp."""

from collections.abc import Iterator, Sequence
from random import Random

from redsearcher.records.query import LiteralAtom, Query
from redsearcher.synthesis.evolve.bench import Proposal

Range = tuple[float | None, float | None]


def widened(query: Query, atom: LiteralAtom, ranges: Sequence[Range], group: int) -> Iterator[Proposal]:
    """The query with the range replaced by each of those that hold more than it, in order, each a group of its own."""
    for n, (low, high) in enumerate(ranges):
        if holds_more((low, high), (atom.low, atom.high)):
            wider = LiteralAtom(
                id=atom.id, subject=atom.subject, property=atom.property, low=low, high=high, facts=atom.facts
            )
            constraints = tuple(wider if c.id == atom.id else c for c in query.constraints)
            yield Proposal(Query(variables=query.variables, constraints=constraints), group + n)


def holds_more(outer: Range, inner: Range) -> bool:
    """Whether one range contains another and is not the same."""
    below = outer[0] is None or (inner[0] is not None and outer[0] <= inner[0])
    above = outer[1] is None or (inner[1] is not None and outer[1] >= inner[1])
    return below and above and outer != inner


def shuffled(query: Query, rng: Random) -> list[LiteralAtom]:
    """The ranges of a query in random order."""
    found = [c for c in query.constraints if isinstance(c, LiteralAtom)]
    rng.shuffle(found)
    return found
