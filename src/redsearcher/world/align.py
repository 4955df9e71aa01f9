"""Statement alignment: which sentence of a page says a fact (strict)."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from redsearcher.records.world import Document, Entity, Fact, Statement, Strength
from redsearcher.world.mention import Mention
from redsearcher.world.property import properties
from redsearcher.world.sentence import sentences


class Aligner:
    """Finds, on any page, the sentences that say facts of one set."""

    def __init__(self, facts: Iterable[Fact], entities: Iterable[Entity]) -> None:
        self._between: dict[str, dict[str, list[Fact]]] = defaultdict(dict)
        for fact in facts:
            if fact.object is not None:
                self._between[fact.subject].setdefault(fact.object, []).append(fact)
        self._types = {entity.id: entity.type for entity in entities}
        table = properties()
        self._cues = {
            key: re.compile(r"\b(?:" + "|".join(map(re.escape, row.en.cues)) + r")\b", re.IGNORECASE)
            for key, row in table.items()
            if row.en.cues
        }

    def statements(self, document: Document, mentions: Sequence[Mention]) -> list[Statement]:
        """Strict statements, at most one per fact: the first sentence that says it."""
        found: dict[str, Statement] = {}
        for start, end in sentences(document.text):
            inside = {e: m for m in reversed(mentions) if start <= m.start and m.end <= end for e in m.entities}
            text = document.text[start:end]
            for fact in self._candidates(inside, document.about):
                cue = self._cues.get(fact.property)
                if fact.id not in found and cue and cue.search(text):
                    found[fact.id] = Statement(
                        fact=fact.id, document=document.id, start=start, end=end, strength=Strength.STRICT
                    )
        return list(found.values())

    def _candidates(self, inside: dict[str, Mention], about: Sequence[str]) -> Iterator[Fact]:
        present = [*inside, *(entity for entity in about if entity not in inside)]
        for subject in present:
            objects = self._between.get(subject)
            if objects:
                for object_ in present:
                    if subject in inside or object_ in inside:
                        yield from objects.get(object_, ())
