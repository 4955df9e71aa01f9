"""Copies of entities: the same kind of thing, in the same place and time, under another name."""

from redsearcher.world.fiction import literal
from redsearcher.world.fiction.draft import Node
from redsearcher.world.fiction.maker import Maker
from redsearcher.world.fiction.names import Name, listed

CLONABLE = frozenset(
    listed("person|film|book|company|university|city|river|mountain|event|paper|award|club|museum|band")
)
_SHARES = {
    1.0: "P27|P17|P131",
    0.9: "P19|P159|P276|P69|P840|P272|P123|P1433",
    0.75: "P108|P166|P54|P551|P20|P403|P206|P749|P184",
    0.5: "P86|P144|P941|P57|P58|P50|P127|P2860|P737|P190|P1923",
    0.35: "P161|P112|P138|P527",
}
KEPT = {property_: share for share, listing in _SHARES.items() for property_ in listed(listing)}
"""How often a copy shares a fact of its original that leads out of the subgraph. Others are never shared."""


def clone_node(m: Maker, original: int, surname: str) -> int:
    """A new node like the original, with literals like its own but no facts. `surname`: of a person's family, or ""."""
    old = m.node(original)
    given = ""
    if old.type == "person":
        surname = surname or m.names.surname(old.sound)
        given, name = m.names.person(old.sound, old.sex, surname)
    else:
        surname, name = "", _name(m, old)
    node = Node(
        old.type, name.label, name.aliases, kind=old.kind, sound=old.sound, country=old.country, city=old.city,
        year=old.year, end=old.end, sex=old.sex, given=given, surname=surname, topic=old.topic,
        spot=(old.spot[0] + m.rng.gauss(0, 0.15), old.spot[1] + m.rng.gauss(0, 0.15)), weight=min(old.weight, 1.0),
    )  # fmt: skip
    clone = m.draft.add(node)
    if old.type == "city":
        node.city = clone
    for property_, value in m.draft.values[original].items():
        fresh = literal.coordinate(*node.spot) if property_ == "P625" else literal.again(m.rng, value)
        m.draft.values[clone][property_] = fresh
    return clone


def _name(m: Maker, old: Node) -> Name:
    city, names = m.label(old.city), m.names
    match old.type:
        case "film":
            return names.film(old.sound, city)
        case "book":
            return names.book(old.kind, old.sound, city)
        case "company":
            return names.company(old.kind, old.sound, city, "")
        case "university":
            return names.university(old.sound, city, "")
        case "city":
            return names.city(old.sound)
        case "river":
            return names.river(old.sound)
        case "mountain":
            return names.mountain(old.sound)
        case "event":
            return names.match(m.label(old.country), old.year)
        case "paper":
            return names.paper(old.topic)
        case "award":
            return names.award(old.kind, m.label(old.country), "")
        case "club":
            return names.club(old.sound, city)
        case "museum":
            return names.museum(old.sound, city, "")
        case _:
            return names.band(old.sound, city)
