"""Companies, universities, clubs, museums, awards and bands, and who founds, owns and leads them."""

from functools import partial

from redsearcher.world.fiction import literal
from redsearcher.world.fiction.chronology import NOW
from redsearcher.world.fiction.draft import Node
from redsearcher.world.fiction.maker import Maker
from redsearcher.world.fiction.names import Name


def _found(m: Maker, type_: str, name: Name, city: int, year: int, kind: str = "") -> int:
    """A dated institution in a city."""
    home = m.node(city)
    node = Node(
        type_, name.label, name.aliases, kind=kind, sound=home.sound, country=home.country, city=city,
        year=year, spot=home.spot, weight=m.zipf_weight(),
    )  # fmt: skip
    number = m.draft.add(node)
    m.draft.values[number]["P571"] = literal.date(m.rng, year, day=0.25)
    return number


def make_company(m: Maker, city: int, year: int, kind: str, founder: int = -1) -> int:
    """A company, headquartered in the city, founded by `founder` when the years allow."""
    surname = m.node(founder).surname if founder >= 0 and m.maybe(0.5) else ""
    name = m.names.company(kind, m.node(city).sound, m.label(city), surname)
    company = _found(m, "company", name, city, year, kind)
    m.draft.link(company, "P159", city)
    m.draft.link(company, "P17", m.node(city).country)
    m.draft.link(company, "P112", founder)
    revenue = round(m.node(company).weight * m.rng.uniform(20, 90))
    m.draft.values[company]["P2139"] = literal.quantity(revenue, m.units["revenue"])
    return company


def make_university(m: Maker, city: int, year: int, namesake: int = -1) -> int:
    """A university, named after a person when one is given."""
    surname = m.node(namesake).surname if namesake >= 0 else ""
    name = m.names.university(m.node(city).sound, m.label(city), surname)
    university = _found(m, "university", name, city, year)
    m.draft.link(university, "P131", city)
    m.draft.link(university, "P17", m.node(city).country)
    m.draft.link(university, "P138", namesake)
    latitude, longitude = m.node(city).spot
    spot = (latitude + m.rng.uniform(-0.04, 0.04), longitude + m.rng.uniform(-0.04, 0.04))
    m.draft.values[university]["P625"] = literal.coordinate(*spot)
    return university


def make_club(m: Maker, city: int, year: int, founder: int = -1) -> int:
    """A football club, seated in the city."""
    name = m.names.club(m.node(city).sound, m.label(city))
    club = _found(m, "club", name, city, year)
    m.draft.link(club, "P159", city)
    m.draft.link(club, "P17", m.node(city).country)
    m.draft.link(club, "P112", founder)
    return club


def make_museum(m: Maker, city: int, year: int, founder: int = -1, namesake: int = -1) -> int:
    """A museum in the city."""
    surname = m.node(namesake).surname if namesake >= 0 else ""
    name = m.names.museum(m.node(city).sound, m.label(city), surname)
    museum = _found(m, "museum", name, city, year)
    m.draft.link(museum, "P131", city)
    m.draft.link(museum, "P112", founder)
    m.draft.link(museum, "P138", namesake)
    return museum


def make_award(m: Maker, city: int, year: int, kind: str, namesake: int = -1) -> int:
    """An award of a field (film, book, science, business, sport, music, museum)."""
    surname = m.node(namesake).surname if namesake >= 0 else ""
    name = m.names.award(kind, m.label(m.node(city).country), surname)
    award = _found(m, "award", name, city, year, kind)
    m.draft.link(award, "P138", namesake)
    return award


def make_band(m: Maker, city: int, year: int) -> int:
    name = m.names.band(m.node(city).sound, m.label(city))
    return _found(m, "band", name, city, year)


def run(m: Maker, institution: int, people: list[int], roles: tuple[str, ...]) -> None:
    """Fill offices (P169, P1037, P286, P127) from people who can hold them now, relatives of the founder first."""
    kin = [k for f in m.draft.get(institution, "P112") for k in relatives(m, f)]
    for role in roles:
        pool = kin if kin and m.maybe(0.55) else people
        m.try_link(institution, role, partial(m.rng.choice, pool), 6)


def relatives(m: Maker, person: int) -> list[int]:
    """Spouse, children, parents and siblings of a person, the person first."""
    draft = m.draft
    found = [person, *draft.get(person, "P26"), *draft.subjects(person, "P22"), *draft.subjects(person, "P25")]
    return [*found, *draft.get(person, "P22"), *draft.get(person, "P25"), *draft.get(person, "P3373")]


def employ(m: Maker, people: list[int], employers: list[int], chance: float) -> None:
    """Give people employers: one of the circle's, or a well-known one of their country."""
    for person in people:
        if m.maybe(chance):
            m.draft.link(person, "P108", m.rng.choice(employers))
        if m.maybe(chance * 0.3):
            m.draft.link(person, "P108", m.popular(m.rng.choice(("company", "university")), m.node(person).country))


def honour(m: Maker, winners: list[int], kind: str, chance: float, awards: list[int]) -> None:
    """Give awards of a field: the circle's own, or well-known ones."""
    for winner in winners:
        if m.maybe(chance):
            award = m.rng.choice(awards) if awards and m.maybe(0.6) else m.popular("award", -1, kind)
            m.draft.link(winner, "P166", award)


def living_year(m: Maker, person: int, least_age: int, most_age: int) -> int:
    """A year in which the person was of that age, lived, and which is not in the future."""
    node = m.node(person)
    top = min(node.year + most_age, NOW - 1 if node.end is None else node.end)
    return m.rng.randint(min(node.year + least_age, top), top)
