"""Which page states which fact: pages are dealt out first, then each fact finds one or two of them.

Dispersion is the aim: an ordinary page takes only part of its topic's facts, of the properties its kind cares for.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from random import Random

from redsearcher.core.rng import derive
from redsearcher.world.prose.cast import Cast
from redsearcher.world.prose.config import ProseConfig
from redsearcher.world.prose.kind import Kind, kinds

HUB = 40
"""From this many facts on, an entity leaves facts to the other end."""
MOST_ALIKE = 5
"""Most facts of one property on a page, so that a list fits a sentence."""
_SIGHT = {"P625": 0.5, "P21": 0.25}
"""How often properties that are only ever a line of a register are stated."""


@dataclass(slots=True)
class Sheet:
    """A page to be written: its topic, its kind and its facts as `2 * fact + forward`."""

    topic: int
    kind: Kind
    room: int
    items: list[int] = field(default_factory=list)


class Plan:
    """Sheets per entity, home first. `sheets(e)` is empty for no entity that has any fact or type with kinds."""

    def __init__(self, cast: Cast, config: ProseConfig) -> None:
        self._cast, self._config = cast, config
        self._owed = round(config.pages_per_entity * len(cast.entities))
        self._sheets: list[list[Sheet]] = [self._deal(number) for number in range(len(cast.entities))]
        self._assign()
        for sheets in self._sheets:
            kept = [sheet for sheet in sheets if sheet.items] or sheets[:1]
            kept.sort(key=lambda sheet: sheet.kind.name != "encyclopedia")
            sheets[:] = kept

    def sheets(self, number: int) -> list[Sheet]:
        return self._sheets[number]

    def __iter__(self) -> Iterator[Sheet]:
        for sheets in self._sheets:
            yield from sheets

    def _deal(self, number: int) -> list[Sheet]:
        """The pages an entity gets at first: kinds by chance and by how many facts each could state."""
        cast, rng = self._cast, derive(self._config.seed, "pages", number)
        counts: dict[tuple[str, bool], int] = {}
        for item in cast.incident[number]:
            key = (cast.facts[item >> 1].property, bool(item & 1))
            counts[key] = counts.get(key, 0) + 1
        weights: list[tuple[float, Kind]] = []
        for kind in self._open_kinds(number):
            if kind.core and kind.core.isdisjoint(counts):
                continue
            able = sum(min(n, MOST_ALIKE) for key, n in counts.items() if key in kind.says)
            if able >= kind.need:
                rich = self._config.rich_share / 0.15 if kind.rich else 1.0
                weights.append((kind.chance * rich * (0.3 + min(able, 6)), kind))
        if not weights:
            weights = [(kind.chance, kind) for kind in self._open_kinds(number) if not kind.core]
        if not weights:
            return []
        degree = len(cast.incident[number])
        extra = (self._config.pages_per_entity - 1) * (0.15 if degree < 9 else 0.35 if degree < HUB else 2.2)
        chosen: list[Sheet] = []
        while weights and (not chosen or rng.random() < extra / len(chosen)):
            kind = weights.pop(draw(rng, [weight for weight, _ in weights]))[1]
            if not any(_clash(kind, sheet.kind) for sheet in chosen):
                chosen.append(self._sheet(number, kind))
            if len(chosen) > 3:
                break
        self._owed -= len(chosen)
        return chosen

    def _open_kinds(self, number: int) -> list[Kind]:
        dead = self._cast.is_dead(number)
        found = kinds().get(self._cast.entities[number].type, ())
        return [kind for kind in found if (dead or not kind.dead) and not kind.lead]

    def _sheet(self, number: int, kind: Kind) -> Sheet:
        degree = len(self._cast.incident[number])
        room = kind.most if kind.rich else min(kind.most, max(2, int(self._config.page_share * degree)))
        return Sheet(number, kind, room)

    def _assign(self) -> None:
        cast, config = self._cast, self._config
        rng = derive(config.seed, "plan")
        order = list(cast.units)
        rng.shuffle(order)
        for unit in order:
            if rng.random() >= config.coverage * _SIGHT.get(cast.facts[unit].property, 1.0):
                continue
            first = self._lead(unit, rng) or self._place(unit, rng, None)
            if first is not None and rng.random() < config.restated:
                self._place(unit, rng, first)

    def _lead(self, unit: int, rng: Random) -> Sheet | None:
        """A page made for this fact alone to open with, for some facts of some properties."""
        property_ = self._cast.facts[unit].property
        kind = _leads().get(property_)
        if kind is None or self._owed <= 0 or rng.random() >= kind.chance:
            return None
        sheet = self._sheet(self._cast.subject[unit], kind)
        sheet.items.append(2 * unit + 1)
        self._sheets[sheet.topic].append(sheet)
        self._owed -= 1
        return sheet

    def _place(self, unit: int, rng: Random, taken: Sheet | None) -> Sheet | None:
        """Put a fact on a page other than `taken`; a first statement may open a page of its own."""
        cast = self._cast
        property_ = cast.facts[unit].property
        weights: list[float] = []
        found: list[tuple[Sheet, int]] = []
        ends = (cast.subject[unit], cast.object[unit])
        for number in ends:
            if number < 0:
                continue
            fact, forward = cast.own(unit, number)
            item = 2 * fact + forward
            at_hub = len(cast.incident[number]) > HUB
            for sheet in self._sheets[number]:
                if (
                    sheet is not taken
                    and (property_, forward) in sheet.kind.says
                    and self._has_room(sheet, item, taken is not None)
                ):
                    weights.append(0.1 if at_hub else 1.0)
                    found.append((sheet, item))
        if found:
            sheet, item = found[draw(rng, weights)]
            sheet.items.append(item)
            return sheet
        if taken is not None or property_ in _SIGHT:
            return None
        return self._open(unit, property_, ends, rng)

    def _open(self, unit: int, property_: str, ends: tuple[int, int], rng: Random) -> Sheet | None:
        """Open a further page for a fact that no page has room for, while pages are owed."""
        cast = self._cast
        if self._owed <= 0:
            return self._squeeze(unit, property_, ends)
        options: list[tuple[int, Kind, int]] = []
        weights: list[float] = []
        for number in ends:
            if number < 0 or len(self._sheets[number]) > 3 + len(cast.incident[number]) // 25:
                continue
            fact, forward = cast.own(unit, number)
            have = [sheet.kind for sheet in self._sheets[number]]
            for kind in self._open_kinds(number):
                fits = (property_, forward) in kind.core if kind.core else (property_, forward) in kind.says
                if fits and not any(_clash(kind, other) for other in have):
                    options.append((number, kind, 2 * fact + forward))
                    weights.append(kind.chance / (1 + len(have)))
        if not options:
            return self._squeeze(unit, property_, ends)
        number, kind, item = options[draw(rng, weights)]
        sheet = self._sheet(number, kind)
        self._sheets[number].append(sheet)
        self._owed -= 1
        sheet.items.append(item)
        return sheet

    def _squeeze(self, unit: int, property_: str, ends: tuple[int, int]) -> Sheet | None:
        """Put a fact on the emptiest page at either end that would say such a thing, else on a page of its subject."""
        best: tuple[bool, int, int, int] | None = None
        for place, number in enumerate(ends):
            if number < 0:
                continue
            fact, forward = self._cast.own(unit, number)
            for i, sheet in enumerate(self._sheets[number]):
                says = (property_, forward) in sheet.kind.says
                if says or place == 0:
                    rank = (not says, len(sheet.items), place, i)
                    best = rank if best is None else min(best, rank)
        if best is None:
            return None
        _, _, place, i = best
        sheet = self._sheets[ends[place]][i]
        fact, forward = self._cast.own(unit, ends[place])
        sheet.items.append(2 * fact + forward)
        return sheet

    def _has_room(self, sheet: Sheet, item: int, again: bool) -> bool:
        """Whether a page takes one more fact; what is stated elsewhere already may exceed its room by one."""
        if len(sheet.items) >= sheet.room + again:
            return False
        facts = self._cast.facts
        property_ = facts[item >> 1].property
        return sum(1 for other in sheet.items if facts[other >> 1].property == property_) < MOST_ALIKE


@cache
def _leads() -> dict[str, Kind]:
    return {kind.lead: kind for rows in kinds().values() for kind in rows if kind.lead}


def _clash(one: Kind, other: Kind) -> bool:
    """Two pages that would have the same address or be the same page."""
    return one is other or {one.name, other.name} == {"film", "film_full"}


def draw(rng: Random, weights: list[float]) -> int:
    """An index with chance in proportion to its weight."""
    point = rng.random() * sum(weights)
    for i, weight in enumerate(weights):
        point -= weight
        if point < 0:
            return i
    return len(weights) - 1
