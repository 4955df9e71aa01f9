"""Films and books, made by people who know each other."""

from redsearcher.world.fiction import literal
from redsearcher.world.fiction.chronology import alive_at
from redsearcher.world.fiction.draft import Node
from redsearcher.world.fiction.maker import Maker
from redsearcher.world.fiction.organisations import living_year, relatives


def make_book(m: Maker, author: int, people: list[int], publishers: list[int]) -> int:
    """A novel or a history by the author, who draws on relatives, teachers and places."""
    who = m.node(author)
    year = living_year(m, author, 25, 70)
    kind = "history" if who.kind == "historian" or m.maybe(0.1) else "novel"
    setting = who.city if m.maybe(0.4) else m.popular("city", who.country if m.maybe(0.7) else -1)
    name = m.names.book(kind, who.sound, m.label(setting))
    book = m.draft.add(
        Node(
            "book", name.label, name.aliases, kind=kind, sound=who.sound, country=who.country, city=who.city, year=year
        )
    )
    m.draft.values[book]["P577"] = literal.date(m.rng, year, day=0.3)
    if not m.draft.link(book, "P50", author):
        m.draft.link(book, "P50", next((p for p in people if alive_at(m.node(p), year, 21)), -1))
    if m.maybe(0.1):
        m.try_link(book, "P50", lambda: m.rng.choice(people))
    m.draft.link(book, "P840", setting)
    m.try_link(book, "P123", lambda: _house(m, "publisher", publishers, who.country), 6)
    if m.maybe(0.45):
        kin = relatives(m, author)
        m.try_link(book, "P941", lambda: m.rng.choice(kin if m.maybe(0.5) else people))
    elif m.maybe(0.2):
        m.draft.link(book, "P941", m.popular("event", who.country))
    return book


def make_film(m: Maker, director: int, people: list[int], books: list[int], studios: list[int]) -> int:
    """A film by the director, with relatives and friends in its cast and at its script."""
    who = m.node(director)
    year = living_year(m, director, 27, 66)
    setting = who.city if m.maybe(0.4) else m.popular("city", who.country if m.maybe(0.7) else -1)
    name = m.names.film(who.sound, m.label(setting))
    film = m.draft.add(
        Node("film", name.label, name.aliases, sound=who.sound, country=who.country, city=who.city, year=year)
    )
    m.draft.values[film]["P577"] = literal.date(m.rng, year)
    m.draft.link(film, "P57", director)
    m.draft.link(film, "P840", setting)
    m.try_link(film, "P272", lambda: _house(m, "studio", studios, who.country), 6)
    source = m.rng.choice(books) if books and m.maybe(0.45) else -1
    author = m.draft.one(source, "P50") if m.draft.link(film, "P144", source) else -1
    if not (m.maybe(0.55) and m.draft.link(film, "P58", author)):
        kin = relatives(m, director)
        m.try_link(film, "P58", lambda: m.rng.choice(kin if m.maybe(0.35) else people))
    _cast(m, film, director, people)
    if m.maybe(0.75):
        m.try_link(
            film, "P86", lambda: m.rng.choice(people) if m.maybe(0.6) else m.popular("person", -1, "film composer")
        )
    if m.maybe(0.12) and source < 0:
        m.try_link(film, "P941", lambda: m.rng.choice(people))
    return film


def _cast(m: Maker, film: int, director: int, people: list[int]) -> None:
    kin = relatives(m, director) + [k for w in m.draft.get(film, "P58") for k in relatives(m, w)]
    for _ in range(m.rng.choice((2, 3, 3, 4, 4, 5))):
        chance = m.rng.random()
        if chance < 0.4:
            m.draft.link(film, "P161", m.rng.choice(kin))
        elif chance < 0.85:
            m.draft.link(film, "P161", m.rng.choice(people))
        else:
            m.try_link(film, "P161", lambda: m.popular("person", -1, "actor"))


def _house(m: Maker, kind: str, own: list[int], country: int) -> int:
    """One of the circle's own companies, or a well-known one of the country."""
    return m.rng.choice(own) if own and m.maybe(0.65) else m.popular("company", country, kind)
