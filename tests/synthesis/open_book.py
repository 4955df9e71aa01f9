"""A model that reads what it is shown: it says the facts of a list whose words stand in an excerpt, and no other."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from redsearcher.records.world import Entity, Fact
from redsearcher.world.property import properties

_EXCERPT = re.compile(r"^Excerpt \d+, of the page (.+):$", re.MULTILINE)
_THING = re.compile(r"^- (.+) \(\w+\)$", re.MULTILINE)


class Line(NamedTuple):
    """A fact as names, and the words that say it on the page of that title."""

    title: str
    subject: str
    property: str
    object: str
    quote: str


def line(fact: Fact, entities: Mapping[str, Entity], title: str, quote: str) -> Line:
    label = properties()[fact.property].label["en"]
    return Line(title, entities[fact.subject].label, label, entities[str(fact.object)].label, quote)


class OpenBook:
    """Replies to the messages of a request, from the lines it knows."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._by_title: dict[str, list[Line]] = defaultdict(list)
        for known in lines:
            self._by_title[repr(known.title)].append(known)

    def facts(self, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The facts that it finds in the request."""
        things = set(_THING.findall(messages[1]["content"]))
        _, *parts = _EXCERPT.split(messages[1]["content"])
        return [
            {"subject": known.subject, "property": known.property, "object": known.object, "page": number,
             "quote": known.quote}
            for number, (title, text) in enumerate(zip(parts[::2], parts[1::2], strict=True), 1)
            for known in self._by_title[title]
            if known.quote in text and {known.subject, known.object} <= things
        ]  # fmt: skip

    def reply(self, messages: list[dict[str, Any]]) -> str:
        """Those facts as the prompt asks for them."""
        return json.dumps({"facts": self.facts(messages)})
