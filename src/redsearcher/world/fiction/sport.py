"""Careers at clubs, and matches between them."""

from redsearcher.world.fiction import literal
from redsearcher.world.fiction.chronology import NOW
from redsearcher.world.fiction.draft import Node
from redsearcher.world.fiction.maker import Maker


def careers(m: Maker, people: list[int], clubs: list[int]) -> None:
    """Footballers and some relatives play for one to three clubs."""
    for person in people:
        node = m.node(person)
        if node.kind not in ("footballer", "football coach") and not m.maybe(0.1):
            continue
        for _ in range(m.rng.choice((1, 2, 2, 3))):
            if not (m.maybe(0.7) and m.draft.link(person, "P54", m.rng.choice(clubs))):
                m.draft.link(person, "P54", m.popular("club", node.country))


def make_match(m: Maker, home: int, away: int) -> int:
    """A match between two clubs, in the home club's city for the most part."""
    first = max(m.node(home).year, m.node(away).year) + 1
    year = m.rng.randint(first, NOW - 1) if first < NOW else NOW - 1
    where = m.node(home)
    city = where.city if m.maybe(0.75) else m.popular("city", where.country)
    name = m.names.match(m.label(where.country), year)
    match = m.draft.add(
        Node("event", name.label, name.aliases, sound=where.sound, country=where.country, city=city, year=year)
    )
    m.draft.values[match]["P585"] = literal.date(m.rng, year, day=0.9)
    m.draft.link(match, "P1923", home)
    m.draft.link(match, "P1923", away)
    m.draft.link(match, "P276", city)
    if m.maybe(0.85):
        m.draft.link(match, "P1346", home if m.maybe(0.55) else away)
    return match
