"""Unknowns that only stand between two others: "plays the same instrument as" says both facts and needs no noun."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from redsearcher.records.query import FactAtom, Query, Role
from redsearcher.world.property import Lang, properties

ABSTRACT = frozenset({"occupation", "genre", "field", "instrument", "language", "religion", "movement", "disease"})
"""Types whose members people have rather than meet: asked for as what two of them share."""


@dataclass(frozen=True)
class Same:
    """`subject` and `object` share what `shared` lists: a latent each, with the facts that lead to it from either."""

    subject: str
    object: str
    shared: tuple[tuple[str, FactAtom, FactAtom], ...]

    @property
    def id(self) -> str:
        return self.shared[0][1].id

    @cached_property
    def variables(self) -> tuple[str, ...]:
        return (self.subject, self.object)

    @property
    def atoms(self) -> tuple[FactAtom, ...]:
        """The facts it says."""
        return tuple(atom for _, *both in self.shared for atom in both)

    @property
    def brings(self) -> tuple[str, ...]:
        """The variables that saying it brings in."""
        return tuple(name for name, *_ in self.shared)


def sames(query: Query, lang: Lang) -> list[Same]:
    """What two variables of a query share and a phrase can say so; one record for each two variables.

    A variable is shared by the first two that lead to it in the same way; what else holds of it is said afterwards.
    """
    if lang != "en":
        return []
    found: dict[tuple[str, str], list[tuple[str, FactAtom, FactAtom]]] = defaultdict(list)
    ends: set[str] = set()
    brought: set[str] = set()
    for variable in query.unknowns:
        if variable.name in ends or (variable.role is Role.ANSWER and variable.type not in ABSTRACT):
            continue
        both = _pair(query, variable.name, brought)
        if both is not None:
            found[both[0].subject, both[1].subject].append((variable.name, *both))
            ends |= {both[0].subject, both[1].subject}
            brought.add(variable.name)
    return [Same(subject, object, tuple(rows)) for (subject, object), rows in found.items()]


def _pair(query: Query, name: str, brought: set[str]) -> tuple[FactAtom, FactAtom] | None:
    unknown = {variable.name for variable in query.unknowns}
    facts = [c for c in query.constraints if isinstance(c, FactAtom) and c.object == name]
    for number, one in enumerate(facts):
        for other in facts[number + 1 :]:
            if one.property != other.property or not properties()[one.property].en.same:
                continue
            ends = {one.subject, other.subject}
            if len(ends) == 2 and unknown & ends and not brought & ends:
                return one, other
    return None
