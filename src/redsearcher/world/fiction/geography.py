"""Countries, regions, cities, rivers and mountains on a plane map."""

import math
from collections import defaultdict
from itertools import combinations

from redsearcher.world.fiction import literal
from redsearcher.world.fiction.draft import Node
from redsearcher.world.fiction.maker import Maker

SEA_SHARE = 0.2
CELL = 6.0
"""Width and height of a country's cell, in degrees."""


def make_geography(m: Maker, n_entities: int) -> None:
    """Fill the map for a world of `n_entities`. Countries grow with the root of the size, cities with the size."""
    n_countries = max(4, round(n_entities**0.5 / 3.0))
    countries = _countries(m, n_countries)
    regions = _regions(m, countries)
    _cities(m, regions, max(3 * n_countries, round(0.065 * n_entities)))
    _capitals(m, countries, regions)
    _rivers(m, max(n_countries, round(0.02 * n_entities)))
    _mountains(m, [number for row in regions.values() for number in row.values()], round(0.015 * n_entities))
    _twins(m, round(0.018 * n_entities))


def _countries(m: Maker, n_countries: int) -> dict[tuple[int, int], int]:
    """Countries on a jittered grid whose neighbours border each other, one diagonal per square included."""
    n_columns = math.ceil((n_countries / (1 - SEA_SHARE)) ** 0.5 * 1.4)
    cells = [(row, column) for row in range(n_columns) for column in range(n_columns)]
    land: dict[tuple[int, int], int] = {}
    for cell in cells:
        if len(land) == n_countries:
            break
        if m.maybe(SEA_SHARE):
            continue
        sound, name = m.names.country()
        spot = (-50 + (cell[0] + 0.5) * CELL % 110, -170 + (cell[1] + 0.5) * CELL % 340)
        node = Node("country", name.label, name.aliases, sound=sound, spot=spot, weight=m.zipf_weight())
        land[cell] = m.draft.add(node)
        m.node(land[cell]).country = land[cell]
    for (row, column), number in land.items():
        for neighbour in ((row, column + 1), (row + 1, column), (row + 1, column + 1)):
            if neighbour in land:
                m.draft.link(number, "P47", land[neighbour])
    return land


def _regions(m: Maker, countries: dict[tuple[int, int], int]) -> dict[int, dict[tuple[int, int], int]]:
    """Each country's cell is cut into 2 x 2 or 2 x 3 regions; regions that touch share a border."""
    regions: dict[int, dict[tuple[int, int], int]] = {}
    place: dict[tuple[int, int], int] = {}
    for (row, column), country in countries.items():
        home, own = m.node(country), {}
        wide = m.maybe(0.45)
        for i in range(2):
            for j in range(3 if wide else 2):
                name = m.names.region(home.sound)
                step = CELL / (3 if wide else 2)
                spot = (home.spot[0] + (i - 0.5) * CELL / 2, home.spot[1] - CELL / 2 + (j + 0.5) * step)
                node = Node("region", name.label, name.aliases, sound=home.sound, country=country, spot=spot)
                own[i, j] = m.draft.add(node)
                m.draft.link(own[i, j], "P17", country)
        for (i, j), number in own.items():
            corner = (i + 1, j - 1) if m.maybe(0.5) else (i + 1, j + 1)
            for beside in ((i, j + 1), (i + 1, j), corner):
                if beside in own:
                    m.draft.link(number, "P47", own[beside])
        last_column = 2 if wide else 1
        for i in range(2):
            place[2 * row + i, 2 * column] = own[i, 0]
            place[2 * row + i, 2 * column + 1] = own[i, last_column]
        regions[country] = own
    for (y, x), number in place.items():
        for beside in ((y, x + 1), (y + 1, x)):
            if beside in place and m.node(place[beside]).country != m.node(number).country:
                m.draft.link(number, "P47", place[beside])
    return regions


def _cities(m: Maker, regions: dict[int, dict[tuple[int, int], int]], n_cities: int) -> None:
    every = [number for row in regions.values() for number in row.values()]
    weights = [m.node(m.node(number).country).weight ** 0.5 for number in every]
    chosen = every + m.rng.choices(every, weights, k=max(0, n_cities - len(every)))
    for region in chosen:
        make_city(m, region)
    for region in every:
        total = sum(float(m.draft.values[c]["P1082"].text) for c in m.draft.subjects(region, "P131"))
        m.draft.values[region]["P1082"] = literal.quantity(round(total * m.rng.uniform(1.3, 2.2), -2))
    for country, own in regions.items():
        total = sum(float(m.draft.values[r]["P1082"].text) for r in own.values())
        m.draft.values[country]["P1082"] = literal.quantity(round(total, -3))


def make_city(m: Maker, region: int) -> int:
    """A city in a region, near its centre, with population, elevation, coordinates and often a founding date."""
    where = m.node(region)
    name = m.names.city(where.sound)
    spot = (where.spot[0] + m.rng.gauss(0, 0.6), where.spot[1] + m.rng.gauss(0, 0.6))
    weight = m.zipf_weight()
    node = Node(
        "city", name.label, name.aliases, sound=where.sound, country=where.country, spot=spot, weight=weight,
        year=m.rng.randint(820, 1860),
    )  # fmt: skip
    city = m.draft.add(node)
    node.city = city
    m.draft.link(city, "P131", region)
    m.draft.link(city, "P17", where.country)
    values = m.draft.values[city]
    values["P1082"] = literal.quantity(round(weight * m.rng.uniform(14_000, 40_000), -1))
    values["P2044"] = literal.quantity(max(1, round(m.rng.gammavariate(1.6, 110))), m.units["elevation"])
    values["P625"] = literal.coordinate(*spot)
    if m.maybe(0.55):
        values["P571"] = literal.date(m.rng, node.year, day=0.0, month=0.0)
    return city


def _capitals(m: Maker, countries: dict[tuple[int, int], int], regions: dict[int, dict[tuple[int, int], int]]) -> None:
    for country in countries.values():
        seats = []
        for region in regions[country].values():
            cities = m.draft.subjects(region, "P131")
            seat = max(cities, key=lambda c: (m.node(c).weight, c))
            m.draft.link(region, "P36", seat)
            seats.append(seat)
        capital = max(seats, key=lambda c: (m.node(c).weight, c))
        m.node(capital).weight *= 2
        m.draft.link(country, "P36", capital)


def _rivers(m: Maker, n_rivers: int) -> None:
    """Rivers run through cities near each other; every other one ends in a river that its last city already lies on."""
    grid: dict[tuple[int, int], list[int]] = defaultdict(list)
    for city in m.draft.members("city"):
        grid[_tile(m, city)].append(city)
    cities = m.draft.members("city")
    for _ in range(n_rivers):
        mains = m.draft.members("river")
        main = m.rng.choice(mains) if mains and m.maybe(0.55) else -1
        # The course is laid upstream, from the mouth.
        course = [m.rng.choice(m.draft.subjects(main, "P206") if main >= 0 else cities)]
        length = 0.0
        for _ in range(m.rng.choice((1, 2, 2, 3, 3, 4, 5))):
            near = [c for c in _around(grid, _tile(m, course[-1])) if c not in course]
            if not near:
                break
            course.append(min(near, key=lambda c: (_distance(m, course[-1], c) * m.rng.uniform(0.7, 1.3), c)))
            length += _distance(m, course[-2], course[-1])
        here = m.node(course[-1])
        name = m.names.river(here.sound)
        node = Node("river", name.label, name.aliases, sound=here.sound, country=here.country, spot=here.spot)
        river = m.draft.add(node)
        m.draft.link(river, "P17", here.country)
        for city in course:
            m.draft.link(city, "P206", river)
        m.draft.link(river, "P403", main)
        km = round(length * 111 * m.rng.uniform(1.2, 1.9) + m.rng.randint(18, 160))
        m.draft.values[river]["P2043"] = literal.quantity(km, m.units["length"])


def _tile(m: Maker, number: int) -> tuple[int, int]:
    latitude, longitude = m.node(number).spot
    return math.floor(latitude / 2), math.floor(longitude / 2)


def _around(grid: dict[tuple[int, int], list[int]], tile: tuple[int, int]) -> list[int]:
    y, x = tile
    return [city for i in (-1, 0, 1) for j in (-1, 0, 1) for city in grid.get((y + i, x + j), ())]


def _distance(m: Maker, one: int, other: int) -> float:
    """Plane distance in degrees."""
    return math.dist(m.node(one).spot, m.node(other).spot)


def _mountains(m: Maker, regions: list[int], n_mountains: int) -> None:
    for region in m.rng.choices(regions, k=n_mountains):
        where = m.node(region)
        name = m.names.mountain(where.sound)
        spot = (where.spot[0] + m.rng.gauss(0, 0.7), where.spot[1] + m.rng.gauss(0, 0.7))
        node = Node("mountain", name.label, name.aliases, sound=where.sound, country=where.country, spot=spot)
        mountain = m.draft.add(node)
        m.draft.link(mountain, "P131", region)
        m.draft.link(mountain, "P17", where.country)
        m.draft.values[mountain]["P2044"] = literal.quantity(
            round(m.rng.gammavariate(3, 600) + 400), m.units["elevation"]
        )
        m.draft.values[mountain]["P625"] = literal.coordinate(*spot)


def _twins(m: Maker, n_rings: int) -> None:
    """Rings of three to five cities, most of whose pairs are twinned: cliques with a gap here and there."""
    for _ in range(n_rings):
        ring = sorted({m.popular("city") for _ in range(m.rng.choice((2, 3, 3, 4, 4, 5)))})
        if m.maybe(0.4):
            on_river = m.draft.get(ring[0], "P206")
            ring += [c for r in on_river[:1] for c in m.draft.subjects(r, "P206")[:2] if c not in ring]
        for one, other in combinations(ring, 2):
            if m.maybe(0.85):
                m.draft.link(one, "P190", other)
