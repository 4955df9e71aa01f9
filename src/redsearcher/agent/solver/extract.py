"""Facts read from text: phrases and cues of the property table between names, as scored triples."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from redsearcher.agent.solver.frame import read_frames
from redsearcher.agent.solver.literal import amounts
from redsearcher.agent.solver.names import Mention, Name, guessed_mentions, known_mentions, pronoun_mentions
from redsearcher.agent.solver.observe import Document, Sentence
from redsearcher.agent.solver.pattern import Reading, Slot, reading
from redsearcher.agent.solver.title import topic

CUE_WEIGHT = 0.3
SECOND_SUBJECT_WEIGHT = 0.5


class Triple(NamedTuple):
    """`(subject, property, object | number)` as one page seems to say it; `weight` in (0, 1]."""

    subject: Name
    property: str
    object: Name | None
    number: float | None
    weight: float
    source: str


_RELATIVE = re.compile(r"(?:\bwho|\bwhich|\bthat|\bwhose|其)\s*(?:\w+\s+){0,2}$")
_FILLER = re.compile(r"(?:(?:the|a|an|[a-z][a-z-]+)\s+){0,4}[\"“《]?")
_JOIN = re.compile(r"\s*(?:,\s*(?:and\s+)?|and\s+|、|和|与|及|以及)\s*[\"“《]?")
_NAME_ZH = re.compile(r"[^\s，。；、：:（）()《》“”的是在由与和及为了]{2,14}")


@lru_cache(maxsize=8192)
def triples(document: Document, known: tuple[Name, ...], properties: tuple[str, ...], lang: str) -> tuple[Triple, ...]:
    """Every reading of the given properties on a hit or page. `known` are names worth finding though not linked."""
    readings = tuple(reading(p, lang) for p in properties)
    title = Name(topic(document), document.url)
    names = tuple(dict.fromkeys((title, *known)))
    found: dict[tuple[Name, str, Name | None, float | None], Triple] = {}
    for sentence in document.sentences:
        mentions: list[Mention] | None = None
        for read in readings:
            if not _worth_reading(read, sentence.text):
                continue
            if mentions is None:
                mentions = mentions_of(sentence, names, title, lang)
            for triple in _read(read, sentence.text, mentions, title, lang):
                key = triple[:4]
                if triple.subject != triple.object and (key not in found or found[key].weight < triple.weight):
                    found[key] = triple
    return tuple(found.values())


def mentions_of(sentence: Sentence, known: tuple[Name, ...], title: Name, lang: str) -> list[Mention]:
    """Names in a sentence, by place: link anchors, known names, (English) capitalised spans, words for the title."""
    taken = [Mention(a.start, a.end, Name(sentence.text[a.start : a.end], a.url), True) for a in sentence.anchors]
    for mention in known_mentions(sentence.text, known):
        if not any(m.start < mention.end and mention.start < m.end for m in taken):
            taken.append(mention._replace(name=title) if mention.name.url == title.url else mention)
    if lang != "zh" or "《" in sentence.text or "“" in sentence.text:
        taken += guessed_mentions(sentence.text, taken)
    taken += pronoun_mentions(sentence.text, title, taken, lang)
    return sorted(taken)


def _worth_reading(read: Reading, text: str) -> bool:
    if read.cue is not None and read.cue.search(text):
        return True
    return any(slot.before.search(text) for slot in read.slots)


def _read(read: Reading, text: str, mentions: list[Mention], title: Name, lang: str) -> Iterator[Triple]:
    if read.property.is_literal:
        yield from _read_literal(read, text, mentions, title)
        return
    stated = False
    for slot in read.slots:
        for match in slot.before.finditer(text):
            fillers = _fill(slot, match.end(), text, mentions, lang)
            if not fillers:
                continue
            for rank, subject in enumerate(_subjects(text, match.start(), mentions, title)):
                for filler in fillers:
                    weight = slot.weight * (1.0 if rank == 0 else SECOND_SUBJECT_WEIGHT)
                    ends = (subject, filler) if slot.forward else (filler, subject)
                    stated = True
                    yield Triple(ends[0], read.property.id, ends[1], None, weight, title.url)
    if lang != "zh":
        for pair in read_frames(read.property.id, text, mentions, title):
            stated = True
            yield Triple(pair.subject, read.property.id, pair.object, None, pair.weight, title.url)
    if not stated and read.cue is not None and read.cue.search(text):
        yield from _read_cue(read, mentions, title)


def _read_cue(read: Reading, mentions: list[Mention], title: Name) -> Iterator[Triple]:
    """A cue and names, but no phrase we know: both directions, weakly."""
    for mention in mentions:
        if mention.name != title:
            weight = CUE_WEIGHT if mention.sure else CUE_WEIGHT / 2
            yield Triple(title, read.property.id, mention.name, None, weight, title.url)
            yield Triple(mention.name, read.property.id, title, None, weight, title.url)


def _read_literal(read: Reading, text: str, mentions: list[Mention], title: Name) -> Iterator[Triple]:
    if read.cue is None:
        return
    is_time = read.property.object[0] == "time"
    candidates = [a for a in amounts(text) if a.is_time == is_time]
    for match in read.cue.finditer(text):
        after = [a for a in candidates if 0 <= a.start - match.end() <= 60]
        before = [a for a in candidates if 0 <= match.start() - a.end <= 30]
        nearest = sorted([(a.start - match.end(), a) for a in after] + [(match.start() - a.end + 1, a) for a in before])
        if nearest:
            gap, amount = nearest[0]
            for rank, subject in enumerate(_subjects(text, match.start(), mentions, title)):
                weight = (0.9 if gap <= 25 else 0.6) * (1.0 if rank == 0 else SECOND_SUBJECT_WEIGHT)
                yield Triple(subject, read.property.id, None, amount.number, weight, title.url)


def _fill(slot: Slot, position: int, text: str, mentions: list[Mention], lang: str) -> list[Name]:
    """The names in a slot that opens at `position`: one, or a list; empty if none stands there."""
    filled: list[Name] = []
    while True:
        mention = _mention_at(position, text, mentions, lang)
        if mention is None:
            return filled if slot.after is None else []
        filled.append(mention.name)
        end = _skip_closing(text, mention.end)
        if slot.after is not None and slot.after.match(text, end):
            return filled
        joint = _JOIN.match(text, end)
        if joint is None:
            return filled if slot.after is None else []
        position = joint.end()


def _mention_at(position: int, text: str, mentions: list[Mention], lang: str) -> Mention | None:
    reach = position
    if filler := _FILLER.match(text, position):
        reach = filler.end()
    for number, mention in enumerate(mentions):
        if position <= mention.start <= reach:
            follower = mentions[number + 1] if number + 1 < len(mentions) else None
            # "the pianist Ada Kesten": the name, not the words before it.
            if mention.is_pronoun and follower and not text[mention.end : follower.start].strip(' "“'):
                return follower
            return mention
    if lang == "zh" and (match := _NAME_ZH.match(text, position)):
        return Mention(match.start(), match.end(), Name(match.group()), sure=False)
    return None


def _skip_closing(text: str, end: int) -> int:
    while end < len(text) and text[end] in "\"”》'’":
        end += 1
    return end


def _subjects(text: str, position: int, mentions: list[Mention], title: Name) -> list[Name]:
    """Who the clause at `position` may speak of, likeliest first: at most two."""
    before = [m for m in mentions if m.end <= position]
    if not before:
        return [title]
    first, nearest = before[0], before[-1]
    if _RELATIVE.search(text[:position]):
        return [nearest.name]
    # A long opening before the first name means that the clause's subject was not recognised: likely the page's own.
    unseen = len(text[: first.start].split()) > 3 and title not in (m.name for m in before)
    lead = title if unseen else first.name
    return list(dict.fromkeys((lead, nearest.name)))
