"""Circles: a few families of one city and one walk of life, their institutions and works. Relations close by nature."""

from collections.abc import Callable
from itertools import combinations

from redsearcher.world.fiction import organisations as org
from redsearcher.world.fiction.maker import Maker
from redsearcher.world.fiction.people import (
    PROFESSIONS,
    add_child,
    influence,
    make_family,
    make_person,
    marry_in,
    school,
)
from redsearcher.world.fiction.science import advise, make_papers
from redsearcher.world.fiction.sport import careers, make_match
from redsearcher.world.fiction.works import make_book, make_film


def make_circle(m: Maker, milieu: str) -> None:
    """A whole circle in a city chosen by size."""
    city = m.popular("city")
    year = m.rng.randint(*_ERAS[milieu])
    people: list[int] = []
    for _ in range(m.rng.choice((2, 2, 3))):
        family = make_family(m, city, year + m.rng.randint(-6, 6), milieu, m.rng.choice((1, 1, 2, 2, 3)))
        people.extend(family.members)
    for _ in range(m.rng.choice((0, 1, 2))):
        profession = m.rng.choice(PROFESSIONS[milieu])
        people.append(make_person(m, city, year + m.rng.randint(0, 34), m.rng.choice(("male", "female")), profession))
    marry_in(m, people, 0.25)
    people.extend(_grandchildren(m, people, milieu))
    universities = [m.popular("university", m.node(city).country)]
    for person in people:
        school(m, person, universities)
    influence(m, people, 0.16)
    _MAKERS[milieu](m, city, people, universities)


def _grandchildren(m: Maker, people: list[int], milieu: str) -> list[int]:
    """First children of couples that formed inside the circle."""
    born = []
    for mother in people:
        father = m.draft.one(mother, "P26")
        if m.node(mother).sex != "female" or father < 0 or m.draft.subjects(mother, "P25") or not m.maybe(0.6):
            continue
        year = max(m.node(mother).year, m.node(father).year) + m.rng.randint(21, 30)
        if year <= 2006:
            profession = m.rng.choice(PROFESSIONS[milieu])
            sex = m.rng.choice(("male", "female"))
            child = make_person(m, m.node(mother).city, year, sex, profession, m.node(father).surname)
            add_child(m, child, father, mother)
            born.append(child)
    return born


def _of_kind(m: Maker, people: list[int], *kinds: str) -> list[int]:
    return [p for p in people if m.node(p).kind in kinds] or people[:1]


def _film(m: Maker, city: int, people: list[int], universities: list[int]) -> None:
    directors = _of_kind(m, people, "film director", "screenwriter")
    founder = m.rng.choice(directors)
    studio = org.make_company(m, city, org.living_year(m, founder, 25, 55), "studio", founder)
    org.run(m, studio, people, ("P169", "P127"))
    writers = _of_kind(m, people, "screenwriter", "novelist", "poet")
    publishers = [m.popular("company", m.node(city).country, "publisher")]
    books = [make_book(m, m.rng.choice(writers), people, publishers) for _ in range(m.rng.choice((1, 2, 3)))]
    films = [make_film(m, m.rng.choice(directors), people, books, [studio]) for _ in range(m.rng.choice((6, 7, 8, 10)))]
    awards = [m.popular("award", m.node(city).country, "film")]
    if m.maybe(0.3):
        awards.append(org.make_award(m, city, m.rng.randint(1930, 1990), "film", people[0]))
    org.honour(m, films + directors + _of_kind(m, people, "actor"), "film", 0.35, awards)
    org.employ(m, people, [studio, *universities], 0.2)


def _book(m: Maker, city: int, people: list[int], universities: list[int]) -> None:
    authors = _of_kind(m, people, "novelist", "poet", "historian", "journalist")
    founder = m.rng.choice(people)
    house = org.make_company(m, city, org.living_year(m, founder, 25, 60), "publisher", founder)
    org.run(m, house, people, ("P169", "P127"))
    books = [make_book(m, m.rng.choice(authors), people, [house]) for _ in range(m.rng.choice((7, 8, 9, 10)))]
    for _ in range(m.rng.choice((0, 1, 1, 2))):
        director = m.popular("person", -1, "film director")
        if director >= 0:
            make_film(m, director, people, books, [])
    awards = [m.popular("award", m.node(city).country, "book")]
    if m.maybe(0.5):
        awards.append(org.make_award(m, city, m.rng.randint(1930, 1990), "book", m.rng.choice(people)))
    org.honour(m, books + authors, "book", 0.35, awards)
    org.employ(m, people, [house, *universities], 0.3)


def _science(m: Maker, city: int, people: list[int], universities: list[int]) -> None:
    if m.maybe(0.4):
        universities.append(org.make_university(m, city, m.rng.randint(1850, 1960), people[0]))
    scholars = [p for p in people if m.node(p).kind in PROFESSIONS["science"]] or people[:3]
    org.employ(m, scholars, universities, 0.9)
    advise(m, scholars)
    influence(m, scholars, 0.3)
    make_papers(m, scholars, universities, m.rng.randint(10, 17))
    org.run(m, universities[-1], scholars, ("P1037",))
    awards = [m.popular("award", m.node(city).country, "science")]
    if m.maybe(0.6):
        awards.append(org.make_award(m, city, m.rng.randint(1940, 1995), "science", m.rng.choice(people)))
    org.honour(m, scholars, "science", 0.5, awards)


def _business(m: Maker, city: int, people: list[int], universities: list[int]) -> None:
    founder = m.rng.choice(people[:2])
    parent = org.make_company(m, city, org.living_year(m, founder, 26, 50), "holding", founder)
    firms = [parent]
    for _ in range(m.rng.choice((4, 5, 6, 7))):
        seat = city if m.maybe(0.6) else m.popular("city", m.node(city).country)
        starter = m.rng.choice(org.relatives(m, founder)) if m.maybe(0.5) else m.rng.choice(people)
        firm = org.make_company(m, seat, org.living_year(m, starter, 25, 60), "industry", starter)
        if m.maybe(0.5):
            m.draft.link(firm, "P112", m.rng.choice(people))
        if m.maybe(0.8):
            above = m.rng.choice(firms) if m.maybe(0.3) else parent
            m.draft.link(firm, "P749", above)
            m.draft.link(firm, "P127", above if m.maybe(0.4) else m.rng.choice(people))
        firms.append(firm)
    for firm in firms:
        org.run(m, firm, people, ("P169", "P127"))
    org.employ(m, people, firms, 0.6)
    club = m.popular("club", m.node(city).country)
    if not m.draft.get(club, "P127") and m.maybe(0.5):
        m.draft.link(club, "P127", m.rng.choice([*people, parent]))
    org.honour(m, people, "business", 0.15, [])


def _sport(m: Maker, city: int, people: list[int], universities: list[int]) -> None:
    clubs = [org.make_club(m, city, org.living_year(m, people[0], 24, 50), people[0] if m.maybe(0.6) else people[1])]
    if m.maybe(0.6):
        near = m.popular("city", m.node(city).country)
        clubs.append(org.make_club(m, near, org.living_year(m, people[2], 22, 50), people[2]))
    clubs.extend(sorted({m.popular("club", m.node(city).country) for _ in range(2)} - set(clubs)))
    careers(m, people, clubs)
    for club in clubs:
        org.run(m, club, people, ("P286", "P127"))
    for one, other in combinations(clubs, 2):
        for _ in range(m.rng.choice((1, 1, 2, 2))):
            make_match(m, *((one, other) if m.maybe(0.5) else (other, one)))
    for _ in range(m.rng.choice((3, 4, 5))):
        away = m.popular("club")
        if away not in clubs:
            make_match(m, m.rng.choice(clubs), away)
    org.honour(m, people, "sport", 0.3, [])


def _music(m: Maker, city: int, people: list[int], universities: list[int]) -> None:
    players = [p for p in people if m.node(p).kind in PROFESSIONS["music"]] or people[:3]
    for _ in range(m.rng.choice((3, 4, 5))):
        leader = m.rng.choice(players)
        band = org.make_band(m, city, org.living_year(m, leader, 18, 35))
        m.draft.link(band, "P527", leader)
        kin = org.relatives(m, leader)
        for _ in range(m.rng.choice((2, 3, 3, 4))):
            m.draft.link(band, "P527", m.rng.choice(kin if m.maybe(0.5) else players))
        for member in m.some(m.draft.get(band, "P527"), 1, 2):
            m.draft.link(band, "P112", member)
    org.honour(m, players, "music", 0.3, [])
    org.employ(m, people, universities, 0.15)


def _museum(m: Maker, city: int, people: list[int], universities: list[int]) -> None:
    museums = []
    for _ in range(m.rng.choice((2, 3, 4))):
        founder = m.rng.choice(people)
        year = org.living_year(m, founder, 28, 70)
        museum = org.make_museum(m, city, year, founder, m.rng.choice(people) if m.maybe(0.3) else -1)
        org.run(m, museum, people, ("P1037", "P127"))
        museums.append(museum)
    org.employ(m, people, museums, 0.5)
    influence(m, people, 0.3)
    org.honour(m, people, "museum", 0.2, [])
    historians = _of_kind(m, people, "historian", "art collector")
    house = m.popular("company", m.node(city).country, "publisher")
    for _ in range(m.rng.choice((1, 2))):
        make_book(m, m.rng.choice(historians), people, [house])


_ERAS = {
    "film": (1895, 1958), "book": (1885, 1955), "science": (1890, 1950), "business": (1928, 1958),
    "sport": (1932, 1962), "music": (1925, 1962), "museum": (1915, 1955),
}  # fmt: skip
_MAKERS: dict[str, Callable[[Maker, int, list[int], list[int]], None]] = {
    "film": _film, "book": _book, "science": _science, "business": _business, "sport": _sport, "music": _music,
    "museum": _museum,
}  # fmt: skip
SHARES = {"film": 0.22, "book": 0.13, "science": 0.15, "business": 0.14, "sport": 0.15, "music": 0.11, "museum": 0.10}
"""How often each circle is made."""
