"""Patterns of running text that say a property, compiled to regular expressions over a sentence's tokens."""

import re
import tomllib
from functools import cache
from importlib.resources import files

# A sentence is matched as tokens, each followed by one blank; these private-use characters stand for mentions.
SUBJECT, OBJECT = "\ue000", "\ue001"
GROUP_MARKS = {"person": "\ue002", "place": "\ue003", "group": "\ue004", "other": "\ue005"}

# Stands after the mark of the page's own entity at the head of a sentence that need not name it.
TOPIC = "\ue007"

_STOPS = (
    "who|whom|whose|which|that|not|never|of|for|with|by|from|to|at|in|on|after|before|as|[.;:!?(),]|"
    f"[{SUBJECT}{OBJECT}{GROUP_MARKS['person']}{TOPIC}]"
)
_PHRASE = rf"(?:(?!(?:{_STOPS}) )\S+ ){{0,4}}?"
_MARKS = f"[{SUBJECT}{OBJECT}{GROUP_MARKS['person']}{TOPIC}]"
_FAR = rf"(?:{SUBJECT} 's |(?!(?:not|never|longer|[.;!?]|{_MARKS}) )\S+ ){{0,14}}?"
_ANY = rf"(?:{SUBJECT} 's |(?!(?:not|never|[.;!?]|[{SUBJECT}{OBJECT}{TOPIC}]) )\S+ ){{0,25}}?"
_ALL = rf"(?:(?!(?:not|never|longer|[{OBJECT}{TOPIC}]) )\S+ ){{0,250}}?"
_DATE = (
    r"(?:(?:\d\S*|,|on|c\.?|circa|about|around|or|the|early|late|january|february|march|april|may|june|july|august|"
    r"september|october|november|december|jan\.?|feb\.?|mar\.?|apr\.?|jun\.?|jul\.?|aug\.?|sep\.?|sept\.?|oct\.?|"
    r"nov\.?|dec\.?) )*?"
)
_BE = r"(?:, )?(?:is|was|are|were|be|been|being|became|remains) "
_OCC = (
    "(?:(?!(?:of|by|in|and|,|to|with|for|from) )[^\\s\ue000-\ue002]+ ){0,2}"
    r"(?:\S*(?:er|or|ist|ian|man|woman|ess|poet|chef|king|queen|president|champion|athlete|architect|cleric|critic|model|monarch|academic|diplomat|dj|star|"
    r"comic|polymath|activist|spy|saint|priest|monk|nun)s?|\ue005) "
)
_LIST_WORD = rf"(?!(?:who|whom|whose|which|that|by|not|never|[.;:!?(),{SUBJECT}{OBJECT}]|and|or|&) )\S+ "
_MEMBER = rf"(?:{_LIST_WORD}){{1,8}}(?:, and|, or|,|and|&|or|as well as) "
# A page about the object may list its subjects at length: a label's artists, a university's graduates.
_AGAIN = "(?:of |to |in |by )?"
_LIST = rf"(?:(?:{_MEMBER}){{1,15}}?{_AGAIN})??"
_LONG_LIST = rf"(?:(?:{_MEMBER}){{1,60}}?{_AGAIN})??"
_LAST = rf"(?:the |a |an |his |her |then |also )?(?:(?!(?:{_STOPS}|and|or|&) )\S+ ){{0,2}}?"
_PLACE = GROUP_MARKS["place"]
_KIND = "county|province|region|district|state|city|suburb|prefecture|oblast|area|canton|municipality"
_CHAIN = rf"(?:(?:the )?{_PLACE} (?:(?:{_KIND}) )?(?:, |in (?:the )?|of (?:the )?))*"
_NO_LIST = rf"(?!(?:, (?:the )?{_PLACE} )*(?:, )?(?:and|or|&) (?:the )?{_PLACE})"
_TOKENS = {
    "{S}": f"{SUBJECT} ",
    "{O}": f"{OBJECT} ",
    "{S:}": f"{SUBJECT} {TOPIC} ",
    "{O:}": f"{OBJECT} {TOPIC} ",
    "~": _ALL,
    "{S*}": f"{_LONG_LIST}{_LAST}{SUBJECT} ",
    "{O*}": f"{_LIST}{_LAST}{OBJECT} ",
    "_": _PHRASE,
    "__": _FAR,
    "___": _ANY,
    "#": _DATE,
    "CHAIN": _CHAIN,
    "NOLIST": _NO_LIST,
    "NOBY": "(?!by )",
    "BE": _BE,
    "OCC": _OCC,
}
# "German-born" does not call anybody German, nor does a hall of fame's name say who plays its music.
_HYPHEN = r"(?!-\w|(?:music )?halls? )"


@cache
def patterns() -> dict[str, tuple[re.Pattern[str], ...]]:
    """Property id -> its patterns, in the order of the table."""
    text = (files("redsearcher.world") / "schema" / "patterns.toml").read_text(encoding="utf-8")
    return {key: tuple(compile_pattern(row) for row in rows) for key, rows in tomllib.loads(text).items()}


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """One pattern (the syntax is at the head of patterns.toml) as a regular expression."""
    parts = [_part(token) for token in pattern.split()]
    body = ""
    for place, part in enumerate(parts):
        follows = pattern.split()[place + 1] if place + 1 < len(parts) else ""
        guard = _HYPHEN if part.endswith((f"{OBJECT} ", f"{SUBJECT} ")) and not follows.startswith("-") else ""
        body += part + guard
    return re.compile(r"(?<!\S)" + body)


def _part(token: str) -> str:
    if token in _TOKENS:
        return _TOKENS[token]
    is_optional = token.startswith("[") and token.endswith("]")
    words = token.strip("[]").split("|") if is_optional else token.split("|")
    either = "|".join(_TOKENS[word].strip() if word == "BE" else _word(word) for word in words)
    return f"(?:(?:{either}) )" + ("?" if is_optional else "")


def _word(word: str) -> str:
    return re.escape(word[:-1]) + r"\S*" if word.endswith("*") and len(word) > 1 else re.escape(word)
