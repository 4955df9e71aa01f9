"""Who a clause speaks of, and which names a list holds."""

import re

from redsearcher.agent.solver.names import Mention, Name

_RELATIVE = re.compile(r"(?:\bwho|\bwhich|\bthat|\bwhose)\s+(?:\w+\s+){0,2}$")
_AUXILIARY = r"(?:曾|也|都|还|均|先后|后来|is|was|are|were|has|had|have|been|also|later|first|then|still|once)"
_ADJACENT = re.compile(rf"[\"”》]?,?\s*(?:{_AUXILIARY}\s*){{0,3}}(?:\w+ly\s+)?")
_PREPOSITION = re.compile(
    r"\b(?:by|of|in|with|to|from|at|for|as|on|under|and|into|through|between|near|among|than)\s+(?:the\s+)?[\"“]?$"
)
_PREPOSITIONS = ("in", "on", "at", "by", "to", "of", "for")
_OPENING = re.compile(r"[\"“《]?(?:(?:the|a|an)\s+)?(?:[a-z]+\s+){0,2}[\"“《]?", re.IGNORECASE)
_OPENING_ZH = re.compile(r"[《“]?")
_BACK_JOINT = re.compile(r"[\"”》]?(?:,|,?\s+and|、|和|与|及)\s*(?:the\s+)?(?:[a-z-]+\s+){0,2}[\"“《]?")


def subjects(text: str, position: int, mentions: list[Mention], title: Name) -> list[Name]:
    """Who the phrase at `position` may have as its subject, likeliest first: at most two."""
    before = [m for m in mentions if m.end <= position]
    if before:
        nearest = before[-1]
        if _RELATIVE.search(text[:position]):
            return [nearest.name]
        beside = _ADJACENT.fullmatch(text[nearest.end : position]) is not None
        if beside and not _PREPOSITION.search(text[: nearest.start]):
            return [nearest.name]
    main = main_subject(text, mentions)
    lead = title if main is None else main.name
    if not before or before[-1].is_pronoun:
        return [lead]
    return list(dict.fromkeys((lead, before[-1].name)))


def companions(text: str, position: int, mentions: list[Mention], subject: Name) -> list[Name]:
    """Those who share the clause with its subject: the rest of the list that ends where the phrase begins."""
    names = [mention.name for mention in listed_before(text, position, mentions)]
    before = [m for m in mentions if m.end <= position]
    if subject not in names or not before or not _ADJACENT.fullmatch(text[before[-1].end : position]):
        return []
    return [name for name in names if name != subject]


def main_subject(text: str, mentions: list[Mention]) -> Mention | None:
    """The mention a sentence opens with, or that follows the comma after its opening words; None if there is none."""
    if not mentions:
        return None
    first = mentions[0]
    opening = text[: first.start]
    if _OPENING_ZH.fullmatch(opening) or (_OPENING.fullmatch(opening) and not _is_participial(opening)):
        return first
    for mention in mentions:
        head = text[: mention.start].rstrip(' "“《')
        if head.endswith((",", "，")) and not _in_list(text, mention, mentions):
            return mention
    return None


def listed_before(text: str, position: int, mentions: list[Mention]) -> list[Mention]:
    """The names of the list that ends at or just before `position`, in order."""
    found: list[Mention] = []
    for mention in reversed([m for m in mentions if m.end <= position]):
        if found and not _BACK_JOINT.fullmatch(text[mention.end : found[0].start]):
            break
        found.insert(0, mention)
    return found


def _is_participial(opening: str) -> bool:
    words = opening.split()
    return bool(words) and (
        words[0].endswith(("ed", "ing")) or words[-1] in ("in", "on", "at", "by", "to", "of", "for")
    )


def _in_list(text: str, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether the comma before a mention joins it to a list that goes on ("A, B and C") rather than closes a clause."""
    after = text[mention.end :].lstrip('"”')
    return after.startswith((",", " and ", "、", "和")) and mention is not mentions[-1] and not after.startswith(", ")
