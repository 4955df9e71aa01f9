"""Facts read from text: phrases and cues of the property table between names, as scored triples."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from redsearcher.agent.solver.frame import read_frames
from redsearcher.agent.solver.frame_zh import read_nouns
from redsearcher.agent.solver.kind import fits, shape
from redsearcher.agent.solver.literal import amounts, in_unit
from redsearcher.agent.solver.names import Mention, Name, guessed_mentions, known_mentions, pronoun_mentions
from redsearcher.agent.solver.nationality import nationality
from redsearcher.agent.solver.observe import Document, Sentence
from redsearcher.agent.solver.pattern import Reading, Slot, literal_cues, reading
from redsearcher.agent.solver.subject import companions, subjects
from redsearcher.agent.solver.title import topic

CUE_WEIGHT = 0.3
BESIDE_WEIGHT = 0.4
BESIDE = 14
CITIZENSHIP = "P27"
NATIONALITY_WEIGHT = 0.6
BESIDE_BEFORE = 4
SECOND_SUBJECT_WEIGHT = 0.5


class Triple(NamedTuple):
    """`(subject, property, object | number)` as one page seems to say it; `weight` in (0, 1]."""

    subject: Name
    property: str
    object: Name | None
    number: float | None
    weight: float
    source: str


_STOP = r"(?:is|was|are|were|has|had|have|in|at|by|for|to|from|with|on|under|of|and|who|which|that|as)\b"
_FILLER = re.compile(
    rf"(?:(?:the|a|an)\s+)?(?:(?:country|city|town|province|region|state|republic|kingdom) of\s+)?(?:the\s+)?"
    rf"(?:(?!{_STOP})[a-z][a-z-]+\s+){{0,3}}[\"“《]?"
)
_JOIN = re.compile(r"\s*(?:,\s*(?:and\s+)?|and\s+|、|和|与|及|以及)\s*[\"“《]?")
_NAME_ZH = re.compile(r"[^\s，。；、：:（）()《》“”的是在由与和及为了]{2,14}")


@lru_cache(maxsize=8192)
def triples(document: Document, known: tuple[Name, ...], properties: tuple[str, ...], lang: str) -> tuple[Triple, ...]:
    """Every reading of the given properties on a hit or page. `known` are names worth finding though not linked."""
    readings = tuple(reading(p, lang) for p in properties)
    title = Name(topic(document), document.url)
    linked = (Name(s.text[a.start : a.end], a.url) for s in document.sentences for a in s.anchors)
    names = tuple(dict.fromkeys((title, *known, *linked)))
    found: dict[tuple[Name, str, Name | None, float | None], Triple] = {}
    if CITIZENSHIP in properties and lang != "zh":
        for sentence in document.sentences[:2]:
            if title.text[:12] in sentence.text and (country := nationality(sentence.text)):
                triple = Triple(title, CITIZENSHIP, Name(country), None, NATIONALITY_WEIGHT, title.url)
                found[triple[:4]] = triple
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


def names_within(document: Document, names: tuple[Name, ...], lang: str) -> tuple[Name, ...]:
    """Those of `names` that the document writes without a link and that no capitalised span would show."""
    text, words = _text_and_words(document)
    if lang == "zh":
        return tuple(name for name in names if len(name.text) > 1 and name.text in text)
    return tuple(name for name in names if name.text in words)


@lru_cache(maxsize=16384)
def _text_and_words(document: Document) -> tuple[str, frozenset[str]]:
    text = " ".join(sentence.text for sentence in document.sentences)
    return text, frozenset(re.findall(r"[A-ZÀ-ÖØ-Þ][\w-]+", text))


def mentions_of(sentence: Sentence, known: tuple[Name, ...], title: Name, lang: str) -> list[Mention]:
    """Names in a sentence, by place: link anchors, known names, (English) capitalised spans, words for the title."""
    taken = [Mention(a.start, a.end, Name(sentence.text[a.start : a.end], a.url), True) for a in sentence.anchors]
    for mention in known_mentions(sentence.text, known):
        if not any(m.start < mention.end and mention.start < m.end for m in taken):
            taken.append(mention._replace(name=title) if mention.name.url == title.url else mention)
    if lang != "zh" or "《" in sentence.text or "“" in sentence.text:
        guessed = guessed_mentions(sentence.text, taken)
        # A surname alone means the page's own person.
        parts = title.text.split()[1:]
        taken += [m._replace(name=title, is_pronoun=True) if m.name.text in parts else m for m in guessed]
    taken.sort()
    # "the pianist Ada Kesten": the name, not the words before it.
    starts = {m.start for m in taken}
    spoken = pronoun_mentions(sentence.text, title, taken, lang)
    return sorted([*taken, *(p for p in spoken if not {p.end + 1, p.end + 2} & starts)])


def _worth_reading(read: Reading, text: str) -> bool:
    if read.trigger.search(text):
        return True
    return any(slot.before.search(text) for slot in read.slots)


def _read(read: Reading, text: str, mentions: list[Mention], title: Name, lang: str) -> Iterator[Triple]:
    if read.property.is_literal:
        yield from _read_literal(read, text, mentions, title, lang)
        return
    stated = False
    for slot in read.slots:
        for match in slot.before.finditer(text):
            fillers = _fill(slot, match.end(), text, mentions, lang)
            if not fillers:
                continue
            leads = subjects(text, match.start(), mentions, title)
            weighted = [(name, SECOND_SUBJECT_WEIGHT if rank else 1.0) for rank, name in enumerate(leads)]
            weighted += [(name, 1.0) for name in companions(text, match.start(), mentions, leads[0])]
            for subject, share in weighted:
                for filler in fillers:
                    ends = (subject, filler) if slot.forward else (filler, subject)
                    stated = True
                    yield Triple(ends[0], read.property.id, ends[1], None, slot.weight * share, title.url)
    pairs = read_nouns if lang == "zh" else read_frames
    for pair in pairs(read.property.id, text, mentions, title):
        kinds = shape(pair.subject.text), shape(pair.object.text)
        if fits(kinds[0], read.property.subject) and fits(kinds[1], read.property.object):
            stated = True
            yield Triple(pair.subject, read.property.id, pair.object, None, pair.weight, title.url)
    if not stated and read.cue.search(text):
        yield from _read_cue(read, text, mentions, title)


def _read_cue(read: Reading, text: str, mentions: list[Mention], title: Name) -> Iterator[Triple]:
    """A cue and names, but no phrase we know: both directions, weakly; a name right after the cue counts more."""
    spans = [match.span() for match in read.cue.finditer(text)]
    for mention in mentions:
        if mention.name != title:
            beside = any(
                0 <= mention.start - end <= BESIDE or 0 <= start - mention.end <= BESIDE_BEFORE for start, end in spans
            )
            weight = BESIDE_WEIGHT if beside else CUE_WEIGHT if mention.sure else CUE_WEIGHT / 2
            yield Triple(title, read.property.id, mention.name, None, weight, title.url)
            yield Triple(mention.name, read.property.id, title, None, weight, title.url)


def _read_literal(read: Reading, text: str, mentions: list[Mention], title: Name, lang: str) -> Iterator[Triple]:
    for gap, position, amount in _amounts_of(read, text, lang):
        for rank, subject in enumerate(subjects(text, position, mentions, title)):
            weight = (0.9 if gap <= 25 else 0.6) * (1.0 if rank == 0 else SECOND_SUBJECT_WEIGHT)
            yield Triple(subject, read.property.id, None, amount, weight, title.url)


def _amounts_of(read: Reading, text: str, lang: str) -> Iterator[tuple[int, int, float]]:
    """(distance, place of the cue, number) of each amount whose nearest cue is this property's and no other's."""
    is_time = read.property.object[0] == "time"
    cues = [(m.start(), m.end(), rival) for rival in literal_cues(is_time, lang) for m in rival.cue.finditer(text)]
    for amount in amounts(text):
        if amount.is_time != is_time:
            continue
        gaps = [(amount.start - e, s, r) for s, e, r in cues if 0 <= amount.start - e <= 60]
        gaps += [(s - amount.end + 4, s, r) for s, e, r in cues if 0 <= s - amount.end <= 40]
        nearest = min((gap for gap, _, _ in gaps), default=None)
        for gap, start, rival in gaps:
            if gap == nearest and rival.property.id == read.property.id:
                yield gap, start, in_unit(amount, read.property.id)
                break


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
    for mention in mentions:
        if position <= mention.start <= reach:
            return mention
    if lang == "zh" and (match := _NAME_ZH.match(text, position)):
        return Mention(match.start(), match.end(), Name(match.group()), sure=False)
    return None


def _skip_closing(text: str, end: int) -> int:
    while end < len(text) and text[end] in "\"”》'’":
        end += 1
    return end
