"""The maps tool over live services: the same text as over a world."""

from typing import Protocol

from redsearcher.core.text import fold
from redsearcher.records.tool import MAPS, Observation, ToolCall, ToolSchema
from redsearcher.web import arguments
from redsearcher.web.client.live.chain import Chain
from redsearcher.web.client.live.osm import Spot
from redsearcher.web.tool.gazette import (
    render_ambiguous,
    render_nearest,
    render_nowhere,
    render_place,
    render_route,
)
from redsearcher.web.tool.maps import N_NEAREST, NoOnePlaceError
from redsearcher.web.tool.maps_ask import MapsAsk
from redsearcher.world.places import Point, geodesic

_SAME_KM = 50.0
"""Bearers of one name that lie closer are one place, drawn twice: a town and its district."""


class Atlas(Protocol):
    """Places by name, by kind around a point, and ways. Each raises OutageError, the first two ToolError too."""

    def spots(self, name: str) -> list[Spot]:
        """Places of a name, the most important first."""
        ...

    def near(self, point: Point, kind: str, n: int) -> list[Spot]:
        """At least `n` places of a kind around a point if there are so many."""
        ...

    def minutes(self, one: Point, other: Point, mode: str) -> float | None:
        """Minutes of travel; None where nobody knows."""
        ...


class LiveMapsTool:
    """Answers `maps` calls."""

    def __init__(self, atlases: Chain[Atlas]) -> None:
        self._atlases = atlases

    @property
    def schema(self) -> ToolSchema:
        return MAPS

    def run(self, call: ToolCall) -> Observation:
        """`error` is not_found or ambiguous where a name is that of no place, or of several. Raises OutageError."""
        place, other, kind, mode = MapsAsk.read(call.arguments)
        try:
            start = self._one(place)
            blocks = [self._route(start, self._one(other), mode)] if other is not None else []
        except NoOnePlaceError as error:
            return Observation(call_id=call.id, content=str(error), error=error.kind)
        blocks += [self._nearest(start, kind)] if kind is not None else []
        about = [] if blocks else [render_place(start.name, start.kind, start.around, start.point)]
        return Observation(call_id=call.id, content="\n\n".join(blocks or about))

    def close(self) -> None:
        """Nothing is held."""

    def _one(self, name: str) -> Spot:
        """The place of a name. Raises NoOnePlaceError where there is none, or several far apart."""
        found = self._atlases.ask(lambda atlas: atlas.spots(name))
        shown = arguments.clean(name).strip()[:80]
        wanted = fold(name).partition(",")[0].strip()
        bearers = [spot for spot in found if fold(spot.name) == wanted]
        apart: list[Spot] = []
        for spot in bearers:
            if all(geodesic(spot.point, other.point)[0] > _SAME_KM for other in apart):
                apart.append(spot)
        if not apart:
            near = list(dict.fromkeys(spot.full_name for spot in found))[:N_NEAREST]
            raise NoOnePlaceError("not_found", render_nowhere(shown, near))
        if len(apart) > 1 and "," not in name:
            listed = [", ".join([spot.name, *spot.around]) for spot in apart[:N_NEAREST]]
            raise NoOnePlaceError("ambiguous", render_ambiguous(shown, listed, len(apart)))
        return apart[0]

    def _route(self, start: Spot, end: Spot, mode: str) -> str:
        minutes = self._atlases.ask(lambda atlas: atlas.minutes(start.point, end.point, mode))
        return render_route((start.full_name, end.full_name), (start.point, end.point), mode, minutes)

    def _nearest(self, start: Spot, kind: str) -> str:
        found = self._atlases.ask(lambda atlas: atlas.near(start.point, kind, N_NEAREST))
        others = {spot for spot in found if spot.point != start.point}
        ranked = sorted((geodesic(start.point, spot.point)[0], spot.full_name) for spot in others)
        return render_nearest(start.full_name, kind, [(name, km) for km, name in ranked[:N_NEAREST]])
