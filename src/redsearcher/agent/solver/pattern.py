"""How text says a property: the property table's phrases and nouns, as regular expressions with an open slot."""

import re
from collections.abc import Iterable
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
    """Everything needed to read one property in one language; text without a `trigger` need not be looked at."""

    property: Property
    slots: tuple[Slot, ...]
    cue: re.Pattern[str]
    trigger: re.Pattern[str]


# Everyday words for a property beside the cues of its table row.
PARAPHRASES: dict[str, dict[str, str]] = {
    "en": {
        "P20": "passed away",
        "P27": "passport",
        "P54": "footballer for|appearances for|joined",
        "P69": "degree|diploma|alumni|alumna|student|schooling",
        "P108": "post at|position at|joined|job|colleague|hired|working for|service of",
        "P159": "offices|head quarters",
        "P161": "role in|screen",
        "P166": "recipient|winner|honour|medal",
        "P206": "river|bridge|riverside",
        "P551": "resident|living in|moved to|address",
        "P569": "birth|birthday|birth date",
        "P570": "passed away|death|date of death",
        "P571": "foundation|founding|inception|dates from|dates back|created|opened|started",
        "P577": "release|publication|public|premiere|issued",
        "P585": "date|day",
        "P1082": "population|people|live|lived|home to|counted",
        "P2043": "runs for|measures|course",
        "P2044": "metres above|sea|altitude|rises|high",
        "P2048": "cm",
        "P2139": "turned over|revenues|sales|takings",
        "P2860": "references|citing|cite|reference list",
        "P8328": "citation|cited",
    },
    "zh": {
        "P20": "病逝|辞世|长眠",
        "P27": "护照|国民",
        "P69": "求学|校友|学位|读书|学生",
        "P108": "供职|工作|职员|员工",
        "P569": "生日|诞生|降生",
        "P570": "辞世|病逝|离世|去世",
        "P571": "创立|建立|创办|始建|设立|历史",
        "P577": "面世|首映|公映|推出|刊出|出版日期|发表",
        "P1082": "常住|万人",
        "P2139": "收入|营业额",
        "P8328": "次引用|引用次数",
    },
}
SYNONYMS = {
    "child": ("son", "daughter", "children"),
    "sibling": ("brother", "sister"),
    "spouse": ("husband", "wife"),
    "graduate": ("alumnus", "alumna", "alumni", "student"),
    "doctoral student": ("student",),
    "laureate": ("winner", "recipient"),
    "employee": ("staff",),
    "property": ("holding",),
    "alma mater": ("university", "college"),
}
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
    cues = (*phrases.cues, *PARAPHRASES[lang].get(property_id, "").split("|"))
    nouns = [word for noun in (phrases.object_noun, phrases.subject_noun) for word in (noun, *SYNONYMS.get(noun, ()))]
    return Reading(prop, tuple(slots), any_of(cues, lang), any_of((*cues, *nouns, prop.label.get(lang, "")), lang))


def any_of(words: Iterable[str], lang: str) -> re.Pattern[str]:
    """Any of the words; in English each in all its inflections."""
    ordered = sorted({word for word in words if word}, key=lambda word: (-len(word), word))
    if not ordered:
        return re.compile(r"(?!)")
    if lang == "zh":
        return re.compile("|".join(re.escape(word) for word in ordered))
    return re.compile(rf"\b(?:{'|'.join(_inflected(word) for word in ordered)})\b", re.IGNORECASE)


def _inflected(phrase: str) -> str:
    return r"\s+".join(_forms(word) for word in phrase.split())


def _forms(word: str) -> str:
    """ "directed" also finds "directing" and "direction", "part" finds "parts"."""
    if len(word) > 5 and word.endswith("ed"):
        return rf"{re.escape(word[:-2])}(?:ed|es|e|s|ing|ions?|ors?|ers?)?"
    if len(word) > 4 and word.endswith("s") and not word.endswith("ss"):
        return rf"{re.escape(word[:-1])}(?:s|ed|ing)?"
    if len(word) > 3 and re.search(r"[^aeiou]y$", word):
        return rf"{re.escape(word[:-1])}(?:y|ies)"
    return rf"{re.escape(word)}(?:s|es)?" if len(word) > 3 else re.escape(word)


@cache
def literal_cues(is_time: bool, lang: str) -> tuple[Reading, ...]:
    """Readings of all dates, or of all quantities: they compete for the amounts of a sentence."""
    wanted = "time" if is_time else "quantity"
    return tuple(reading(p.id, lang) for p in properties().values() if p.object[0] == wanted)


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
        opening = rf"\b{_verb_first(core)}\s+"
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


def _verb_first(core: str) -> str:
    """A phrase whose verb may stand in other forms ("building on"), with room for a pronoun ("awarded it to")."""
    words = core.split()
    first = re.escape(words[0])
    if len(words[0]) > 4 and re.search(r"[^s]s$", words[0]):
        stem = words[0][:-2] if re.search(r"(?:ch|sh|ss|x)es$", words[0]) else words[0][:-1]
        first = rf"(?:{first}|{re.escape(stem.removesuffix('e'))}(?:e|ed|ing))"
    if len(words) == 2 and words[1] in _PREPOSITIONS:
        return rf"{first}\s+(?:(?:it|him|her|them)\s+)?{words[1]}"
    return r"\s+".join((first, *(re.escape(word) for word in words[1:])))
