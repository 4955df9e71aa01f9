"""Rules for first sentences: dates of life, nationality, maker, place, year and size, where the wording is plain."""

import re
from collections.abc import Iterator
from itertools import islice

from redsearcher.records.world import Entity, Value
from redsearcher.world.extract.catalog import Catalog
from redsearcher.world.extract.claim import Claim
from redsearcher.world.extract.lead import REACH, Lead, mask, read_lead
from redsearcher.world.importers.life_date import life_dates
from redsearcher.world.mention import Mention, MentionIndex
from redsearcher.world.naming import demonyms
from redsearcher.world.sentence import sentences

_US = "United States of America"
_GAME = re.compile(r"\b(?:American|Canadian|Australian rules|Gaelic) football\b")
_YEAR = re.compile(r"(?:^|\s)(1[89]\d\d|20\d\d)(?:\s|$)")
_FOUNDED = re.compile(r"\b(?:founded|established) in (1[5-9]\d\d|20\d\d)\b(?!\s*[-–/])")
_NUMBER = r"(\d{1,3}(?:,\d{3})+|\d{3,})(?![\d,.]*\d|\s?(?:million|billion|thousand|%))"
_POPULATION = re.compile(rf"\bpopulation (?:of|was|is) (?:estimated to be )?{_NUMBER}")
_CAPACITY = re.compile(rf"\b(?:seating )?capacity (?:of|is) {_NUMBER}(?! (?:vehicles|cars))")
_DIRECTED = re.compile(r"\bdirected by ")
_PLAYS_FOR = re.compile(r"\bwho (?:currently )?plays (?:as an? [\w-]+(?: [\w-]+)? )?for (?:the )?")
_LOCATED = re.compile(r"\b(?:located|situated|based|headquartered)? ?in (?:the (?:city|town|village|borough) of )?")
_LINKING = re.compile(r"(?:\w[\w'’-]*\s+){0,6}")
_WORKS = frozenset({"album", "song"})
_DATED = frozenset({"film", "album", "song", "book", "game"})
_LOCAL = frozenset(
    {
        "city", "place", "county", "district", "stadium", "university", "school", "museum", "airport", "building",
        "church", "bridge", "park", "mountain", "lake", "island",
    }
)  # fmt: skip
_BASED = frozenset({"club", "company", "band", "organization", "broadcaster", "newspaper"})
_PLACES = frozenset({"city", "place", "county", "district", "state", "region", "country", "island"})
_PEOPLED = frozenset({"city", "place", "county", "district", "state", "region", "island"})
_N_SENTENCES = 3
"""How many first sentences may give a population or a capacity."""
_MAKERS = frozenset({"person", "band"})


class LeadReader:
    """Reads leads with the names of all entities at hand."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        drafts = [draft for draft in catalog.drafts.values() if draft.type]
        self._index = MentionIndex((draft.key, [draft.label, draft.title]) for draft in drafts)
        self._countries = self._adjectives()

    def claims(self, url: str, text: str) -> Iterator[Claim]:
        """What the opening of the page at `url` states of its own subject; every span is a whole sentence, but for
        dates of life, whose span is their parenthesis."""
        key = self._catalog.key(url)
        lead = read_lead(text) if key is not None and text else None
        if key is None or lead is None or not self._catalog.type(key):
            return
        type_ = self._catalog.type(key)
        if type_ == "person":
            for date in life_dates(text):
                yield Claim(key, date.property, None, date.value, url, date.start, date.end)
        for concept, amount, (start, end) in _quantities(text, type_):
            yield Claim(key, concept, None, amount, url, start, end)
        said = mask(text[: lead.end])
        for concept, other, value in self._said(said, lead, type_):
            if other != key:
                yield Claim(key, concept, other, value, url, lead.start, lead.end)

    def _said(self, text: str, lead: Lead, type_: str) -> Iterator[tuple[str, str | None, Value | None]]:
        phrase = text[lead.phrase_start : lead.phrase_end]
        mentions = self._index.find(text)
        if type_ == "person":
            if (country := self._country(phrase)) is not None:
                yield "nationality", country, None
            if (club := self._after(_PLAYS_FOR, text, lead, mentions, frozenset({"club"}), "")) is not None:
                yield "team", club, None
        if type_ in _DATED and (year := _YEAR.search(phrase)):
            yield "released", None, Value(datatype="time", text=year[1], precision="year")
        if type_ == "film" and (director := self._after(_DIRECTED, text, lead, mentions, frozenset({"person"}), "")):
            yield "director", director, None
        if (
            type_ in _WORKS
            and text[lead.phrase_end :].startswith("by ")
            and (maker := self._maker(text, lead, mentions))
        ):
            yield "performer", maker, None
        if type_ in _LOCAL | _BASED:
            place = self._after(_LOCATED, text, lead, mentions, _PLACES, "near")
            if place is not None:
                near, far = ("base", "origin") if type_ in _BASED else ("location", "country")
                yield far if self._catalog.type(place) == "country" else near, place, None
            if (founded := _FOUNDED.search(text, lead.phrase_start)) and type_ not in ("city", "place"):
                yield "founded", None, Value(datatype="time", text=founded[1], precision="year")

    def _after(
        self, pattern: re.Pattern[str], text: str, lead: Lead, mentions: list[Mention], types: frozenset[str], near: str
    ) -> str | None:
        """The entity named right behind the first match; none if the name is shared or goes on."""
        match = pattern.search(text, lead.phrase_start)
        if match is None or (near and match.start() > lead.phrase_end + 12):
            return None
        found = next((m for m in mentions if m.start == match.end()), None)
        return None if found is None else self._sure(text, found, types)

    def _maker(self, text: str, lead: Lead, mentions: list[Mention]) -> str | None:
        """Whoever "by American rock band X" names: the first band or person named there, with only words between."""
        start = lead.phrase_end + len("by ")
        for mention in mentions:
            if mention.start >= start and _LINKING.fullmatch(text, start, mention.start):
                found = self._sure(text, mention, _MAKERS)
                if found is not None and text[mention.start].isupper():
                    return found
        return None

    def _sure(self, text: str, mention: Mention, types: frozenset[str]) -> str | None:
        """The only bearer of the name, if of those types and the name ends there."""
        fitting = [key for key in mention.entities if self._catalog.type(key) in types]
        goes_on = re.match(r"(?: (?:and|&|or|of) [A-Z])|(?:[-’'][\w])|(?: [A-Z])", text[mention.end :])
        return fitting[0] if len(mention.entities) == 1 and fitting and not goes_on else None

    def _country(self, phrase: str) -> str | None:
        """The country whose adjective opens the phrase, if no other country's stands there too."""
        phrase = _GAME.sub("football", phrase)
        found = {self._countries[word] for word in phrase.split() if word in self._countries}
        first = next((word for word in phrase.split() if word not in ("former", "retired", "professional")), "")
        hyphenated = "-" in first and any(part in self._countries for part in first.split("-"))
        return next(iter(found)) if len(found) == 1 and first in self._countries and not hyphenated else None

    def _adjectives(self) -> dict[str, str]:
        countries = [draft for draft in self._catalog.drafts.values() if draft.type == "country"]
        entities = [
            Entity(id=draft.key, label=_US if draft.label == "United States" else draft.label, type="country")
            for draft in countries
        ]
        return {word: key for key, words in demonyms(entities).items() for word in words if " " not in word}


def _quantities(text: str, type_: str) -> Iterator[tuple[str, Value, tuple[int, int]]]:
    """A population or a capacity that the first sentences give, if they give one only."""
    concept, pattern = ("population", _POPULATION) if type_ in _PEOPLED else ("capacity", _CAPACITY)
    if type_ not in _PEOPLED and type_ != "stadium":
        return
    found = [
        (match[1], span)
        for span in islice(sentences(text[: 4 * REACH]), _N_SENTENCES)
        for match in pattern.finditer(text, *span)
    ]
    if len(found) == 1:
        ((number, span),) = found
        yield concept, Value(datatype="quantity", text=number.replace(",", "")), span
