"""The maps tool: places, distances, bearings, travel times, what is nearest. Knows a world's coordinates, no web."""

from collections.abc import Iterable

from redsearcher.core.text import fold
from redsearcher.errors import ToolError
from redsearcher.records.tool import MAPS, Observation, ToolCall, ToolSchema
from redsearcher.web import arguments
from redsearcher.web.tool.gazette import (
    render_ambiguous,
    render_nearest,
    render_nowhere,
    render_place,
    render_route,
)
from redsearcher.web.tool.lookup import Lookup
from redsearcher.web.tool.maps_ask import MapsAsk
from redsearcher.web.tool.surroundings import surroundings
from redsearcher.world.places import Places
from redsearcher.world.property import entity_types
from redsearcher.world.tooling import ToolKnowledge

N_NEAREST = 5


class MapsTool:
    """Answers `maps` calls from the places of a world."""

    def __init__(self, knowledge: ToolKnowledge) -> None:
        self._entities = knowledge.entities
        self._places: Places = knowledge.places
        self._around = surroundings(knowledge)
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
        place, other, kind, mode = MapsAsk.read(call.arguments)
        try:
            start = self._one(place)
            blocks = [self._route(start, self._one(other), mode)] if other is not None else []
            blocks += [self._nearest(start, kind)] if kind is not None else []
        except NoOnePlaceError as error:
            return Observation(call_id=call.id, content=str(error), error=error.kind)
        return Observation(call_id=call.id, content="\n\n".join(blocks or [self._about(start)]))

    def close(self) -> None:
        """Nothing is held."""

    def _one(self, name: str) -> str:
        found = self._lookup.find(name)
        if len(found) == 1:
            return found[0]
        shown = arguments.clean(name).strip()[:80]
        if found:
            listed = [self.full_name(place) for place in found[:N_NEAREST]]
            raise NoOnePlaceError("ambiguous", render_ambiguous(shown, listed, len(found)))
        raise NoOnePlaceError("not_found", render_nowhere(shown, self._lookup.suggest(name)))

    def _about(self, place: str) -> str:
        around = [word for word in self._context(place) if word]
        return render_place(self._entities[place].label, self._noun(place), around, self._places.points[place])

    def _route(self, start: str, end: str, mode: str) -> str:
        minutes = self._places.travel_minutes(start, end, mode)
        points = (self._places.points[start], self._places.points[end])
        return render_route((self.full_name(start), self.full_name(end)), points, mode, minutes)

    def _nearest(self, place: str, kind: str) -> str:
        type_ = self._kinds.get(fold(kind).strip())
        present = sorted({self._entities[other].type for other in self._places.points})
        if type_ not in present:
            known = ", ".join(entity_types()[name].en.noun for name in present if name in entity_types())
            raise ToolError(
                f"nearest must be a kind of place, came {kind[:40]!r}; on the map are: {known}. Call it again."
            )
        found = [(self.full_name(other), km) for other, km in self._places.nearest(place, type_, N_NEAREST)]
        return render_nearest(self.full_name(place), entity_types()[type_].en.plural, found)

    def _noun(self, place: str) -> str:
        type_ = entity_types().get(self._entities[place].type)
        return (type_.en.noun if type_ else self._entities[place].type).capitalize()

    def _context(self, place: str) -> Iterable[str]:
        return self._around.get(place, [])

    def full_name(self, place: str) -> str:
        """A place as answers call it: its label and what it lies in."""
        return ", ".join([self._entities[place].label, *list(self._context(place))[:1]])


class NoOnePlaceError(ToolError):
    """A name that picks out no single place; its text is what an agent reads of it."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind
