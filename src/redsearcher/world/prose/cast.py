"""What the pages need to know of every entity: facts at either end, sex, death, country, names that are shared."""

from collections import Counter
from collections.abc import Sequence

from redsearcher.records.world import Entity, Fact
from redsearcher.world.property import properties

_TO_COUNTRY = ("P17", "P27", "P131", "P159", "P276", "P19", "P551", "P272", "P123", "P57", "P50", "P36", "P403", "P206")


class Cast:
    """Entities and facts by number. `incident[e]` holds `2 * fact + forward` for each fact unit at entity e; the two
    directions of a symmetric fact are one unit, each end sees its own direction; `twin[fact]` is the other, or -1."""

    def __init__(self, entities: Sequence[Entity], facts: Sequence[Fact]) -> None:
        self.entities, self.facts = entities, facts
        self.number = {entity.id: i for i, entity in enumerate(entities)}
        self.subject = [self.number.get(fact.subject, -1) for fact in facts]
        self.object = [self.number.get(fact.object, -1) if fact.object is not None else -1 for fact in facts]
        self.twin = [-1] * len(facts)
        self.incident: list[list[int]] = [[] for _ in entities]
        self.sex = [""] * len(entities)
        self.died = [0] * len(entities)
        self.born = [0] * len(entities)
        self.units: list[int] = []
        self._index()
        names = Counter(name for entity in entities for name in entity.names)
        self.nations = sorted(
            (e.label for e in entities if e.type == "country"), key=lambda label: (-len(label), label)
        )
        self.glosses: dict[int, str] = {}
        self.shared = {name for name, n in names.items() if n > 1}
        self.country = self._countries()

    def _index(self) -> None:
        waiting: dict[tuple[str, int, int], int] = {}
        table = properties()
        for i, fact in enumerate(self.facts):
            subject, object_ = self.subject[i], self.object[i]
            if subject < 0 or (fact.object is not None and object_ < 0):
                continue
            if fact.property == "P21" and fact.value is not None:
                self.sex[subject] = fact.value.text
            elif fact.property == "P569" and fact.value is not None:
                self.born[subject] = int(fact.value.text[:4])
            elif fact.property == "P570" and fact.value is not None:
                self.died[subject] = int(fact.value.text[:4])
            row = table.get(fact.property)
            if row is not None and row.symmetric and object_ >= 0:
                first = waiting.pop((fact.property, object_, subject), -1)
                self.incident[subject].append(2 * i + 1)
                if first >= 0:
                    self.twin[first], self.twin[i] = i, first
                    continue
                waiting[fact.property, subject, object_] = i
            else:
                self.incident[subject].append(2 * i + 1)
                if object_ >= 0:
                    self.incident[object_].append(2 * i)
            self.units.append(i)

    def _countries(self) -> list[int]:
        """Country of each entity where a short chain of facts leads to one; otherwise any country, by number."""
        nations = [i for i, entity in enumerate(self.entities) if entity.type == "country"]
        step = [-1] * len(self.entities)
        rank = [len(_TO_COUNTRY)] * len(self.entities)
        order = {property_: i for i, property_ in enumerate(_TO_COUNTRY)}
        for i, fact in enumerate(self.facts):
            place = order.get(fact.property, len(_TO_COUNTRY))
            subject = self.subject[i]
            if self.object[i] >= 0 and subject >= 0 and place < rank[subject]:
                step[subject], rank[subject] = self.object[i], place
        found = []
        for number, entity in enumerate(self.entities):
            at, kind = number, entity.type
            for _ in range(4):
                if kind == "country" or step[at] < 0:
                    break
                at = step[at]
                kind = self.entities[at].type
            found.append(at if kind == "country" or not nations else nations[number % len(nations)])
        return found

    def is_person(self, number: int) -> bool:
        return self.entities[number].type == "person"

    def is_dead(self, number: int) -> bool:
        return self.died[number] > 0

    def own(self, unit: int, number: int) -> tuple[int, bool]:
        """The fact of a unit as the entity at one of its ends sees it, and whether it is the subject there."""
        if self.subject[unit] == number:
            return unit, True
        twin = self.twin[unit]
        return (twin, True) if twin >= 0 else (unit, False)

    def other(self, fact: int, forward: bool) -> int:
        """The entity at the far end, -1 for a literal."""
        return self.object[fact] if forward else self.subject[fact]
