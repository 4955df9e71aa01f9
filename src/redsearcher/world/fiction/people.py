"""People and families: lives, couples, children, schooling."""

from typing import NamedTuple

from redsearcher.world.fiction import literal
from redsearcher.world.fiction.chronology import NOW
from redsearcher.world.fiction.draft import Node
from redsearcher.world.fiction.maker import Maker

PROFESSIONS = {
    "film": ("film director", "actor", "actor", "actor", "screenwriter", "film composer"),
    "book": ("novelist", "novelist", "poet", "historian", "journalist"),
    "science": ("physicist", "biologist", "chemist", "geologist", "mathematician", "linguist"),
    "business": ("entrepreneur", "entrepreneur", "banker", "engineer", "lawyer"),
    "sport": ("footballer", "footballer", "footballer", "football coach"),
    "music": ("singer", "guitarist", "drummer", "pianist"),
    "museum": ("curator", "painter", "art collector", "architect", "historian"),
    "other": ("teacher", "lawyer", "physician", "architect", "journalist", "engineer"),
}


class Family(NamedTuple):
    """Node numbers of a couple and its children (adults or not)."""

    father: int
    mother: int
    children: tuple[int, ...]

    @property
    def members(self) -> tuple[int, ...]:
        return (self.father, self.mother, *self.children)


def make_person(m: Maker, city: int, year: int, sex: str, profession: str, surname: str = "") -> int:
    """A person born in `year` whose home is `city`: name, dates, birthplace, citizenship, schooling."""
    home = m.node(city)
    born = city if m.maybe(0.5) else m.popular("city", home.country)
    surname = surname or m.names.surname(m.node(born).sound)
    given, name = m.names.person(home.sound, sex, surname)
    end = year + min(97, max(31, round(m.rng.gauss(77, 12))))
    node = Node(
        "person", name.label, name.aliases, kind=profession, sound=home.sound, country=home.country, city=city,
        year=year, end=end if end < NOW else None, sex=sex, given=given, surname=surname, weight=m.zipf_weight(),
    )  # fmt: skip
    person = m.draft.add(node)
    m.draft.link(person, "P19", born)
    m.draft.link(person, "P27", home.country if m.maybe(0.9) else m.popular("country"))
    _life(m, person)
    if m.maybe(0.3):
        m.draft.link(person, "P551", city if m.maybe(0.4) else m.popular("city"))
    return person


def _life(m: Maker, person: int) -> None:
    node, values = m.node(person), m.draft.values[person]
    values["P21"] = literal.string(node.sex)
    values["P569"] = literal.date(m.rng, node.year)
    if node.end is not None:
        values["P570"] = literal.date(m.rng, node.end, day=0.75)
        if m.maybe(0.8):
            m.draft.link(person, "P20", node.city if m.maybe(0.4) else m.popular("city", node.country))
    if node.kind in ("footballer", "actor", "singer") and m.maybe(0.7):
        mean = 180 if node.sex == "male" else 168
        values["P2048"] = literal.quantity(round(m.rng.gauss(mean, 7)), m.units["height"])


def school(m: Maker, person: int, favourites: list[int]) -> None:
    """One or two universities, the circle's favourites first."""
    if m.node(person).year > NOW - 22 or m.maybe(0.25):
        return
    for _ in range(1 if m.maybe(0.8) else 2):
        if favourites and m.maybe(0.4) and m.draft.link(person, "P69", m.rng.choice(favourites)):
            continue
        m.try_link(person, "P69", lambda: m.popular("university", m.node(person).country))


def make_family(m: Maker, city: int, year: int, milieu: str, n_children: int) -> Family:
    """A couple, the elder born about `year`, and their children; most share the milieu's professions."""

    def profession(share: float) -> str:
        return m.rng.choice(PROFESSIONS[milieu if m.maybe(share) else m.rng.choice(sorted(PROFESSIONS))])

    father = make_person(m, city, year + m.rng.randint(0, 5), "male", profession(0.9))
    surname = m.node(father).surname
    own_name = surname if m.maybe(0.25) and surname.isascii() else ""
    mother = make_person(m, city, year + m.rng.randint(0, 9), "female", profession(0.85), own_name)
    if m.maybe(0.9):
        m.draft.link(father, "P26", mother)
    children = []
    first = max(m.node(father).year, m.node(mother).year) + m.rng.randint(20, 28)
    for index in range(n_children):
        born = first + index * m.rng.choice((2, 2, 3, 4))
        lives = (m.node(father).end, m.node(mother).end)
        if born > m.node(mother).year + 44 or born > 2008 or any(end is not None and end < born for end in lives):
            break
        child = make_person(m, city, born, m.rng.choice(("male", "female")), profession(0.85), surname)
        add_child(m, child, father, mother)
        children.append(child)
    return Family(father, mother, tuple(children))


def add_child(m: Maker, child: int, father: int, mother: int) -> None:
    """Parents of a child, and the siblings that follow from sharing both."""
    m.draft.link(child, "P22", father)
    m.draft.link(child, "P25", mother)
    if m.draft.one(child, "P22") == father and m.draft.one(child, "P25") == mother:
        for other in m.draft.subjects(mother, "P25"):
            if other != child and m.draft.one(other, "P22") == father:
                m.draft.link(child, "P3373", other)


def marry_in(m: Maker, people: list[int], chance: float) -> None:
    """Marry single people of different families, as far as ages and sexes allow."""
    single = [p for p in people if not m.draft.get(p, "P26") and m.node(p).year < 1998]
    m.rng.shuffle(single)
    for index, one in enumerate(single):
        for other in single[index + 1 :]:
            fit = m.node(one).sex != m.node(other).sex and abs(m.node(one).year - m.node(other).year) <= 12
            if fit and m.draft.one(one, "P22") != m.draft.one(other, "P22") and m.maybe(chance):
                m.draft.link(one, "P26", other)
                break


def influence(m: Maker, people: list[int], chance: float) -> None:
    """Who was influenced by whom within a circle, and now and then by somebody well known outside."""
    for person in people:
        for model in m.some(people, 0, 2):
            if m.maybe(chance):
                m.draft.link(person, "P737", model)
