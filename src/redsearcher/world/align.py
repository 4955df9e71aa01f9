"""Statement alignment: which sentence of a page says a fact (strict).

A sentence says a fact when both ends stand in it (the page's own entity may stand there as a pronoun, a short name or
"the band"), and a pattern of the property links them in the right direction; see schema/patterns.toml. Facts of
properties without patterns need one of the property's cue words between the ends or right beside them.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from redsearcher.records.world import Document, Entity, Fact, Statement, Strength
from redsearcher.world.mention import Mention
from redsearcher.world.pattern import OBJECT, SUBJECT, TOPIC, patterns
from redsearcher.world.property import properties
from redsearcher.world.sentence import sentences
from redsearcher.world.sentence_view import SentenceView, Topic

_CUE_REACH = 4


def align(
    facts: Iterable[Fact], entities: Iterable[Entity], document: Document, mentions: Sequence[Mention]
) -> list[Statement]:
    """Strict statements of one page; for many pages make an `Aligner` once."""
    return Aligner(facts, entities).statements(document, mentions)


class Aligner:
    """Finds, on any page, the sentences that say facts of one set."""

    def __init__(self, facts: Iterable[Fact], entities: Iterable[Entity]) -> None:
        self._between: dict[str, dict[str, list[Fact]]] = defaultdict(dict)
        for fact in facts:
            if fact.object is not None:
                self._between[fact.subject].setdefault(fact.object, []).append(fact)
        self._entities = {entity.id: entity for entity in entities}
        self._types = {entity.id: entity.type for entity in self._entities.values()}

    def statements(self, document: Document, mentions: Sequence[Mention]) -> list[Statement]:
        """Strict statements, at most one per fact: the first sentence that says it. `mentions` are in order."""
        found: dict[str, Statement] = {}
        if document.lang != "en":
            return []
        topic = self._topic(document)
        starts = [mention.start for mention in mentions]
        for number, (start, end) in enumerate(sentences(document.text)):
            inside = mentions[bisect_left(starts, start) : bisect_left(starts, end)]
            if not inside:
                continue
            view = SentenceView(document.text[start:end], start, inside, self._types, topic, is_lead=number == 0)
            for fact in self._candidates(view):
                if fact.id not in found and says(view, fact.subject, fact.property, str(fact.object)):
                    found[fact.id] = Statement(
                        fact=fact.id, document=document.id, start=start, end=end, strength=Strength.STRICT
                    )
        return list(found.values())

    def _topic(self, document: Document) -> Topic | None:
        if not document.about or document.about[0] not in self._entities:
            return None
        entity = self._entities[document.about[0]]
        return Topic.of(entity.id, entity.type, entity.names)

    def _candidates(self, view: SentenceView) -> Iterator[Fact]:
        for subject in view.entities:
            objects = self._between.get(subject)
            if objects:
                for object_ in view.entities:
                    yield from objects.get(object_, ())


def says(view: SentenceView, subject: str, property: str, object_: str) -> bool:
    """Whether the sentence says the fact `(subject, property, object_)`."""
    lines = view.lines(subject, object_)
    row = properties().get(property)
    if row and row.symmetric:
        lines += view.lines(object_, subject)
    wanted = patterns().get(property)
    if wanted is None:
        return any(_has_cue(line, property) for line in lines if TOPIC not in line)
    return any(pattern.search(line) for line in lines for pattern in wanted)


def _has_cue(line: str, property: str) -> bool:
    cue = _cues().get(property)
    if cue is None:
        return False
    tokens = line.split(" ")
    ends = sorted((tokens.index(SUBJECT), tokens.index(OBJECT)))
    window = " ".join(tokens[max(0, ends[0] - _CUE_REACH) : ends[1] + _CUE_REACH + 1])
    return cue.search(window) is not None


@cache
def _cues() -> Mapping[str, re.Pattern[str]]:
    return {
        key: re.compile(r"\b(?:" + "|".join(map(re.escape, row.en.cues)) + r")\b")
        for key, row in properties().items()
        if row.en.cues
    }
