"""Names in running text: where one starts and ends, and which spellings mean the same thing."""

import re
from functools import lru_cache
from typing import NamedTuple

from redsearcher.core.text import fold, is_cjk


class Name(NamedTuple):
    """A name as read: `url` is the page it links to (or the page it is the title of), empty if unknown."""

    text: str
    url: str = ""


class Mention(NamedTuple):
    """A name at code points `[start, end)` of a sentence. `sure`: a link, a title or a known name, not a mere guess.

    `is_pronoun`: not a name but a word that stands for the page's title.
    """

    start: int
    end: int
    name: Name
    sure: bool
    is_pronoun: bool = False


_TAIL = re.compile(r"\s*[(（][^()（）]*[)）]\s*$")
_LINK_WORD = r"(?:of|de|von|van|der|den|da|di|du|del|la|le|al|ibn|bin|y)"
_CAPITAL = r"[A-ZÀ-ÖØ-Þ0-9][\w'’.&-]*"
_SPAN = re.compile(rf"(?<!\w)[A-ZÀ-ÖØ-Þ][\w'’.&-]*(?:\s+(?:(?:{_LINK_WORD}|&)\s+(?:the\s+)?){{0,2}}{_CAPITAL})*")
_QUOTED = re.compile(r"《([^《》]{1,40})》|“([^“”]{2,80})”|\"([^\"]{2,80})\"")
_THING = (
    "film|picture|book|novel|memoir|company|firm|studio|publisher|university|college|institute|city|town|province|region|"
    "country|state|river|mountain|peak|match|fixture|paper|study|award|prize|club|team|museum|gallery|band|ensemble|group|"
    "house|school|place|house"
)
_PERSON = r"\w+(?:ist|er|or|ian|ess)|poet|coach|chemist|writer|scholar|chef|athlete"
_PRONOUN = re.compile(
    rf"\b(?:he|she|it|him|they|them|here|the (?:[a-z]+ )?(?:{_THING}|{_PERSON})(?! of\b))\b", re.IGNORECASE
)
_PRONOUN_ZH = re.compile(
    r"(?<![其吉])[他她它](?![们人国])|这[位部家所座条个本支篇场项](?:[\u4e00-\u9fff]{1,3}(?=的|是|在|由|与|和|有|被|以|曾|，))?"
    r"|[该本此][片书市国校馆队司州省河山文奖会厂]|其(?![他中实余它间])|此(?=。|，)|这里|该公司|该城|该社"
)
_POSSESSIVE = re.compile(r"['’]s$")
_OPENER_TEXT = """
the a an in on at it he she they his her its their this that these those after before during when while as for
from with by to of and but or nor yet born directed written produced founded published set held based located
released established educated both each among besides today later since until under another one other there here
where who which whose then also once many most several two three four five all some such only although though
however january february march april may june july august september october november december monday tuesday
wednesday thursday friday saturday sunday known named married according together including father mother son
daughter director author composer
"""
_OPENERS = frozenset(_OPENER_TEXT.split())


def bare(title: str) -> str:
    """A title without the disambiguator in parentheses at its end."""
    return _TAIL.sub("", title).strip() or title.strip()


@lru_cache(maxsize=65536)
def name_key(text: str) -> str:
    """What two spellings of one name share: folded, the leading article and closing punctuation dropped."""
    return re.sub(r"^the ", "", fold(text).strip(" .,;:'\"’“”《》"))


def known_mentions(text: str, known: tuple[Name, ...]) -> list[Mention]:
    """Where known names stand in `text`, longer names first, no two overlapping."""
    found: list[Mention] = []
    for name in sorted(known, key=lambda n: (-len(n.text), n)):
        if len(name.text) < 2 or name.text not in text:
            continue
        for match in _finder(name.text).finditer(text):
            if not _overlaps(found, match.start(), match.end()):
                found.append(Mention(match.start(), match.end(), name, sure=True))
    return found


@lru_cache(maxsize=8192)
def _finder(name: str) -> re.Pattern[str]:
    pattern = re.escape(name)
    return re.compile(pattern if is_cjk(name) else rf"(?<!\w){pattern}(?!\w)")


def guessed_mentions(text: str, taken: list[Mention]) -> list[Mention]:
    """Capitalised spans and quoted titles that overlap none of `taken`."""
    found: list[Mention] = []
    for match in _QUOTED.finditer(text):
        group = match.lastindex or 1
        if not _overlaps(taken, match.start(), match.end()):
            found.append(Mention(match.start(group), match.end(group), Name(match.group(group)), sure=False))
    for match in _SPAN.finditer(text):
        start, end = _trim(text, match.start(), match.end())
        if start >= end or _stands_alone(text, start, end) or not text[start].isupper():
            continue
        if end - start >= 2 and not _overlaps(taken, start, end) and not _overlaps(found, start, end):
            found.append(Mention(start, end, Name(text[start:end]), sure=False))
    return found


def pronoun_mentions(text: str, title: Name, taken: list[Mention], lang: str) -> list[Mention]:
    """Words that mean the page's own subject, where no name stands."""
    pattern = _PRONOUN_ZH if lang == "zh" else _PRONOUN
    return [
        Mention(match.start(), match.end(), title, sure=False, is_pronoun=True)
        for match in pattern.finditer(text)
        if not _overlaps(taken, match.start(), match.end())
    ]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Cut openers that are capitalised for standing first, a possessive and closing dots."""
    while start < end:
        word = re.match(r"[^\s]+\s*", text[start:end])
        if word is None or word.group().strip(" .,").casefold() not in _OPENERS:
            break
        start += word.end()
    kept = _POSSESSIVE.sub("", text[start:end].rstrip(" .&-'’"))
    return start, start + len(kept)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether the span is but the capitalised first word of a sentence: no sign of a name."""
    return text[:start].strip(' "“(') == "" and " " not in text[start:end]


def _overlaps(mentions: list[Mention], start: int, end: int) -> bool:
    return any(m.start < end and start < m.end for m in mentions)
