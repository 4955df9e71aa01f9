"""Unknowns that only stand between two others: "plays the same instrument as" says both facts and needs no noun."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from redsearcher.records.query import Constraint, FactAtom, Query, Role, ToolAtom
from redsearcher.world.property import Lang, properties


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


def sames(query: Query, lang: Lang) -> list[Same]:
    """What two variables of a query share and a phrase can say so; one record for each two variables."""
    if lang != "en":
        return []
    found: dict[tuple[str, str], list[tuple[str, FactAtom, FactAtom]]] = defaultdict(list)
    unknown = {variable.name for variable in query.unknowns}
    for variable in query.variables:
        if variable.role is not Role.LATENT:
            continue
        around: list[Constraint] = [c for c in query.constraints if variable.name in c.variables]
        both = [
            c for c in around if not isinstance(c, ToolAtom) and isinstance(c, FactAtom) and c.object == variable.name
        ]
        if len(around) != 2 or len(both) != 2:
            continue
        one, other = both
        said = properties()[one.property].en.same and one.property == other.property
        if said and one.subject != other.subject and unknown & {one.subject, other.subject}:
            found[one.subject, other.subject].append((variable.name, one, other))
    return [Same(subject, object, tuple(rows)) for (subject, object), rows in found.items()]
