"""What kind of thing a name is, from how a page introduces it or from the name's own shape."""

import re
from functools import lru_cache

from redsearcher.agent.solver.observe import Document
from redsearcher.agent.solver.title import topic
from redsearcher.records.query import CompareAtom, PlainAtom, Query, ToolAtom
from redsearcher.world.property import properties

Kinds = frozenset[str]

_WORDS = {
    "film": "film movie picture documentary thriller drama comedy 电影 影片 纪录片",
    "book": "book novel memoir biography novella 书 小说 传记 著作",
    "company": "company firm studio publisher manufacturer corporation conglomerate business enterprise maker "
    "公司 出版社 制片厂 集团 企业",
    "university": "university college institute academy polytechnic 大学 学院",
    "city": "city town municipality port village 城市 市镇 城镇 港口",
    "region": "province region county prefecture 省 省份 地区 州",
    "country": "country nation republic kingdom federation commonwealth 国家 共和国 王国",
    "river": "river stream tributary watercourse 河流 河 支流",
    "mountain": "mountain peak summit 山峰 山",
    "event": "match fixture final semi-final tie game derby 比赛 决赛 赛事",
    "paper": "paper article study preprint 论文",
    "award": "award prize medal honour 奖项 奖 奖章",
    "club": "club team side 俱乐部 球队 球会",
    "museum": "museum gallery 博物馆 美术馆",
    "band": "band ensemble quartet trio orchestra 乐队 乐团 组合",
    "person": "person actor actress director novelist writer poet composer singer physicist chemist mathematician "
    "painter footballer player scientist economist historian engineer politician entrepreneur musician philosopher "
    "researcher pianist professor screenwriter coach architect lawyer scholar "
    "人物 演员 导演 作家 作曲家 学者 教授 企业家 球员 教练 编剧",
}
_KIND_OF = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_INTRODUCTION = re.compile(r"\b(?:is|was|are|were)\s+(?:an?|the|one of the)\s+([^,.;(]+)")
_HEAD_END = re.compile(r"\s(?:in|of|by|from|at|on|that|which|who|whose|for|with|based|set|known|where|and)\s")
_WORD = re.compile(r"[a-z][a-z-]+")
_PERSONAL = re.compile(r"\b(?:he|she|his|her|him)\b|[他她]", re.IGNORECASE)
_INTRODUCTION_ZH = re.compile(r"(?:是|为)([^，。；]{1,30})")
_SHAPES = (
    (re.compile(r"\b(?:University|College|Institute|Polytechnic|Academy|School)\b|(?:大学|学院)$"), "university"),
    (re.compile(r"\bRiver\b"), "river"),
    (re.compile(r"\b(?:Museum|Gallery)\b|(?:博物馆|美术馆)$"), "museum"),
    (re.compile(r"\b(?:Prize|Award|Medal|Order of)\b|奖$"), "award"),
    (re.compile(r"^Mount\b|\bPeak$"), "mountain"),
    (re.compile(r"^\d{4}\b.*\b(?:Cup|League|Final|Trophy|Championship|Shield)\b"), "event"),
    (re.compile(r"(?:公司|集团|出版社)$"), "company"),
    (re.compile(r"(?:俱乐部|足球队)$"), "club"),
)
_PLACES = frozenset(("city", "region", "country", "mountain"))
_BODIES = frozenset(("company", "university", "club", "museum", "band"))
_LOOSE = {
    "place": _PLACES,
    "organization": _BODIES,
    "label": frozenset(("company",)),
    "party": _BODIES,
    "cemetery": _PLACES,
    "series": frozenset(("film",)),
    "occupation": frozenset(("person",)),
    "thing": frozenset(_WORDS) - {"person"},
}


@lru_cache(maxsize=16384)
def introduced_as(document: Document) -> str:
    """The type the page's first sentences give its title, "" if they do not say."""
    shaped = shape(topic(document))
    if shaped:
        return shaped
    for sentence in document.sentences[:2]:
        if not document.visited and topic(document) not in sentence.text[:80]:
            # A snippet starts anywhere: its first sentence may speak of something else.
            continue
        if match := _INTRODUCTION.search(sentence.text):
            phrase = _HEAD_END.split(f"{match.group(1)} ")[0]
            for word in reversed(_WORD.findall(phrase)):
                if word in _KIND_OF:
                    return _KIND_OF[word]
        if match := _INTRODUCTION_ZH.search(sentence.text):
            ending = [word for word in _KIND_OF if match.group(1).endswith(word)]
            if ending:
                return _KIND_OF[max(ending, key=len)]
    text = " ".join(sentence.text for sentence in document.sentences[:4])
    return "person" if len(_PERSONAL.findall(text)) >= 2 else ""


@lru_cache(maxsize=65536)
def shape(name: str) -> str:
    """The type a name wears openly ("River Ash", "Ash Prize"), "" if none."""
    return next((kind for pattern, kind in _SHAPES if pattern.search(name)), "")


def fits(kind: str, types: tuple[str, ...]) -> bool:
    """Whether a thing of that kind may be of one of the types; an unknown kind may be anything."""
    if not kind or kind in types:
        return True
    return any(kind in _LOOSE.get(type_, ()) for type_ in types)


def types_of(query: Query) -> dict[str, tuple[str, ...]]:
    """The types each variable may have: its own, or where the question names none, what all its constraints allow."""
    found: dict[str, tuple[str, ...]] = {v.name: (v.type,) if v.type else () for v in query.variables}
    for variable in query.variables:
        plain = [c for c in query.constraints if not isinstance(c, ToolAtom)]
        sides = [_side(c, variable.name) for c in plain if variable.name in c.variables]
        if not variable.type and sides:
            found[variable.name] = tuple(t for t in sides[0] if all(t in side for side in sides[1:])) or sides[0]
    return found


def _side(constraint: PlainAtom, name: str) -> tuple[str, ...]:
    if isinstance(constraint, CompareAtom):
        own = constraint.left_property if name == constraint.left else constraint.right_property
        return properties()[own].subject
    prop = properties()[constraint.property]
    return prop.subject if name == constraint.subject else prop.object
