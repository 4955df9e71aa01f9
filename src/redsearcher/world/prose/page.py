"""One page: facts grouped into sentences, colour between them, spans and links as they come out."""

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from redsearcher.records.world import Link
from redsearcher.world.prose.cast import Cast
from redsearcher.world.prose.config import ProseConfig
from redsearcher.world.prose.lexicon import lexicon
from redsearcher.world.prose.mention import Mentions
from redsearcher.world.prose.plan import Sheet
from redsearcher.world.prose.sentence import Group, Speaker
from redsearcher.world.prose.style import Lines, style
from redsearcher.world.prose.template import Template
from redsearcher.world.prose.text import PageText

PARAGRAPH = 4
"""Sentences before a new paragraph may begin."""


_LAST_WORDS = frozenset({"P20", "P570"})
"""Nothing in a life follows these within a sentence."""


class Span(NamedTuple):
    """A fact (its number) and the sentence that says it."""

    fact: int
    start: int
    end: int


class Written(NamedTuple):
    """A page's text with what is known of it."""

    text: str
    links: tuple[Link, ...]
    spans: list[Span]


class Trim(NamedTuple):
    """Words to put before or behind sentences of one page, each at most once."""

    heads: list[Template]
    tails: list[Template]


class PageWriter:
    """Writes the sheets of one plan in one language. `home(e)` is the address where mentions of an entity lead."""

    def __init__(self, cast: Cast, lang: str, config: ProseConfig, home: Callable[[int], str | None]) -> None:
        self._cast, self._lang, self._config, self._home = cast, lang, config, home
        self._style, self._lexicon = style(lang), lexicon(lang)

    def write(self, sheet: Sheet, rng: Random) -> Written:
        """The page of a sheet."""
        text = PageText(gap="" if self._lang == "zh" else " ", stop="。" if self._lang == "zh" else ".")
        speaker = self._speaker(sheet.topic, text, rng)
        spans: list[Span] = []
        groups = self._groups(sheet, rng)
        lines = [group for group in groups if group.forms.line is not None]
        queue = [group for group in groups if group.forms.line is None]
        self._open(sheet, speaker, queue, spans, rng)
        if sheet.kind.name == "encyclopedia" and self._cast.entities[sheet.topic].aliases and rng.random() < 0.6:
            speaker.begin()
            speaker.render(speaker.pick(self._style.patterns["alias"]))
            speaker.close()
        self._body(sheet, speaker, queue, spans, rng)
        for group in lines:
            speaker.begin(paragraph=True)
            if group.forms.line is not None:
                speaker.render(group.forms.line, (group,))
            self._note((group,), speaker.close((group,), stop=False), spans)
        return Written(str(text), tuple(text.links), spans)

    def write_noise(self, topic: int, key: str, rng: Random) -> Written:
        """A page that states no fact, around one named entity."""
        text = PageText(gap="" if self._lang == "zh" else " ", stop="。" if self._lang == "zh" else ".")
        speaker = self._speaker(topic, text, rng, self._home(topic))
        first, rest = self._style.noise[key][0], self._style.noise[key][1:]
        trim = self._trim(rng)
        for i, template in enumerate([first, *_some(rest, 6 + int(rng.random() * 5), rng)]):
            speaker.begin(paragraph=i > 0 and i % PARAGRAPH == 0)
            self._colour_sentence(speaker, template, rng, None if i == 0 else trim)
        return Written(str(text), tuple(text.links), [])

    def _trim(self, rng: Random) -> Trim:
        return Trim(_some(self._style.heads, 3, rng), _some(self._style.tails, 3, rng))

    def _colour_sentence(self, speaker: Speaker, line: Template, rng: Random, trim: Trim | None) -> None:
        """A begun sentence without facts, perhaps with a few words before or behind it."""
        chance = 1.0 if trim is None or _has_comma(line) else rng.random()
        if trim and trim.heads and chance < 0.22:
            speaker.render(trim.heads.pop())
        speaker.render(line)
        if trim and trim.tails and 0.22 < chance < 0.5:
            speaker.render(trim.tails.pop())
        speaker.close()

    def _speaker(self, topic: int, text: PageText, rng: Random, own_url: str | None = None) -> Speaker:
        mentions = Mentions(self._cast, self._lang, text, self._home, rng, self._config.alias_share)
        return Speaker(self._cast, self._lang, topic, text, mentions, rng, own_url)

    def _groups(self, sheet: Sheet, rng: Random) -> list[Group]:
        """Facts of a sheet by property, split where a language cannot list them."""
        cast, type_ = self._cast, self._cast.entities[sheet.topic].type
        found: dict[tuple[str, bool], Group] = {}
        result: list[Group] = []
        for item in sheet.items:
            fact, forward = item >> 1, bool(item & 1)
            key = (cast.facts[fact].property, forward)
            other = cast.other(fact, forward)
            past = cast.is_dead(sheet.topic) or (other >= 0 and cast.is_dead(other))
            group = found.get(key)
            if group is not None and other >= 0 and group.forms.can_list and rng.random() < 0.85:
                group.facts.append(fact)
                group.others.append(other)
                group.past = group.past or past
                continue
            forms = self._lexicon.get((*key, type_)) or self._lexicon[*key, ""]
            group = Group(*key, [fact], [other] if other >= 0 else [], forms, past)
            found[key] = group
            result.append(group)
        return [group for group in result if not group.forms.is_empty]

    def _open(self, sheet: Sheet, speaker: Speaker, queue: list[Group], spans: list[Span], rng: Random) -> None:
        """The first sentence, which names the topic; it may take a fact along."""
        entity_type = self._cast.entities[sheet.topic].type
        speaker.begin()
        lead = next((i for i, group in enumerate(queue) if group.property == sheet.kind.lead), -1)
        if lead >= 0:
            group = queue.pop(lead)
            speaker.render(speaker.pick(self._style.openings[sheet.kind.name]), (group,))
            self._note((group,), speaker.close((group,)), spans)
            return
        first = next((i for i, group in enumerate(queue) if group.forms.parts), -1)
        if first >= 0 and sheet.kind.site != "news" and rng.random() < 0.5:
            group = queue.pop(first)
            speaker.render(speaker.pick(self._style.patterns["opening"]), (group,))
            self._note((group,), speaker.close((group,)), spans)
            return
        openings = self._style.openings
        name = sheet.kind.name
        key = next(k for k in (f"{name}.{entity_type}", name, entity_type, "any") if k in openings)
        speaker.render(speaker.pick(openings[key]))
        speaker.close()

    def _body(self, sheet: Sheet, speaker: Speaker, queue: list[Group], spans: list[Span], rng: Random) -> None:
        rng.shuffle(queue)
        n_colour = max(2, self._config.colour_sentences + int(rng.random() * 5) - 2 - abs(len(queue) - 4))
        colour = self._colour(sheet, n_colour if self._config.colour_sentences else 0, rng)
        trim = self._trim(rng)
        since = 1
        while queue or colour:
            paragraph = since >= PARAGRAPH and rng.random() < 0.5
            since = 1 if paragraph else since + 1
            speaker.begin(paragraph=paragraph)
            if queue and (not colour or rng.random() < 0.6):
                groups = self._say(sheet, speaker, queue, rng)
                self._note(groups, speaker.close(groups), spans)
            else:
                self._colour_sentence(speaker, colour.pop(), rng, None if not colour else trim)

    def _colour(self, sheet: Sheet, n: int, rng: Random) -> list[Template]:
        """Sentences without facts; at most one of them is about the site rather than the topic."""
        entity_type = self._cast.entities[sheet.topic].type
        own = self._style.colour.get(sheet.kind.name) or self._style.colour.get(entity_type, ())
        lines = _some(own, n, rng)
        closings = self._style.closings.get(sheet.kind.site, ())
        if closings and lines and rng.random() < 0.7:
            lines[0] = closings[int(rng.random() * len(closings))]
        return lines

    def _say(self, sheet: Sheet, speaker: Speaker, queue: list[Group], rng: Random) -> tuple[Group, ...]:
        """Write one sentence for the first group, or for the first two; what it says."""
        group = queue.pop()
        patterns, forms, single = self._style.patterns, group.forms, len(group.facts) == 1
        chance = rng.random()
        if queue and single and chance < 0.3:
            second = queue[-1]
            apart = not (group.others and group.others[0] in second.others)
            apart = apart and (group.property not in _LAST_WORDS or second.property in _LAST_WORDS)
            leads = forms.can_lead and _has_verb(group)
            if apart and _has_verb(second) and (leads or forms.parts):
                queue.pop()
                with_part = bool(forms.parts) and (not leads or rng.random() < 0.45)
                speaker.render(speaker.pick(patterns["part" if with_part else "pair"]), (group, second))
                return group, second
        options: list[tuple[float, Lines]] = []
        if _has_verb(group):
            options.append((3.0, patterns["verb"]))
        if forms.clauses:
            options.append((2.2, forms.clauses))
        if forms.noun and single:
            options.append((1.6, patterns["noun" if group.others else "noun_value"]))
        if forms.plural and not single:
            options.append((2.0, patterns["nouns"]))
        lines = _weighted(options, rng)
        if lines is not forms.clauses and rng.random() < 0.16:
            frames = (*self._style.frames["any"], *self._style.frames.get(sheet.kind.site, ()))
            speaker.render(speaker.pick(frames))
        speaker.render(speaker.pick(lines), (group,))
        return (group,)

    def _note(self, groups: tuple[Group, ...], span: tuple[int, int], spans: list[Span]) -> None:
        for group in groups:
            for fact in group.facts:
                spans.append(Span(fact, *span))
                twin = self._cast.twin[fact]
                if twin >= 0:
                    spans.append(Span(twin, *span))


def _has_verb(group: Group) -> bool:
    return bool(group.forms.verbs or (group.forms.verbs_one and len(group.facts) == 1))


def _has_comma(line: Template) -> bool:
    return any(isinstance(node, str) and ("," in node or "，" in node) for node in line)


def _weighted(options: list[tuple[float, Lines]], rng: Random) -> Lines:
    point = rng.random() * sum(weight for weight, _ in options)
    for weight, lines in options:
        point -= weight
        if point < 0:
            return lines
    return options[-1][1]


def _some(lines: Lines, n: int, rng: Random) -> list[Template]:
    return rng.sample(lines, min(n, len(lines)))
