"""Places of a world in the shape of Nominatim, ways between them in that of OSRM."""

import re
from typing import Any

from redsearcher.core.text import fold
from redsearcher.web.server.failure import ApiError
from redsearcher.web.server.token import token
from redsearcher.web.tool.lookup import Lookup
from redsearcher.web.tool.surroundings import surroundings
from redsearcher.world.places import Point, geodesic, travel_minutes
from redsearcher.world.property import entity_types
from redsearcher.world.tooling import ToolKnowledge

Json = dict[str, Any]
MODES = {"driving": "car", "car": "car", "cycling": "bicycle", "bike": "bicycle", "walking": "foot", "foot": "foot"}
"""What OSRM's profiles travel by."""
_PLACE = re.compile(r"(-?\d{1,3}(?:\.\d{1,12})?),(-?\d{1,3}(?:\.\d{1,12})?)")


class Atlas:
    """Looks places up by name, or by kind within a box."""

    def __init__(self, knowledge: ToolKnowledge) -> None:
        self._entities, self._places = knowledge.entities, knowledge.places
        self._around = surroundings(knowledge)
        self._lookup = Lookup(self._entities, self._places.points, lambda place: self._around.get(place, []))
        self._kinds = {
            fold(word): kind.id
            for kind in entity_types().values()
            for word in (kind.id, kind.en.noun, kind.en.plural, kind.zh.noun)
            if word
        }

    def search(self, query: str, viewbox: str, n: int) -> list[Json]:
        """Nominatim's `/search`: places of a name, or with a box those of a kind within it. Raises ApiError."""
        if viewbox:
            return [self._row(place) for place in self._within(query, _box(viewbox))[:n]]
        found = self._lookup.find(query)
        found = found or [place for name in self._lookup.suggest(query) for place in self._lookup.find(name)]
        return [self._row(place) for place in found[:n]]

    def _within(self, query: str, box: tuple[float, float, float, float]) -> list[str]:
        west, south, east, north = box
        kind = self._kinds.get(fold(query).strip())
        return [
            place
            for place, point in self._places.points.items()
            if self._entities[place].type == kind
            and west <= point.longitude <= east
            and south <= point.latitude <= north
        ]

    def _row(self, place: str) -> Json:
        point, entity = self._places.points[place], self._entities[place]
        kind = entity_types().get(entity.type)
        noun = kind.en.noun if kind else entity.type
        return {
            "place_id": int(token("atlas", place)),
            "licence": "invented data",
            "lat": str(point.latitude),
            "lon": str(point.longitude),
            "category": "place",
            "type": noun,
            "addresstype": noun.replace(" ", "_"),
            "name": entity.label,
            "display_name": ", ".join([entity.label, *self._around.get(place, [])]),
        }


def route(profile: str, coordinates: str) -> Json:
    """OSRM's `/route/v1`: one way between two points, by the plain model of the maps tool. Raises ApiError."""
    mode = MODES.get(profile)
    if mode is None:
        raise ApiError(400, f"the profile {profile[:40]!r} is not served; expected {', '.join(MODES)}")
    points = [_point(text) for text in coordinates.split(";")]
    if len(points) != 2:
        raise ApiError(400, f"coordinates: expected two places, came {len(points)}")
    km, _ = geodesic(*points)
    seconds = travel_minutes(km, mode) * 60
    way = {"distance": km * 1000, "duration": seconds, "weight": seconds, "weight_name": "duration", "legs": []}
    waypoints = [{"name": "", "location": [point.longitude, point.latitude]} for point in points]
    return {"code": "Ok", "routes": [way], "waypoints": waypoints}


def _point(text: str) -> Point:
    found = _PLACE.fullmatch(text.strip())
    if found is None or abs(float(found[2])) > 90 or abs(float(found[1])) > 180:
        raise ApiError(400, f"coordinates: expected longitude,latitude, came {text[:60]!r}")
    return Point(float(found[2]), float(found[1]))


def _box(text: str) -> tuple[float, float, float, float]:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 4 or not all(re.fullmatch(r"-?\d{1,3}(?:\.\d{1,12})?", part) for part in parts):
        raise ApiError(400, "viewbox: expected four numbers: longitude, latitude, longitude, latitude")
    x1, y1, x2, y2 = map(float, parts)
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)
