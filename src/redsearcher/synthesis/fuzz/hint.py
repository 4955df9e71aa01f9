"""A name replaced by a hint at it: `Kesiki Kholonaka` becomes `someone whose initials are K. K.`."""

from collections.abc import Iterator
from random import Random

from redsearcher.records.query import Constant, Operand, Query, ToolAtom, ToolExpression
from redsearcher.synthesis.evolve.bench import Bench, Proposal
from redsearcher.synthesis.surgery import constraint_id, freed, with_constraints
from redsearcher.world import hint

Clue = tuple[str, str | None, float]
"""Function, text to compare with (or None), number that it must give."""
MOST_INITIALS = 4
"""Nobody speaks of the initials of a whole title."""


class Hint:
    """A given becomes a latent; of its name only the first letter, the initials or the length are told."""

    name = "hint"
    tools: tuple[str, ...] = ()

    def proposals(self, bench: Bench, query: Query, rng: Random) -> Iterator[Proposal]:
        givens = list(query.givens)
        rng.shuffle(givens)
        for group, given in enumerate(givens):
            name = bench.entity(given.entity or "").label
            loose, latent = freed(query, given.name)
            for chosen in clues(name):
                atoms = [_atom(constraint_id(loose, n), latent, clue) for n, clue in enumerate(chosen)]
                yield Proposal(with_constraints(loose, *atoms), 10 * group + len(chosen))


def clues(name: str) -> list[tuple[Clue, ...]]:
    """Sets of clues to a name, from vague to telling."""
    first: Clue = ("first", hint.first_letter(name), 1.0)
    capitals = hint.initials(name)
    letters: Clue = ("letters", None, float(hint.n_letters(name)))
    if not capitals:
        return []
    found: list[tuple[Clue, ...]] = [(first,), (letters,), (first, letters)]
    if 1 < len(capitals) <= MOST_INITIALS and len(hint.words(name)) != hint.n_letters(name):
        all_: Clue = ("initials", capitals, 1.0)
        found = [(first,), (letters,), (all_,), (first, letters), (all_, letters)]
    return found


def _atom(id: str, variable: str, clue: Clue) -> ToolAtom:
    function, text, number = clue
    operands: tuple[Operand | Constant, ...] = (Operand(variable=variable),)
    operands += () if text is None else (Constant(text=text),)
    call = ToolExpression(tool="name", function=function, operands=operands)
    return ToolAtom(id=id, call=call, low=number, high=number)
