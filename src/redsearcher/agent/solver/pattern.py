"""How text says a property: the property table's phrases and nouns, as regular expressions with an open slot."""

import re
from functools import cache
from typing import NamedTuple

from redsearcher.world.property import Property, properties


class Slot(NamedTuple):
    """A phrase with a slot: `before` ends where the slot starts, `after` must match where it ends.

    `forward`: the clause's subject is the fact's subject and the slot its object; otherwise the reverse.
    """

    before: re.Pattern[str]
    after: re.Pattern[str] | None
    forward: bool
    weight: float


class Reading(NamedTuple):
    """Everything needed to read one property in one language."""

    property: Property
    slots: tuple[Slot, ...]
    cue: re.Pattern[str] | None


_AUXILIARY = re.compile(r"^(?:(?:is|was|are|were|has been|have been|had|has)\s+)")
_PREPOSITIONS = frozenset(("in", "at", "by", "of", "to", "on", "for", "with", "from", "a", "an", "the", "part"))


@cache
def reading(property_id: str, lang: str) -> Reading:
    """Patterns of a property. Raises KeyError for a property outside the table."""
    prop = properties()[property_id]
    phrases = prop.phrases(lang)
    slots = []
    for forward, texts in ((True, phrases.forward), (False, phrases.backward)):
        for text in texts:
            slots.append(_slot_zh(text, forward) if lang == "zh" else _slot_en(text, forward))
    slots += _noun_slots(phrases.object_noun, phrases.subject_noun, prop.label.get(lang, ""), lang)
    cues = [c for c in phrases.cues if c]
    cue = None
    if cues:
        words = "|".join(re.escape(c) for c in sorted(cues, key=lambda c: (-len(c), c)))
        cue = re.compile(words if lang == "zh" else rf"\b(?:{words})\b", re.IGNORECASE)
    return Reading(prop, tuple(slots), cue)


def _slot_en(phrase: str, forward: bool) -> Slot:
    before, after = (part.strip() for part in phrase.split("{}", 1))
    core = _AUXILIARY.sub("", before + " ").strip()
    words = core.split()
    if after and (not words or words == ["with"]):
        opening = r"\b(?:has|have|had|with|is|was|where)\s+"
    elif not words or (set(words) <= _PREPOSITIONS and before != core):
        # Too little is left without its verb: "is in {}" must not match every "in".
        opening = rf"\b{_flexible(before)}\s+"
    else:
        opening = rf"\b{_flexible(core)}\s+"
    tail = re.compile(rf"\s*,?\s*{_flexible(after)}\b", re.IGNORECASE) if after else None
    return Slot(re.compile(opening, re.IGNORECASE), tail, forward, 1.0)


def _slot_zh(phrase: str, forward: bool) -> Slot:
    before, after = phrase.split("{}", 1)
    opening = re.escape(before.removeprefix("的").removeprefix("曾"))
    tail = re.compile(re.escape(after)) if after else None
    return Slot(re.compile(opening or r"(?<=[，。；、\w])|^"), tail, forward, 1.0)


def _noun_slots(object_noun: str, subject_noun: str, label: str, lang: str) -> list[Slot]:
    """`its director is {}`, `Director: {}`, `{}` before `, director of`: nouns instead of verbs."""
    slots = []
    if lang == "zh":
        for noun in dict.fromkeys((object_noun, label)):
            slots.append(Slot(re.compile(rf"{re.escape(noun)}(?:是|为|包括|有|：|:)\s*"), None, True, 0.9))
        return slots
    for noun in dict.fromkeys((object_noun, label)):
        plural = rf"{_flexible(noun)}s?"
        for link in (rf"\b{plural}\s+(?:is|was|are|were|include[sd]?)\s+", rf"^\W*{plural}\s*[:|–-]\s*"):
            slots.append(Slot(re.compile(link, re.IGNORECASE), None, True, 0.9))
    slots.append(Slot(re.compile(rf"\b{_flexible(object_noun)}\s+of\s+", re.IGNORECASE), None, False, 0.8))
    if subject_noun:
        slots.append(Slot(re.compile(rf"\b{_flexible(subject_noun)}\s+of\s+", re.IGNORECASE), None, True, 0.8))
    return slots


def _flexible(text: str) -> str:
    return r"\s+".join(re.escape(word) for word in text.split())
