"""Geodesics against published values, travel by the stated model, ranks against sorting everything."""

import random

import pytest

from redsearcher.errors import DataError
from redsearcher.world.places import MODES, Places, Point, compass, geodesic, parse_point, travel_minutes


def test_geodesics_of_known_places() -> None:
    # Wellington to Salamanca, the example of GeographicLib's documentation: 19959.679 km, azimuth 161.067669...
    km, bearing = geodesic(Point(-41.32, 174.81), Point(40.96, -5.50))
    assert km == pytest.approx(19959.67926735382, abs=1e-6)
    assert bearing == pytest.approx(161.06766998615882, abs=1e-6)
    # One degree of latitude at the equator, WGS 84.
    assert geodesic(Point(0, 0), Point(1, 0)) == pytest.approx((110.57438855, 0.0), abs=1e-6)
    assert geodesic(Point(0, 0), Point(0, -1)) == pytest.approx((111.31949079, 270.0), abs=1e-6)


def test_travel_time_follows_the_model() -> None:
    speed, detour = MODES["car"]
    assert travel_minutes(75, "car") == pytest.approx(75 * detour / speed * 60)
    assert travel_minutes(10, "foot") > travel_minutes(10, "bicycle") > travel_minutes(10, "car")


@pytest.mark.parametrize("text", ["", "1", "a,b", "91,0", "1,2,3"])
def test_a_bad_coordinate_is_damage(text: str) -> None:
    with pytest.raises(DataError):
        parse_point(text)


@pytest.mark.parametrize(
    ("degrees", "name"), [(0, "north"), (22.4, "north"), (22.6, "north-east"), (350, "north"), (181, "south")]
)
def test_compass(degrees: float, name: str) -> None:
    assert compass(degrees) == name


@pytest.mark.parametrize("spread", [0.02, 1.0, 80.0])
def test_nearness_and_nearest_agree_with_sorting_all(spread: float) -> None:
    rng = random.Random(4)
    points = {f"e{n:03d}": Point(rng.uniform(-1, 1) * spread, rng.uniform(-1, 1) * spread * 2) for n in range(60)}
    types = {entity: ("city", "hill")[n % 3 == 0] for n, entity in enumerate(points)}
    places = Places(points, types)
    for place in ("e000", "e001", "e031"):
        for type_ in ("city", "hill"):
            others = [e for e in points if types[e] == type_ and e != place]
            order = sorted(others, key=lambda e: (geodesic(points[place], points[e])[0], e))
            assert [e for e, _ in places.nearest(place, type_, 5)] == order[:5]
            assert [e for e, _ in places.nearest(place, type_, 99)] == order
            for rank, other in enumerate(order, 1):
                assert places.nearness(place, other) == rank


def test_what_is_unknown_has_no_number() -> None:
    places = Places({"a": Point(0, 0)}, {"a": "city"})
    assert places.distance_km("a", "b") is None
    assert places.nearness("a", "a") is None
    assert places.bearing_deg("a", "a") is None
    assert places.travel_minutes("a", "a", "rocket") is None
    assert places.nearest("a", "moon", 3) == []
    assert places.nearest("a", "city", 3) == []
