"""Role nouns in Chinese sentences: "X是T的NOUN", "T的NOUN是X、Y", "X称T为NOUN"."""

import re
from collections.abc import Iterator
from functools import cache

from redsearcher.agent.solver.frame import NOUN_WEIGHT, Pair
from redsearcher.agent.solver.names import Mention, Name
from redsearcher.agent.solver.subject import listed_before
from redsearcher.world.property import properties

_SYNONYMS = {
    "子女": ("女儿", "儿子", "孩子"),
    "配偶": ("妻子", "丈夫", "伴侣"),
    "手足": ("兄弟", "姐妹", "哥哥", "姐姐", "弟弟", "妹妹"),
    "毕业生": ("校友", "学生"),
    "得主": ("获奖者", "获得者"),
    "雇员": ("员工", "职员"),
    "母校": ("就读学校",),
}
_BE = re.compile(r"[》”]?(?:正|曾|就)?(?:是|为)")
_THEN = re.compile(r"(?:是|为|包括|有|列有|名叫|正是|：)[《“]?")
_JOINT = re.compile(r"[》”]?(?:、|和|与|及|以及)[《“]?")


@cache
def _nouns(property_id: str) -> tuple[tuple[re.Pattern[str], bool], ...]:
    prop = properties()[property_id]
    ends = ((prop.zh.object_noun, True), (prop.label.get("zh", ""), True), (prop.zh.subject_noun, False))
    return tuple(
        (re.compile("|".join(re.escape(word) for word in (noun, *_SYNONYMS.get(noun, ())))), is_object)
        for noun, is_object in ends
        if noun
    )


def read_nouns(property_id: str, text: str, mentions: list[Mention], title: Name) -> Iterator[Pair]:
    """Pairs that the property's role nouns suggest; a possessor that is not named is the page's subject."""
    for pattern, is_object in _nouns(property_id):
        for match in pattern.finditer(text):
            for bearer, owner in _bearers(text, match, mentions, title):
                ends = (owner, bearer) if is_object else (bearer, owner)
                yield Pair(ends[0], ends[1], NOUN_WEIGHT)


def _bearers(text: str, noun: re.Match[str], mentions: list[Mention], title: Name) -> Iterator[tuple[Name, Name]]:
    before = [m for m in mentions if m.end <= noun.start()]
    after = [m for m in mentions if m.start >= noun.end()]
    owner = before[-1] if before and text[before[-1].end : noun.start()].strip("》”") in ("的", "") else None
    if then := _THEN.match(text, noun.end()):
        for bearer in _listed(text, then.end(), after):
            yield bearer.name, owner.name if owner else title
        return
    others = [m for m in before if m is not owner]
    if not others:
        return
    gap = text[others[-1].end : owner.start if owner else noun.start()]
    if _BE.fullmatch(gap) or (_BE.match(gap) and len(gap) <= 12 and not re.search("[，。；]", gap)):
        for mention in listed_before(text, others[-1].end, others):
            yield mention.name, owner.name if owner else title
    elif owner is None and text[before[-1].end : noun.start()] == "为" and len(before) > 1:
        caller = before[-2]
        if text[caller.end : before[-1].start] == "称":
            yield before[-1].name, caller.name


def _listed(text: str, position: int, after: list[Mention]) -> list[Mention]:
    found: list[Mention] = []
    for mention in after:
        gap = text[position : mention.start]
        if not (_JOINT.fullmatch(gap) if found else len(gap) <= 8 and "，" not in gap):
            break
        found.append(mention)
        position = mention.end
    return found
