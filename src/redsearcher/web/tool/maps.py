"""The maps tool: places, distances, bearings, travel times, what is nearest. Knows a world's coordinates, no web."""

from collections.abc import Iterable

from redsearcher.core.text import fold
from redsearcher.errors import ToolError
from redsearcher.records.tool import MAPS, Observation, ToolCall, ToolSchema
from redsearcher.web import arguments
from redsearcher.web.tool.lookup import Lookup
from redsearcher.world.places import MODES, Places, compass
from redsearcher.world.property import entity_types
from redsearcher.world.tooling import ToolKnowledge

N_NEAREST = 5
CONTAINED_IN = ("P131", "P17")
"""Properties that lead from a place to what it lies in, the nearer first."""


class MapsTool:
    """Answers `maps` calls from the places of a world."""

    def __init__(self, knowledge: ToolKnowledge) -> None:
        self._entities = knowledge.entities
        self._places: Places = knowledge.places
        self._around: dict[str, list[str]] = {}
        for fact in knowledge.facts():
            whole = fact.object
            inside = fact.property in CONTAINED_IN and fact.subject in self._places.points
            if inside and whole is not None and whole in self._entities:
                self._around.setdefault(fact.subject, []).append(whole)
        self._lookup = Lookup(self._entities, self._places.points, self._context)
        self._kinds = {
            fold(word): type_.id
            for type_ in entity_types().values()
            for word in (type_.id, type_.en.noun, type_.en.plural, type_.zh.noun)
            if word
        }

    @property
    def schema(self) -> ToolSchema:
        return MAPS

    def run(self, call: ToolCall) -> Observation:
        """`error` is not_found or ambiguous where a name is that of no place, or of several."""
        given = call.arguments
        place = arguments.text("query", given["query"])
        other = arguments.text("to", given["to"]) if given.get("to") is not None else None
        kind = arguments.text("nearest", given["nearest"]) if given.get("nearest") is not None else None
        mode = arguments.text("mode", given["mode"]) if given.get("mode") is not None else "car"
        if mode not in MODES:
            raise ToolError(f"mode must be one of {', '.join(MODES)}, came {mode[:40]!r}. Call it again.")
        try:
            start = self._one(place)
            blocks = [self._route(start, self._one(other), mode)] if other is not None else []
            blocks += [self._nearest(start, kind)] if kind is not None else []
        except _NameError as error:
            return Observation(call_id=call.id, content=f"Error: {error}", error=error.kind)
        return Observation(call_id=call.id, content="\n\n".join(blocks or [self._about(start)]))

    def close(self) -> None:
        """Nothing is held."""

    def _one(self, name: str) -> str:
        found = self._lookup.find(name)
        if len(found) == 1:
            return found[0]
        shown = arguments.clean(name).strip()[:80]
        if found:
            listed = "; ".join(self.full_name(place) for place in found[:N_NEAREST])
            raise _NameError(
                "ambiguous", f"{len(found)} places are called {shown!r}: {listed}. Write one of these names."
            )
        near = self._lookup.suggest(name)
        advice = f"Similar names: {'; '.join(near)}." if near else "Only places with coordinates are on the map."
        raise _NameError("not_found", f"no place called {shown!r} is on the map. {advice}")

    def _about(self, place: str) -> str:
        point = self._places.points[place]
        around = [word for word in self._context(place) if word]
        lines = [f"## {self._entities[place].label}", self._noun(place)]
        if around:
            lines[1] += f" in {', '.join(around)}"
        return "\n".join([*lines, f"Coordinates: {point.latitude:.4f}, {point.longitude:.4f}"])

    def _route(self, start: str, end: str, mode: str) -> str:
        km, bearing = self._places.distance_km(start, end), self._places.bearing_deg(start, end)
        minutes = self._places.travel_minutes(start, end, mode)
        assert km is not None and minutes is not None
        lines = [f"## {self.full_name(start)} to {self.full_name(end)}", f"Distance: {km:,.1f} km as the crow flies"]
        if bearing is not None:
            lines.append(f"Bearing: {bearing:.1f}° ({compass(bearing)})")
        return "\n".join([*lines, f"Travel time by {mode}: {duration(minutes)}"])

    def _nearest(self, place: str, kind: str) -> str:
        type_ = self._kinds.get(fold(kind).strip())
        present = sorted({self._entities[other].type for other in self._places.points})
        if type_ not in present:
            known = ", ".join(entity_types()[name].en.noun for name in present if name in entity_types())
            raise ToolError(
                f"nearest must be a kind of place, came {kind[:40]!r}; on the map are: {known}. Call it again."
            )
        rows = [
            f"{rank}. {self.full_name(other)}: {km:,.1f} km"
            for rank, (other, km) in enumerate(self._places.nearest(place, type_, N_NEAREST), 1)
        ]
        title = f"## Nearest to {self.full_name(place)}: {entity_types()[type_].en.plural}"
        return "\n".join([title, *(rows or ["There is no other one."])])

    def _noun(self, place: str) -> str:
        type_ = entity_types().get(self._entities[place].type)
        return (type_.en.noun if type_ else self._entities[place].type).capitalize()

    def _context(self, place: str) -> Iterable[str]:
        return [self._entities[around].label for around in self._around.get(place, [])]

    def full_name(self, place: str) -> str:
        """A place as answers call it: its label and what it lies in."""
        return ", ".join([self._entities[place].label, *list(self._context(place))[:1]])


class _NameError(ToolError):
    """A name that picks out no single place."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


def duration(minutes: float) -> str:
    """`5 h 12 min`, to the minute."""
    hours, rest = divmod(round(minutes), 60)
    return f"{hours:,} h {rest} min" if hours else f"{rest} min"
