"""The table of pure functions that tool atoms call, over what one world knows."""

import math
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from redsearcher.graph.tool import ToolFunction, Tools
from redsearcher.records.world import Entity, Fact
from redsearcher.world import hint
from redsearcher.world.places import Places
from redsearcher.world.scholarly import Scholarly


class ToolKnowledge:
    """What the tools of a world know, built when first asked for. Tools know every fact, stated by a page or not."""

    def __init__(self, entities: Mapping[str, Entity], facts: Callable[[], Iterable[Fact]]) -> None:
        self.entities, self.facts = entities, facts

    @cached_property
    def places(self) -> Places:
        return Places.of(self.entities, self.facts())

    @cached_property
    def scholarly(self) -> Scholarly:
        return Scholarly.of(self.entities, self.facts())

    @cached_property
    def table(self) -> Tools:
        """Functions by `tool.function`. Arguments: entity ids for maps, scholar and name; numbers for python.

        Maps show km and degrees to one digit and whole minutes; so do these, lest rounding moves a place over the edge
        of a range.
        """
        by_tool: dict[str, ToolFunction] = {
            "maps.distance": lambda one, other: _known(self.places.distance_km(one, other), 1),
            "maps.bearing": lambda one, other: _known(self.places.bearing_deg(one, other), 1),
            "maps.travel": lambda one, other, mode: _known(self.places.travel_minutes(one, other, mode), 0),
            "maps.nearness": lambda one, other: _known(self.places.nearness(one, other)),
            "scholar.citations": lambda entity: _known(self.scholarly.citations(entity)),
            "scholar.papers": lambda person: _known(self.scholarly.n_papers(person)),
            "scholar.h_index": lambda person: _known(self.scholarly.h_index(person)),
            "scholar.joint_papers": lambda one, other: _known(self.scholarly.joint_papers(one, other)),
            "name.initials": lambda entity, text: (float(hint.initials(self.entities[entity].label) == text),),
            "name.first": lambda entity, text: (float(hint.first_letter(self.entities[entity].label) == text),),
            "name.letters": lambda entity: (float(hint.n_letters(self.entities[entity].label)),),
        }
        return {**by_tool, **COMPUTATIONS}


def _known(number: float | None, digits: int | None = None) -> tuple[float, ...]:
    """A number as the tool shows it: rounded to so many digits after the point, if any are said."""
    if number is None:
        return ()
    return (float(number) if digits is None else round(float(number), digits),)


def _ratio(one: float, other: float) -> tuple[float, ...]:
    return (one / other,) if other else ()


COMPUTATIONS: Tools = {
    "python.difference": lambda one, other: (one - other,),
    "python.sum": lambda *numbers: (math.fsum(numbers),),
    "python.ratio": _ratio,
    "python.mean": lambda *numbers: (math.fsum(numbers) / len(numbers),),
    "python.rank": lambda own, *others: (1.0 + sum(other > own for other in others),),
    "python.years": lambda later, earlier: (float(math.floor(later) - math.floor(earlier)),),
}
"""What the python tool is asked to compute. `rank` 1 is the largest; `years` are calendar years between two dates."""
