"""A fictional world from a seed: map, institutions, circles of people, near misses, namesakes; then records."""

from functools import partial
from random import Random
from typing import NamedTuple

from redsearcher.core import rng as seeds
from redsearcher.records.world import Entity, Fact
from redsearcher.world.fiction import organisations as org
from redsearcher.world.fiction.circle import SHARES, make_circle
from redsearcher.world.fiction.config import FictionConfig
from redsearcher.world.fiction.draft import Draft
from redsearcher.world.fiction.geography import make_geography
from redsearcher.world.fiction.maker import Maker
from redsearcher.world.fiction.names import Names
from redsearcher.world.fiction.names_en import EnglishNames
from redsearcher.world.fiction.names_zh import ChineseNames
from redsearcher.world.fiction.namesake import plant_namesakes
from redsearcher.world.fiction.people import PROFESSIONS, make_person
from redsearcher.world.fiction.planting import Planted, plant
from redsearcher.world.property import properties


class Fiction(NamedTuple):
    """A generated world. `planted` names the dense subgraphs that near misses surround, by entity id."""

    entities: list[Entity]
    facts: list[Fact]
    near_misses: int
    namesakes: int
    planted: list[Planted]


def generate(config: FictionConfig) -> Fiction:
    """Entities `E1`, `E2`, ... and all their facts. Deterministic in the config; time and memory grow with its size."""

    def dice(part: str) -> Random:
        return seeds.derive(config.seed, "fiction", config.lang, config.n_entities, part)

    names: Names = ChineseNames(dice("names")) if config.lang == "zh" else EnglishNames(dice("names"))
    draft = Draft()
    n_natural = round(config.n_entities * (1 - config.near_miss_share))
    m = Maker(draft, names, dice("natural"), config.lang)
    make_geography(m, n_natural)
    _commons(m)
    made = dict.fromkeys(SHARES, 0)
    while len(draft) < n_natural - 25:
        milieu = min(SHARES, key=lambda name: (made[name] + m.rng.random()) / SHARES[name])
        make_circle(m, milieu)
        made[milieu] += 1
    _offices(m)
    _laureates(m)
    n_made = len(draft)
    planted = plant(Maker(draft, names, dice("planting"), config.lang), config.n_entities, config.clique_share)
    near_misses = len(draft) - n_made
    _fill(Maker(draft, names, dice("fill"), config.lang), config.n_entities)
    namesakes = plant_namesakes(Maker(draft, names, dice("namesakes"), config.lang), config.namesake_share)
    return Fiction(entities_of(draft, names), facts_of(draft), near_misses, namesakes, planted)


def _commons(m: Maker) -> None:
    """Institutions that every country has before its circles start: the future hubs."""
    for country in m.draft.members("country"):
        for _ in range(2):
            org.make_university(m, m.popular("city", country), m.rng.randint(1480, 1905))
        for kind in ("publisher", "studio"):
            org.make_company(m, m.popular("city", country), m.rng.randint(1870, 1915), kind)
        for _ in range(2):
            org.make_club(m, m.popular("city", country), m.rng.randint(1880, 1935))
        for kind in m.rng.sample(("film", "book", "science", "business", "sport", "music", "museum"), 3):
            org.make_award(m, m.popular("city", country), m.rng.randint(1900, 1955), kind)
    country = m.draft.members("country")[0]
    for kind in ("film", "book", "science", "business", "sport", "music", "museum"):
        org.make_award(m, m.popular("city", country), m.rng.randint(1890, 1925), kind)


def _laureates(m: Maker) -> None:
    """Winners for the awards that nobody has received yet."""
    for award in m.draft.members("award"):
        for _ in range(0 if m.draft.subjects(award, "P166") else m.rng.choice((2, 3, 4))):
            field = m.node(award).kind
            if field in ("film", "book") and m.maybe(0.6):
                winner = m.popular(field)
            else:
                winner = m.popular("person", -1, m.rng.choice(PROFESSIONS[field]))
            m.draft.link(winner, "P166", award)


def _offices(m: Maker) -> None:
    """Heads for most clubs, museums and universities that no circle gave one, from the profession and the country."""
    for type_, office, kinds in _OFFICES:
        for institution in m.draft.members(type_):
            if not m.draft.get(institution, office) and m.maybe(0.6):
                kind = m.rng.choice(kinds)
                m.try_link(institution, office, partial(m.popular, "person", m.node(institution).country, kind), 8)


_OFFICES = (
    ("club", "P286", ("football coach", "footballer")),
    ("museum", "P1037", ("curator", "historian", "art collector")),
    ("university", "P1037", PROFESSIONS["science"]),
    ("museum", "P127", ("art collector", "entrepreneur")),
    ("club", "P127", ("entrepreneur", "banker")),
)


def _fill(m: Maker, n_entities: int) -> None:
    """The long tail: people known for little, until the world has its size."""
    while len(m.draft) < n_entities:
        profession = m.rng.choice(("teacher", "lawyer", "physician", "architect", "journalist", "engineer"))
        sex = m.rng.choice(("male", "female"))
        person = make_person(m, m.popular("city"), m.rng.randint(1890, 1990), sex, profession)
        m.try_link(person, "P69", partial(m.popular, "university", m.node(person).country))


def entities_of(draft: Draft, names: Names) -> list[Entity]:
    """Entity records, in order of making. Descriptions agree with the facts on citizenship, country and seat."""
    found = []
    for number, node in enumerate(draft.nodes):
        seat = max(draft.one(number, "P131"), draft.one(number, "P159"))
        place = draft.nodes[seat].label if seat >= 0 else ""
        home = max(draft.one(number, "P27"), draft.one(number, "P17"))
        country = draft.nodes[home if home >= 0 else node.country].label
        about = names.describe(node.type, node.kind, country, place, node.topic)
        found.append(
            Entity(id=f"E{number + 1}", label=node.label, type=node.type, aliases=node.aliases, description=about)
        )
    return found


def facts_of(draft: Draft) -> list[Fact]:
    """Fact records: by subject, properties in the order of the table, objects in order of making."""
    rank = {property_: index for index, property_ in enumerate(properties())}
    facts = []
    for number, links in enumerate(draft.out):
        subject = f"E{number + 1}"
        literals = draft.values[number]
        for property_ in sorted([*links, *literals], key=rank.__getitem__):
            if property_ in literals:
                facts.append(Fact(subject=subject, property=property_, value=literals[property_]))
            else:
                facts.extend(Fact(subject=subject, property=property_, object=f"E{o + 1}") for o in links[property_])
    return facts
