"""What training questions never use, so that evaluation can ask for relations and phrasings not seen before."""

from functools import cache

from redsearcher.core.rng import derive
from redsearcher.records.query import CompareAtom, FactAtom, LiteralAtom, Query
from redsearcher.world.property import properties

HELD_OUT_PROPERTIES = frozenset({"P138", "P286", "P403", "P551", "P941", "P1346"})
"""Named after, head coach, flows into, lived in, real-life model, winner."""


@cache
def held_out_phrases() -> frozenset[str]:
    """For half of the properties that have a choice, the last of their forward and of their backward phrases."""
    found: set[str] = set()
    for property_ in properties().values():
        rng = derive(0, "held-out phrases", property_.id)
        for phrases, least in ((property_.en.forward, 3), (property_.en.backward, 2)):
            if len(phrases) >= least and rng.random() < 0.5:
                found.add(phrases[-1])
    return frozenset(found)


def properties_of(query: Query) -> frozenset[str]:
    """The properties a query's constraints speak of."""
    found: set[str] = set()
    for constraint in query.constraints:
        if isinstance(constraint, FactAtom | LiteralAtom):
            found.add(constraint.property)
        elif isinstance(constraint, CompareAtom):
            found |= {constraint.left_property, constraint.right_property}
    return frozenset(found)


def has_held_out_property(query: Query) -> bool:
    """Whether a query uses a relation that training questions never use."""
    return bool(properties_of(query) & HELD_OUT_PROPERTIES)
