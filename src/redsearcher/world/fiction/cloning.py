"""Copies of entities: the same kind of thing, in the same place and time, under another name."""

from redsearcher.world.fiction import literal
from redsearcher.world.fiction.draft import Node
from redsearcher.world.fiction.maker import Maker
from redsearcher.world.fiction.names import Name

CLONABLE = frozenset(
    ["person", "film", "book", "company", "university", "city", "river", "mountain", "event", "paper", "award", "club", "museum", "band"]
)
KEPT = {
    "P19": 0.9, "P27": 1.0, "P17": 1.0, "P131": 1.0, "P159": 0.9, "P69": 0.85, "P108": 0.8, "P840": 0.85, "P272": 0.8,
    "P123": 0.85, "P1433": 0.85, "P276": 0.9, "P166": 0.75, "P54": 0.7, "P20": 0.6, "P551": 0.7, "P403": 0.7, "P206": 0.8,
    "P144": 0.5, "P941": 0.5, "P57": 0.5, "P58": 0.4, "P86": 0.6, "P161": 0.4, "P50": 0.5, "P112": 0.4, "P749": 0.7,
    "P127": 0.6, "P138": 0.4, "P2860": 0.6, "P527": 0.4, "P184": 0.7, "P737": 0.6, "P22": 0.0, "P25": 0.0, "P190": 0.5,
    "P1923": 0.5, "P1346": 0.0,
}  # fmt: skip
"""How often a copy shares a fact of its original that leads out of the subgraph. Others are never shared."""


def clone_node(m: Maker, original: int, surname: str) -> int:
    """A new node like the original, without facts but with literals like its own. `surname` is that of a person's family,
    or empty."""
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
