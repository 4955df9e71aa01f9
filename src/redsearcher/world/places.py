"""Where places lie: geodesics, travel times, the nearest ones. The facts behind the maps tool."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from redsearcher.errors import DataError
from redsearcher.records.world import Entity, Fact

COORDINATES = "P625"
EARTH_RADIUS_KM = 6371.0088
SPHERE_ERROR = 0.006
"""A distance on the sphere is off by less than this share of the one on the ellipsoid."""


class Point(NamedTuple):
    """Degrees north and east, WGS 84."""

    latitude: float
    longitude: float


class Mode(NamedTuple):
    """A means of travel: mean speed on the way, and how much longer the way is than the geodesic."""

    speed_km_per_h: float
    detour: float


MODES: dict[str, Mode] = {
    "car": Mode(75.0, 1.3),
    "train": Mode(100.0, 1.25),
    "bicycle": Mode(16.0, 1.25),
    "foot": Mode(4.8, 1.2),
}
"""A plain model, the same for all regions: time is distance x detour / speed. There are no roads in it."""


@cache
def geodesic(one: Point, other: Point) -> tuple[float, float]:
    """Distance in km and bearing in degrees from north, clockwise in [0, 360), at the start of the shortest way from
    `one` to `other` on the WGS 84 ellipsoid (Karney 2013, by geographiclib)."""
    from geographiclib.geodesic import Geodesic

    found = Geodesic.WGS84.Inverse(*one, *other, Geodesic.DISTANCE | Geodesic.AZIMUTH)
    return found["s12"] / 1000, found["azi1"] % 360


def travel_minutes(distance_km: float, mode: str) -> float:
    """Minutes a distance takes by a mode of MODES. Raises KeyError for another one."""
    speed, detour = MODES[mode]
    return distance_km * detour / speed * 60


def parse_point(text: str) -> Point:
    """`lat,lon` in degrees as a value writes it. Raises DataError."""
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError as error:
        raise DataError(f"coordinate {text!r} is not 'latitude,longitude'") from error
    if not -90 <= latitude <= 90:
        raise DataError(f"coordinate {text!r} has a latitude beyond the poles")
    return Point(latitude, longitude)


class Places:
    """Everything that has coordinates. An entity with several keeps the first by the order of their text."""

    def __init__(self, points: Mapping[str, Point], types: Mapping[str, str]) -> None:
        self.points, self._types = points, types
        self.nearness = cache(self._nearness)

    @classmethod
    def of(cls, entities: Mapping[str, Entity], facts: Iterable[Fact]) -> "Places":
        """The places of a world."""
        texts: dict[str, str] = {}
        for fact in facts:
            if fact.property == COORDINATES and fact.value is not None and fact.subject in entities:
                texts[fact.subject] = min(fact.value.text, texts.get(fact.subject, fact.value.text))
        points = {entity: parse_point(texts[entity]) for entity in sorted(texts)}
        return cls(points, {entity: entities[entity].type for entity in points})

    def distance_km(self, one: str, other: str) -> float | None:
        """Kilometres between two places; None where one has no coordinates."""
        return self._geodesic(one, other, 0)

    def bearing_deg(self, one: str, other: str) -> float | None:
        """Degrees from north in which `other` lies, seen from `one`; None for unknown or equal places."""
        return None if self.points.get(one) == self.points.get(other) else self._geodesic(one, other, 1)

    def travel_minutes(self, one: str, other: str, mode: str) -> float | None:
        """Minutes from one place to another."""
        distance = self.distance_km(one, other)
        return None if distance is None or mode not in MODES else travel_minutes(distance, mode)

    def nearest(self, place: str, type: str, n: int) -> list[tuple[str, float]]:
        """The `n` places of a type nearest to a place that is none of them, with km, nearest first, then by id."""
        if place not in self.points or type not in self._by_type:
            return []
        members, chords = self._by_type[type]
        rough = self._rough(place, chords)
        cut = np.partition(rough, min(n, len(rough) - 1))[min(n, len(rough) - 1)] * (1 + 3 * SPHERE_ERROR) + 0.1
        near = [members[i] for i in np.flatnonzero(rough <= cut) if members[i] != place]
        exact = sorted((geodesic(self.points[place], self.points[other])[0], other) for other in near)
        return [(other, km) for km, other in exact[:n]]

    def _nearness(self, place: str, other: str) -> int | None:
        """Which of its type `other` is by distance from `place`: 1 is the nearest. None for unknown or equal places."""
        if place not in self.points or other not in self.points or place == other:
            return None
        members, chords = self._by_type[self._types[other]]
        rough = self._rough(place, chords)
        own = geodesic(self.points[place], self.points[other])[0]
        surely = int(np.count_nonzero(rough < own * (1 - 2 * SPHERE_ERROR) - 0.1))
        band = np.flatnonzero(
            (rough >= own * (1 - 2 * SPHERE_ERROR) - 0.1) & (rough <= own * (1 + 2 * SPHERE_ERROR) + 0.1)
        )
        closer = [
            i for i in band if members[i] != place and geodesic(self.points[place], self.points[members[i]])[0] < own
        ]
        itself = int(self._types[place] == self._types[other] and own * (1 - 2 * SPHERE_ERROR) - 0.1 > 0)
        return surely - itself + len(closer) + 1

    def _geodesic(self, one: str, other: str, part: int) -> float | None:
        if one not in self.points or other not in self.points:
            return None
        return geodesic(self.points[one], self.points[other])[part]

    @cached_property
    def _by_type(self) -> dict[str, tuple[list[str], NDArray[np.float64]]]:
        """Type -> its places, sorted, and unit vectors of them (n, 3)."""
        found: dict[str, list[str]] = {}
        for entity in sorted(self.points):
            found.setdefault(self._types[entity], []).append(entity)
        return {type_: (members, _vectors([self.points[e] for e in members])) for type_, members in found.items()}

    def _rough(self, place: str, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
        """Kilometres on the sphere from a place to each of some unit vectors."""
        chords = np.linalg.norm(vectors - _vectors([self.points[place]])[0], axis=1)
        found: NDArray[np.float64] = 2 * EARTH_RADIUS_KM * np.arcsin(np.clip(chords / 2, 0, 1))
        return found


def _vectors(points: Sequence[Point]) -> NDArray[np.float64]:
    angles = np.radians(np.array(points, dtype=float).reshape(-1, 2))
    across = np.cos(angles[:, 0])
    return np.stack([across * np.cos(angles[:, 1]), across * np.sin(angles[:, 1]), np.sin(angles[:, 0])], axis=1)


COMPASS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


def compass(bearing_deg: float) -> str:
    """The nearest of eight directions."""
    return COMPASS[bisect_right([22.5 + 45 * n for n in range(8)], bearing_deg % 360) % 8]
