"""The Chinese question grammar."""
from collections.abc import Iterator
from redsearcher.agent.solver.parse.tree import Clause
def clauses(text: str, asks: bool) -> Iterator[Clause]:
    yield from ()
