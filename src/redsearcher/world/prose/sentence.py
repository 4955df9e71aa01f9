"""Sentences about one topic: templates rendered with references, tense, number and the values of facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from redsearcher.records.world import Fact
from redsearcher.world.property import entity_types
from redsearcher.world.prose.cast import Cast
from redsearcher.world.prose.lexicon import Forms, can_lead
from redsearcher.world.prose.mention import Mentions, gloss, marks, pronouns, with_article
from redsearcher.world.prose.style import style
from redsearcher.world.prose.template import Slot, Switch, Template
from redsearcher.world.prose.text import PageText
from redsearcher.world.prose.value import rounded, say

T = TypeVar("T")


@dataclass(slots=True)
class Group:
    """Facts of one property at the topic, to be said in one sentence: `others` for relations, `fact` for a literal."""

    property: str
    forward: bool
    facts: list[int]
    others: list[int]
    forms: Forms
    past: bool


class Speaker:
    """Renders templates onto a page. Remembers what was named last, so that a pronoun always means the topic."""

    def __init__(
        self,
        cast: Cast,
        lang: str,
        topic: int,
        text: PageText,
        mentions: Mentions,
        rng: Random,
        own_url: str | None = None,
    ) -> None:
        self._cast, self._lang, self._topic = cast, lang, topic
        self._text, self._mentions, self._rng = text, mentions, rng
        self._pronouns = pronouns(cast, topic, lang)
        self._gloss = gloss(cast, topic, lang)
        kinds = entity_types()
        kind = cast.entities[topic].type
        self._measure = kinds[kind].zh.measure if kind in kinds else "个"
        self._quoted = bool(marks(kind, "X", lang)[1])
        self._date_style = int(rng.random() * 3)
        self._past = cast.is_dead(topic)
        self._is_event = kind == "event"
        self._named = False
        self._unclear = True
        self._own_url = own_url
        self._is_person = cast.is_person(topic)
        self._nominals = self._topic_nominals()
        self.n_sentences = 0

    def begin(self, *, paragraph: bool = False) -> None:
        """Begin a sentence."""
        self._text.begin(paragraph=paragraph)
        self._named = False
        self._unclear = self._unclear or paragraph

    def close(self, groups: Sequence[Group] = (), *, stop: bool = True) -> tuple[int, int]:
        """End it; the span."""
        self.n_sentences += 1
        rivals = [other for group in groups for other in group.others]
        self._unclear = any(self._is_rival(other) for other in rivals)
        return self._text.close(stop=stop)

    def render(self, template: Template, groups: Sequence[Group] = ()) -> None:
        """Write a template; `groups` serve V and V2, O and H belong to the first."""
        for node in template:
            if isinstance(node, str):
                self._text.put(node)
            elif isinstance(node, Slot):
                self._slot(node.name, groups)
            else:
                self.render(self._case(node, groups), groups)

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self._rng.random() * len(options))]

    def _case(self, switch: Switch, groups: Sequence[Group]) -> Template:
        if switch.by == "chance":
            return self.pick(switch.cases)
        if switch.by == "tense":
            return switch.cases[self._past or any(group.past for group in groups)]
        if switch.by == "topic":
            return switch.cases[self._past or self._is_event]
        if switch.by == "number":
            return switch.cases[len(groups[0].facts) > 1]
        sex = self._cast.sex[self._topic]
        return switch.cases[0 if sex == "male" else 1 if sex == "female" else 2]

    def _slot(self, name: str, groups: Sequence[Group]) -> None:
        if name in ("S", "M", "P", "P2", "N"):
            self._refer(name)
        elif name == "G":
            self._text.put(with_article(self._gloss) if self._lang != "zh" else f"一{self._measure}{self._gloss}")
        elif name == "Y":
            self._text.put("who" if self._is_person else "which")
        elif name == "A":
            self._text.put(self.pick(self._cast.entities[self._topic].aliases))
        elif name == "H":
            self._text.put(self._noun(groups[0]))
        elif name == "V":
            self.render(self._verb(groups[0], leads=len(groups) > 1), groups[:1])
        elif name == "V2":
            self.render(self._second(self._verb(groups[1])), groups[1:2])
        elif name == "X":
            self.render(self.pick(groups[0].forms.parts), groups[:1])
        else:
            self._object(name, groups[0])

    def _object(self, name: str, group: Group) -> None:
        if group.others:
            self._mentions.several(group.others)
            return
        fact: Fact = self._cast.facts[group.facts[0]]
        if fact.value is None:
            return
        if name == "R":
            self._text.put(rounded(fact.value, self._lang))
            return
        said = say(fact.value, fact.property, self._lang, self._date_style)
        self._text.put(said.full if name == "O" else said.bare)

    def _verb(self, group: Group, *, leads: bool = False) -> Template:
        """A verb phrase; one that leads another keeps the topic as its grammatical subject."""
        forms = group.forms
        verbs = forms.verbs if len(group.facts) > 1 else (*forms.verbs, *forms.verbs_one)
        free = [verb for verb in verbs if can_lead(verb)] if leads else verbs
        return self.pick(free or verbs)

    def _second(self, verb: Template) -> Template:
        """A Chinese verb phrase that begins with the particle drops it behind the first one."""
        first = verb[0]
        if self._lang == "zh" and isinstance(first, str) and _is_owned(verb):
            return (first[1:], *verb[1:])
        return verb

    def _noun(self, group: Group) -> str:
        forms = group.forms
        if len(group.facts) > 1:
            return forms.plural
        sex = self._cast.sex[group.others[0]] if group.others else ""
        if sex == "male" and forms.noun_male:
            return forms.noun_male
        if sex == "female" and forms.noun_female:
            return forms.noun_female
        return forms.noun

    def _refer(self, case: str) -> None:
        """Write a reference to the topic: subject S, object M, possessive P, name N, bare possessive pronoun P2."""
        forms = self._pronouns
        if forms is not None and case != "N" and (case == "P2" or self._named or self._may_be_pronoun()):
            self._text.put(forms[0 if case == "S" else 1 if case == "M" else 2])
            self._named = True
            return
        share = (
            1.0 if self._quoted and case == "P" else 0.0 if not self.n_sentences else 0.6 if self._is_person else 0.8
        )
        if self._nominals and self._rng.random() < share:
            self._text.put(self.pick(self._nominals))
        else:
            self._full_name()
        self._named = True
        if case in ("P", "P2"):
            self._text.put("的" if self._lang == "zh" else self._text.possessive())

    def _may_be_pronoun(self) -> bool:
        if self.n_sentences == 0:
            return False
        return self._rng.random() < (0.12 if self._unclear else 0.7)

    def _full_name(self) -> None:
        entity = self._cast.entities[self._topic]
        before, after = marks(entity.type, entity.label, self._lang)
        self._text.put(before)
        self._text.name(entity.label, self._own_url)
        self._own_url = None
        self._text.put(after)

    def _topic_nominals(self) -> tuple[str, ...]:
        """Short ways to call the topic that cannot mean anything else on the page."""
        entity = self._cast.entities[self._topic]
        if not self._is_person:
            return style(self._lang).nouns.get(entity.type, ())
        if self._lang == "zh":
            return (f"这位{self._gloss}",) if self._gloss != "人物" else ()
        return () if self._gloss == "person" else (f"the {self._gloss}",)

    def _is_rival(self, number: int) -> bool:
        """Whether a pronoun or nominal might be read as this other entity."""
        if not self._is_person:
            return not self._cast.is_person(number)
        types = entity_types().get(self._cast.entities[number].type)
        return types is not None and types.who


def _is_owned(verb: Template) -> bool:
    """Whether a Chinese phrase makes the topic a possessor: "的导演是..."."""
    return isinstance(verb[0], str) and verb[0].startswith("的")
