"""Places, ways between them and what is near them as text, wherever they were looked up."""

from collections.abc import Sequence

from redsearcher.world.places import Point, compass, geodesic


def render_place(name: str, noun: str, around: Sequence[str], point: Point) -> str:
    """One place; `around` is what it lies in, the nearest first."""
    kind = f"{noun} in {', '.join(around)}" if around else noun
    return "\n".join([f"## {name}", kind, f"Coordinates: {point.latitude:.4f}, {point.longitude:.4f}"])


def render_route(names: tuple[str, str], points: tuple[Point, Point], mode: str, minutes: float | None) -> str:
    """The way from one place to another; `minutes` None where nobody knows."""
    km, bearing = geodesic(*points)
    lines = [f"## {names[0]} to {names[1]}", f"Distance: {km:,.1f} km as the crow flies"]
    if points[0] != points[1]:
        lines.append(f"Bearing: {bearing:.1f}° ({compass(bearing)})")
    taken = "unknown" if minutes is None else duration(minutes)
    return "\n".join([*lines, f"Travel time by {mode}: {taken}"])


def render_nearest(name: str, plural: str, found: Sequence[tuple[str, float]]) -> str:
    """What of a kind is nearest to a place, with km."""
    rows = [f"{rank}. {other}: {km:,.1f} km" for rank, (other, km) in enumerate(found, 1)]
    return "\n".join([f"## Nearest to {name}: {plural}", *(rows or ["There is no other one."])])


def render_ambiguous(name: str, full_names: Sequence[str], n_bearers: int) -> str:
    """A name that several places bear."""
    listed = "; ".join(full_names)
    return f"Error: {n_bearers} places are called {name!r}: {listed}. Write one of these names."


def render_nowhere(name: str, near: Sequence[str]) -> str:
    """A name that no place bears."""
    advice = f"Similar names: {'; '.join(near)}." if near else "Only places with coordinates are on the map."
    return f"Error: no place called {name!r} is on the map. {advice}"


def duration(minutes: float) -> str:
    """`5 h 12 min`, to the minute."""
    hours, rest = divmod(round(minutes), 60)
    return f"{hours:,} h {rest} min" if hours else f"{rest} min"
