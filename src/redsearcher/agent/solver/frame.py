"""Who does what to whom around a verb or role noun: readings for sentences the phrase table does not foresee."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from redsearcher.agent.solver.names import Mention, Name
from redsearcher.agent.solver.pattern import SYNONYMS, any_of
from redsearcher.agent.solver.subject import listed_before, subjects
from redsearcher.world.property import properties

VERB_WEIGHT = 0.65
NOUN_WEIGHT = 0.7


class Pair(NamedTuple):
    """A reading: the fact's subject and object, and how far it can be trusted."""

    subject: Name
    object: Name
    weight: float


class Frames(NamedTuple):
    """Verb stem -> whether its agent is the fact's object; nouns of either end, ready to be found."""

    agent_is_object: dict[str, bool]
    object_noun: re.Pattern[str] | None
    subject_noun: re.Pattern[str] | None


_WORD = re.compile(r"[A-Za-zÀ-ÿ]+")
_BE = frozenset(("is", "was", "are", "were", "be", "been", "being"))
_AUXILIARY = _BE | {"has", "had", "have"}
_IRREGULAR = {
    "wrote": "write", "written": "write", "led": "lead", "won": "win", "held": "hold", "drew": "draw", "took": "take",
    "gave": "give", "brought": "bring", "taught": "teach", "made": "make", "founded": "found",
}  # fmt: skip
_POSSESSIVE = re.compile(r"(?:\b(?:his|her|its|their|whose)|['’]s)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_ARTICLE = re.compile(r"\b(?:the|a|an|one of (?:its|his|her|their|the))\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_COPULA = re.compile(r"\s*[,:]?\s*[\"“]?")
_COPULA_VERB = re.compile(
    r"(?:\s+(?!and\b|is\b|was\b)\w+){0,4}?\s+(?:is|was|are|were|being|includes?|included|names?)\s+(?:the\s+)?[\"“]?"
)
_TO_NOUN = re.compile(r"\s*[,\"”]?\s*(?:(?:is|was|are|were|became|remains?|and|as)\s+)?$")
_LIST = re.compile(r"[\"”]?\s*(?:,|,?\s+and|,?\s+as well as)\s+(?:the\s+)?(?:(?!and\b)[a-z-]+\s+){0,2}[\"“]?$")


@cache
def frames(property_id: str) -> Frames:
    """Frames of a property's English phrases. A verb whose phrases disagree about its agent is left out."""
    phrases = properties()[property_id].en
    verbs: dict[str, set[bool]] = {}
    for forward, texts in ((True, phrases.forward), (False, phrases.backward)):
        for text in texts:
            before = text.split("{}")[0].split()
            passive = len(before) > 2 and before[0] in _BE and before[-1] == "by"
            if passive:
                verbs.setdefault(stem(before[1]), set()).add(forward)
            elif before and before[0] not in _AUXILIARY:
                verbs.setdefault(stem(before[0]), set()).add(not forward)
    words = {stem(word) for cue in phrases.cues for word in cue.split()}
    agents = {verb: next(iter(sides)) for verb, sides in verbs.items() if len(sides) == 1 and verb in words}
    if len(set(agents.values())) == 1:
        # The property's verbs agree about their agent: its other cues that look like verbs do too.
        side = next(iter(agents.values()))
        agents |= {stem(cue): side for cue in phrases.cues if cue in _IRREGULAR or cue.endswith("ed")}
    label = properties()[property_id].label["en"]
    return Frames(agents, _nouns(phrases.object_noun, label), _nouns(phrases.subject_noun))


def read_frames(property_id: str, text: str, mentions: list[Mention], title: Name) -> Iterator[Pair]:
    """Pairs that verbs and role nouns of the property suggest. `mentions` include pronouns that mean the title."""
    found = frames(property_id)
    for word in _WORD.finditer(text):
        side = found.agent_is_object.get(stem(word.group()))
        if side is not None:
            for agent, patient in _agents(text, word, mentions, title):
                yield _pair(agent, patient, side, VERB_WEIGHT)
    for noun, is_object in ((found.object_noun, True), (found.subject_noun, False)):
        for match in noun.finditer(text) if noun is not None else ():
            for bearer, owner in _bearers(text, match, mentions, title):
                yield _pair(bearer, owner, is_object, NOUN_WEIGHT)


def stem(word: str) -> str:
    """A crude stem: what "directs", "directed" and "directing" share."""
    word = word.casefold()
    word = _IRREGULAR.get(word, word)
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


def _nouns(*nouns: str) -> re.Pattern[str] | None:
    words = [word for noun in nouns if noun for word in (noun, *SYNONYMS.get(noun, ()))]
    if not words:
        return None
    return any_of(words, "en")


def _pair(first: Name, second: Name, first_is_object: bool, weight: float) -> Pair:
    return Pair(second, first, weight) if first_is_object else Pair(first, second, weight)


def _agents(text: str, verb: re.Match[str], mentions: list[Mention], title: Name) -> Iterator[tuple[Name, Name]]:
    """(agent, patient) of a verb: "X was V by Y", "V by Y", "Y V X"."""
    before = [m for m in mentions if m.end <= verb.start()]
    after = [m for m in mentions if m.start >= verb.end()]
    by = re.match(r"\s+(?:[\w-]+\s+){0,5}?by\s+(?:the\s+)?[\"“]?", text[verb.end() :])
    if by:
        agents = _listed(text, verb.end() + by.end(), after)
        patients = subjects(text, verb.start(), mentions, title)[:1]
        yield from ((agent.name, patient) for agent in agents for patient in patients)
        return
    previous = _WORD.findall(text[: verb.start()])[-2:]
    passive = bool(_BE & {word.casefold() for word in previous})
    if passive and before and after and re.fullmatch(r"\s+(?:in|on|at)\s+[\"“]?", text[verb.end() : after[0].start]):
        # "A and B are cited in C": the place acts.
        yield from ((after[0].name, mention.name) for mention in listed_before(text, verb.start(), mentions))
    elif not passive and before and re.match(r"\s+(?:his|her|its|their)\b", text[verb.end() :]):
        # "X supervised her thesis": the thesis of whom the page speaks.
        yield from ((name, title) for name in subjects(text, verb.start(), mentions, title)[:1])
    elif after and not passive:
        if len(text[verb.end() : after[0].start]) > 40:
            return
        if before and not text[before[-1].end : verb.start()].strip(' "”'):
            acting = [mention.name for mention in listed_before(text, verb.start(), mentions)]
        else:
            acting = subjects(text, verb.start(), mentions, title)[:1]
        acted_on = _listed(text, after[0].start, after)
        yield from ((name, mention.name) for name in acting for mention in acted_on)


def _bearers(text: str, noun: re.Match[str], mentions: list[Mention], title: Name) -> Iterator[tuple[Name, Name]]:
    """(who bears the role, whose role it is): "her NOUN, X", "X is her NOUN", "Y's NOUN is X", "X, a NOUN of Y"."""
    owner = _owner(text, noun, mentions, title)
    if owner is None or text[noun.end() : noun.end() + 1] in ("'", "’"):
        return
    bearers: list[Mention] = []
    after = [m for m in mentions if m.start >= noun.end() and not m.is_pronoun]
    end = after[0].end if after and after[0].name == owner else noun.end()
    longest = _COPULA_VERB.match(text, end) or (_COPULA.match(text, end) if end == noun.end() else None)
    if longest:
        bearers = _listed(text, longest.end(), [m for m in after if m.name != owner])
    if not bearers:
        lead = _POSSESSIVE.search(text[: noun.start()]) or _ARTICLE.search(text[: noun.start()])
        head = text[: lead.start() if lead else noun.start()]
        before = [m for m in mentions if m.end <= len(head) and m.name != owner]
        if before and _TO_NOUN.fullmatch(head[before[-1].end :]):
            bearers = listed_before(text, len(head), before)
    yield from ((bearer.name, owner) for bearer in bearers)


def _owner(text: str, noun: re.Match[str], mentions: list[Mention], title: Name) -> Name | None:
    """Whose role the noun names: "X's NOUN", "her NOUN" (the title), "NOUN of X"; None when nothing says so."""
    if of := re.match(r"\s+of\s+(?:the\s+)?[\"“]?", text[noun.end() :]):
        at = noun.end() + of.end()
        return next((m.name for m in mentions if noun.end() + 3 <= m.start <= at), None)
    lead = _POSSESSIVE.search(text[: noun.start()])
    if lead is None and re.search(r"\b(?:under|by|with|and)\s+$", text[: noun.start()]):
        # "trains under head coach X": the role is that of whoever the clause speaks of.
        return (subjects(text, noun.start(), mentions, title) or [title])[0]
    if lead is None:
        return title if _ARTICLE.search(text[: noun.start()]) or text[: noun.start()].endswith(" as ") else None
    if lead.group()[0] in "'’":
        return next((m.name for m in reversed(mentions) if m.end <= lead.start() + 1), None)
    return title


def _listed(text: str, position: int, after: list[Mention]) -> list[Mention]:
    """The mention at `position` and those joined to it by commas and "and"."""
    found: list[Mention] = []
    for mention in after:
        if mention.end <= position:
            continue
        gap = text[position : mention.start]
        if (not found and len(gap.split()) <= 4 and len(gap) <= 30) or (found and _LIST.fullmatch(gap)):
            found.append(mention)
            position = mention.end
            if position < len(text) and text[position] in '"”':
                position += 1
        else:
            break
    return found
