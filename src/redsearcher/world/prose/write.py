"""All pages of a world, streamed: plan, then one page after the other with its statements."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from random import Random

from redsearcher.core.rng import derive
from redsearcher.records.world import Document, Entity, Fact, Statement, Strength
from redsearcher.world.prose.cast import Cast
from redsearcher.world.prose.config import ProseConfig
from redsearcher.world.prose.kind import Place, slug
from redsearcher.world.prose.mention import gloss
from redsearcher.world.prose.page import PageWriter, Written
from redsearcher.world.prose.plan import Plan, Sheet
from redsearcher.world.prose.style import style
from redsearcher.world.prose.template import Slot, Switch, Template
from redsearcher.world.prose.value import day_of

_PLACES = frozenset({"city", "region", "country", "river", "mountain"})
_EARLIEST_NEWS = 1998


def write_pages(
    entities: Sequence[Entity], facts: Sequence[Fact], lang: str, config: ProseConfig
) -> Iterator[tuple[Document, list[Statement]]]:
    """Pages about `entities` in language `lang` (en or zh), each with its strict statements, in a fixed order.

    Same arguments, same pages. Memory: a few numbers per entity and fact beside the inputs; pages are not kept.
    """
    return iter(_Press(entities, facts, lang, config))


class _Press:
    """Holds what all pages share: the plan, addresses, titles."""

    def __init__(self, entities: Sequence[Entity], facts: Sequence[Fact], lang: str, config: ProseConfig) -> None:
        self._lang, self._config = lang, config
        self._cast = Cast(entities, facts)
        self._plan = Plan(self._cast, config)
        self._slugs = Counter(slug(entity.label) for entity in entities)
        self._labels = Counter(entity.label for entity in entities)
        self._homes: list[str | None] = [None] * len(entities)
        self._writer = PageWriter(self._cast, lang, config, self._home)

    def __iter__(self) -> Iterator[tuple[Document, list[Statement]]]:
        share = self._config.noise_share
        for number in range(len(self._cast.entities)):
            for sheet in self._plan.sheets(number):
                rng = derive(self._config.seed, "page", number, sheet.kind.name)
                yield self._page(sheet, rng)
                if rng.random() < share / (1 - share):
                    yield self._noise(number, rng), []

    def _page(self, sheet: Sheet, rng: Random) -> tuple[Document, list[Statement]]:
        written = self._writer.write(sheet, rng)
        date = self._date(sheet)
        place = self._place(sheet.topic, sheet.kind.site, sheet.kind.name, date)
        document = self._document(self._about(sheet), sheet.kind.name, place, date, written, rng)
        facts, page = self._cast.facts, document.id
        statements = [
            Statement(fact=facts[span.fact].id, document=page, start=span.start, end=span.end, strength=Strength.STRICT)
            for span in written.spans
        ]
        return document, statements

    def _noise(self, topic: int, rng: Random) -> Document:
        at_place = self._cast.entities[topic].type in _PLACES
        key = ("weather", "travelogue", "opinion")[int(rng.random() * 3)] if at_place else (
            "opinion", "letters")[int(rng.random() * 2)]  # fmt: skip
        date = _random_day(rng, _EARLIEST_NEWS, self._config.year)
        written = self._writer.write_noise(topic, key, rng)
        place = self._place(topic, "news", f"{key}-{rng.randrange(10**6)}", date)
        return self._document((topic,), key, place, date, written, rng)

    def _document(
        self, about: tuple[int, ...], kind: str, place: Place, date: str, written: Written, rng: Random
    ) -> Document:
        return Document(
            url=place.url,
            site=place.host,
            kind=kind,
            title=self._headline(about, kind, rng),
            text=written.text,
            lang=self._lang,
            links=written.links,
            about=tuple(self._cast.entities[number].id for number in about),
            date=date,
        )

    def _about(self, sheet: Sheet) -> tuple[int, ...]:
        """The topic, and the other one of a page that is about two."""
        facts = self._cast.facts
        lead = [item for item in sheet.items if facts[item >> 1].property == sheet.kind.lead]
        return (sheet.topic, *(self._cast.other(item >> 1, bool(item & 1)) for item in lead))

    def _headline(self, about: tuple[int, ...], kind: str, rng: Random) -> str:
        templates = style(self._lang).titles[kind]
        return _title(templates[int(rng.random() * len(templates))], [self._title(number) for number in about], rng)

    def _title(self, number: int) -> str:
        """The label, told apart from namesakes by what the entity is and, if need be, by its year."""
        entity = self._cast.entities[number]
        if self._labels[entity.label] == 1:
            return entity.label
        what = gloss(self._cast, number, self._lang)
        return f"{entity.label}（{what}）" if self._lang == "zh" else f"{entity.label} ({what})"

    def _place(self, number: int, site: str, kind: str, date: str) -> Place:
        entity = self._cast.entities[number]
        digits = int("".join(char for char in entity.id if char.isdigit()) or number)
        name = entity.label
        if self._slugs[slug(name)] > 1 and slug(name):
            name = f"{name} {gloss(self._cast, number, self._lang)} {digits}"
        return Place(site, kind, name=name, number=digits, press=self._press(self._cast.country[number]), date=date)

    def _home(self, number: int) -> str | None:
        """Where mentions of an entity lead: its encyclopedia page if there is one, else its first page."""
        if self._homes[number] is None:
            sheets = self._plan.sheets(number)
            if not sheets:
                return None
            home = sheets[0]
            self._homes[number] = self._place(number, home.kind.site, home.kind.name, self._date(home)).url
        return self._homes[number]

    def _press(self, country: int) -> str:
        entity = self._cast.entities[country]
        return slug(entity.label) or invented_word(entity.id)

    def _date(self, sheet: Sheet) -> str:
        """Day of a news page: after everything it reports, soon after a death or a match."""
        if sheet.kind.site != "news":
            return ""
        cast = self._cast
        rng = derive(self._config.seed, "day", sheet.topic, sheet.kind.name)
        if sheet.kind.lead:
            return self._wedding_day(self._about(sheet), rng)
        latest, last_day = cast.died[sheet.topic], ""
        for item in sheet.items + [item for item in cast.incident[sheet.topic] if item & 1]:
            value = cast.facts[item >> 1].value
            if value is not None and value.datatype == "time":
                latest = max(latest, int(value.text[:4]))
                if cast.facts[item >> 1].property in ("P570", "P585"):
                    last_day = value.text
        if last_day and sheet.kind.name in ("obituary", "report"):
            return _soon_after(day_of(last_day, rng), rng)
        return _random_day(rng, max(_EARLIEST_NEWS, min(latest + 1, self._config.year)), self._config.year)

    def _wedding_day(self, couple: tuple[int, ...], rng: Random) -> str:
        """A day on which both are grown up and alive."""
        born = max(self._cast.born[person] for person in couple)
        ends = [self._cast.died[person] or self._config.year for person in couple]
        first = born + 20 if born else min(ends) - 1
        return _random_day(rng, min(first, min(ends) - 1), max(first, min(first + 8, min(ends) - 1)))


@cache
def invented_word(key: str) -> str:
    """A made-up ASCII word that depends on `key` alone, for hosts of countries whose names have no Latin letters."""
    rng = derive(0, "host", key)
    return "".join(rng.choice("bdfghklmnprstvz") + rng.choice("aeiou") for _ in range(3))


def _random_day(rng: Random, first: int, last: int) -> str:
    year = first + int(rng.random() * (last - first + 1))
    return f"{year}-{1 + int(rng.random() * 12):02d}-{1 + int(rng.random() * 28):02d}"


def _soon_after(day: str, rng: Random) -> str:
    """One to four days later, within the simple calendar of 28 days a month that generated dates use."""
    year, month, number = (int(part) for part in day.split("-"))
    number += 1 + int(rng.random() * 4)
    if number > 28:
        number, month = number - 28, month + 1
    return f"{year + month // 13}-{month % 13 + month // 13:02d}-{number:02d}"


def _title(template: Template, names: list[str], rng: Random) -> str:
    parts = []
    for node in template:
        if isinstance(node, Switch):
            parts.append(_title(node.cases[int(rng.random() * len(node.cases))], names, rng))
        elif isinstance(node, Slot):
            parts.append(names[node.name == "O"])
        else:
            parts.append(node)
    return "".join(parts)
