"""A sentence as a line of tokens in which the two ends of a fact stand as marks, ready for patterns."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from redsearcher.world.mention import Mention
from redsearcher.world.pattern import GROUP_MARKS, OBJECT, SUBJECT, TOPIC

_TOKEN = re.compile(r"^-\w[\w-]*|['’]s\b|\w+(?:[-'’.&/]\w+)*\.?(?=,|\s+[a-z0-9(,])|\w+(?:[-'’.&/]\w+)*|[^\w\s]")
_PARENTHESIS = re.compile(r"\( [^()]*\) ")
_PRONOUNS = {
    "person": {"he": 0, "she": 0, "his": 1, "her": 1, "him": 0},
    "place": {"it": 0, "its": 1},
    "group": {"it": 0, "its": 1, "they": 0, "their": 1},
    "other": {"it": 0, "its": 1},
}
_NOUNS = {
    "place": frozenset({"city", "country", "town", "village", "nation", "state", "region", "island", "district"}),
    "group": frozenset({"band", "company", "group", "label", "organization", "organisation", "party", "university",
                        "club", "team", "school", "association", "agency"}),
    "other": frozenset({"film", "album", "song", "series", "novel", "game", "book", "show", "language", "episode"}),
}  # fmt: skip
_VERB = re.compile(r"(?<!\S)(?:is|was|are|were) ")
_MIN_SHORT_NAME = 3
_MAX_OBJECTS = 4
_PEOPLE = (GROUP_MARKS["person"], SUBJECT, OBJECT)


def group_of(type_: str) -> str:
    """The group of an entity type: person, place, group (of people) or other."""
    return _GROUPS.get(type_, "other")


_GROUPS = {
    "person": "person",
    **dict.fromkeys(("city", "region", "country", "place", "continent", "river", "mountain", "cemetery"), "place"),
    **dict.fromkeys(
        ("company", "university", "club", "museum", "band", "organization", "party", "label"), "group"
    ),
}  # fmt: skip


class Topic(NamedTuple):
    """A page's own entity: pronouns and, for people, short names may stand for it."""

    entity: str
    group: str
    short_names: frozenset[str]

    @classmethod
    def of(cls, entity: str, type_: str, names: Sequence[str]) -> "Topic":
        short: set[str] = set()
        if type_ == "person":
            last = (name.split()[-1] for name in names if " " in name)
            short = {
                part
                for part in last
                if len(part) >= _MIN_SHORT_NAME and part[0].isupper() and part.replace("-", "").isalpha()
            }
        return cls(entity, group_of(type_), frozenset(short))


class _Token(NamedTuple):
    text: str
    entities: Collection[str]
    group: str
    may_be_topic: bool


class SentenceView:
    """One sentence of a page; `lines(s, o)` are its readings with the marks of two entities put in."""

    def __init__(
        self,
        text: str,
        start: int,
        mentions: Sequence[Mention],
        types: Mapping[str, str],
        topic: Topic | None,
        is_lead: bool = False,
    ) -> None:
        self.topic = topic
        self._is_lead = is_lead
        self.entities: dict[str, None] = {}
        self._tokens: list[_Token] = []
        place = 0
        for mention in mentions:
            if mention.start - start < place:
                continue
            self._add_words(text[place : mention.start - start])
            place = mention.end - start
            group = group_of(types.get(mention.entities[0], "thing"))
            self._tokens.append(_Token(text[mention.start - start : place], mention.entities, group, False))
            self.entities.update(dict.fromkeys(mention.entities))
        self._add_words(text[place:])
        if topic:
            self.entities.setdefault(topic.entity)

    def _add_words(self, text: str) -> None:
        saw_person = any(token.group == "person" for token in self._tokens)
        for match in _TOKEN.finditer(text.replace("’s", "'s")):
            word = match.group()
            before = self._tokens[-1].text.lower() if self._tokens else ""
            self._tokens.append(_Token(word, (), "", self._is_topic(word, before, saw_person)))

    def _is_topic(self, word: str, before: str, saw_person: bool) -> bool:
        if self.topic is None:
            return False
        if word in self.topic.short_names:
            return True
        low = word.lower()
        if low in _PRONOUNS[self.topic.group]:
            return not (saw_person and self.topic.group == "person")
        return before == "the" and low in _NOUNS.get(self.topic.group, ())

    def lines(self, subject: str, object_: str) -> tuple[str, ...]:
        """Readings of the sentence with both ends marked, none if it cannot say anything of both.

        The whole; without parentheses; for the first sentence of a page about an end, with that end put for all that
        stands before the verb; with the page's entity set ahead; and, where the object stands several times, each of
        them with one object kept.
        """
        line = " ".join(self._parts(subject, object_)) + " "
        short = _without_parentheses(line)
        found = [row for row in dict.fromkeys((line, short)) if SUBJECT in row and OBJECT in row]
        if self.topic and self.topic.entity in (subject, object_):
            mark, other = (SUBJECT, OBJECT) if self.topic.entity == subject else (OBJECT, SUBJECT)
            if self._is_lead and (verb := _VERB.search(short)):
                before, after = short[: verb.start()], short[verb.start() :]
                if other in after and (mark in before or not any(sign in before for sign in _PEOPLE)):
                    found.append(f"{mark} {after}")
            if other in line:
                found.append(f"{mark} {TOPIC} {line}")
        kept = [row for whole in found for row in _with_one_object(whole)]
        return tuple(dict.fromkeys([*found, *kept]))

    def _parts(self, subject: str, object_: str) -> list[str]:
        parts: list[str] = []
        for token in self._tokens:
            if object_ in token.entities:
                parts.append(OBJECT)
            elif subject in token.entities:
                parts.append(SUBJECT)
            elif token.entities and token.group != "other":
                parts.append(GROUP_MARKS[token.group])
            elif token.entities:
                parts += token.text.lower().split()
            elif token.may_be_topic and self.topic and self.topic.entity in (subject, object_):
                parts.append(SUBJECT if self.topic.entity == subject else OBJECT)
                if _PRONOUNS[self.topic.group].get(token.text.lower()):
                    parts.append("'s")
            else:
                parts.append(token.text.lower())
        return parts


def _without_parentheses(line: str) -> str:
    line, n_cut = _PARENTHESIS.subn("", line)
    while n_cut:
        line, n_cut = _PARENTHESIS.subn("", line)
    return line


def _with_one_object(line: str) -> list[str]:
    """The line with all objects but one made plain, once for each of the first few; none if there is but one."""
    pieces = line.split(OBJECT)
    if len(pieces) == 2:
        return []
    plain = GROUP_MARKS["other"]
    n = min(len(pieces) - 1, _MAX_OBJECTS)
    return [plain.join(pieces[: k + 1]) + OBJECT + plain.join(pieces[k + 1 :]) for k in range(n)]
