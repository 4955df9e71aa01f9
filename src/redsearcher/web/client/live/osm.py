"""Places from a geocoder of Nominatim's shape, ways from a router of OSRM's."""

import math
from typing import Any, NamedTuple
from urllib.parse import urlencode

from redsearcher.errors import OutageError, ToolError
from redsearcher.web.client.http import UNUSABLE, outage
from redsearcher.web.client.line import Line
from redsearcher.world.places import Point

PROFILES = {"car": "driving", "bicycle": "cycling", "foot": "walking"}
"""OSRM's names of what can be travelled by."""
N_FOUND = 10
_NEAR_DEG = (0.5, 2.0, 8.0)
"""Half the width of the boxes that are looked through, one after another, for what is near."""


class Spot(NamedTuple):
    """A place: its name, what kind it is, what it lies in, the nearest first, and where."""

    name: str
    kind: str
    around: tuple[str, ...]
    point: Point

    @property
    def full_name(self) -> str:
        """The name and what it lies in."""
        return ", ".join([self.name, *self.around[:1]])


class OpenStreetMap:
    """Asks `/search` of the one, `/route/v1` of the other."""

    def __init__(self, url: str, geocoder: Line, router_url: str, router: Line) -> None:
        self._url, self._geocoder = url.rstrip("/"), geocoder
        self._router_url, self._router = router_url.rstrip("/"), router

    def spots(self, name: str) -> list[Spot]:
        """Places of a name, the most important first. Raises ToolError, OutageError."""
        return self._search(q=name)

    def near(self, point: Point, kind: str, n: int) -> list[Spot]:
        """Places of a kind about a point, in wider and wider boxes until there are `n`. Raises ToolError,
        OutageError."""
        found: list[Spot] = []
        for width in _NEAR_DEG:
            wide = width / max(math.cos(math.radians(point.latitude)), 0.05)
            west, east = max(point.longitude - wide, -180), min(point.longitude + wide, 180)
            south, north = max(point.latitude - width, -90), min(point.latitude + width, 90)
            found = self._search(q=kind, viewbox=f"{west:.4f},{south:.4f},{east:.4f},{north:.4f}", bounded=1)
            if len(found) > n:
                break
        return found

    def minutes(self, one: Point, other: Point, mode: str) -> float | None:
        """Minutes of the fastest way; None where there is none, or the mode has no router. Raises OutageError."""
        if mode not in PROFILES:
            return None
        places = ";".join(f"{point.longitude:.6f},{point.latitude:.6f}" for point in (one, other))
        reply = self._router.get(f"{self._router_url}/route/v1/{PROFILES[mode]}/{places}?overview=false")
        if reply.status in UNUSABLE:
            return None
        if reply.status != 200:
            raise outage(self._router_url, reply)
        routes = reply.json.get("routes") if isinstance(reply.json, dict) else None
        if not isinstance(routes, list):
            raise OutageError(f"{self._router_url} answered with no way; see to it, then run the same command again")
        return float(routes[0]["duration"]) / 60 if routes else None

    def _search(self, **asked: str | int) -> list[Spot]:
        given = {"format": "jsonv2", "addressdetails": 1, "accept-language": "en", "limit": N_FOUND, **asked}
        reply = self._geocoder.get(f"{self._url}/search?{urlencode(given)}")
        if reply.status in UNUSABLE:
            raise ToolError(f"this place cannot be looked up ({reply.message}). Ask in another way.")
        if reply.status != 200:
            raise outage(self._url, reply)
        if not isinstance(reply.json, list):
            raise OutageError(f"{self._url} answered with no places; see to it, then run the same command again")
        try:
            return [_spot(row) for row in reply.json]
        except (KeyError, TypeError, ValueError) as error:
            raise OutageError(f"{self._url} answered with a place that is none: {error}") from error


def _spot(row: dict[str, Any]) -> Spot:
    parts = [part.strip() for part in str(row["display_name"]).split(",")]
    name = str(row.get("name") or parts[0])
    around = tuple(part for part in parts[1:] if part and part != name)
    kind = str(row.get("addresstype") or row.get("type") or "place").replace("_", " ").capitalize()
    return Spot(name, kind, around, Point(float(row["lat"]), float(row["lon"])))
