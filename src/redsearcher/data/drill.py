"""Reading drills: one observation and many conditions to read it for.

In a trace of the expert a text is mostly read for one condition. A drill reads it for several, in the expert's own
words, so that reading is learnt in fewer tokens. It is a Trajectory like any other: the question lists the conditions,
one call delivers the text, one turn reads it.
"""

import asyncio
from random import Random
from typing import NamedTuple

from redsearcher.core.hashing import content_hash
from redsearcher.core.rng import derive
from redsearcher.data.easy import around
from redsearcher.data.expert.condition import LETTERS, Condition, Conditions, noun_of, ways_to_say
from redsearcher.data.expert.evidence import Block, Evidence
from redsearcher.data.expert.judge import Judge
from redsearcher.data.expert.library import Library
from redsearcher.data.expert.lookup import is_single
from redsearcher.data.expert.query import usual_words
from redsearcher.data.expert.record import recorded
from redsearcher.data.expert.report import Found, Reporter
from redsearcher.data.expert.words import SEARCH, VISIT, Voice
from redsearcher.data.holdout import HELD_OUT_PROPERTIES, held_out_phrases
from redsearcher.records.query import FactAtom, LiteralAtom, Query, Role, Variable
from redsearcher.records.tool import ToolCall
from redsearcher.records.trajectory import Step, StopReason, Trajectory
from redsearcher.records.world import Fact
from redsearcher.web.toolbox import Toolbox
from redsearcher.world.property import properties
from redsearcher.world.store import World

MOST_CONDITIONS = 4
"""Conditions of one drill."""
VISITS = 0.15
"""Share of drills that read a page instead of results."""
CHECKS, ABSENT = 0.25, 0.25
"""Shares of conditions that name both ends, and of those beside which one stands that nothing shown may decide."""
_TRIES = 8
DONE = "done"


class _Asked(NamedTuple):
    """A condition to read for, with its query and what its known ends are; `target` is its open end, if one is open."""

    item: Condition
    query: Query
    bound: dict[str, str]
    target: str | None

    @property
    def kind(self) -> str:
        """What the open end is called."""
        return noun_of(self.query.variable(self.target or "").type)

    @property
    def letter(self) -> str:
        return LETTERS[self.item.number - 1]


class Drills:
    """Drills on one world; the same world, seed and number give the same drill."""

    def __init__(self, world: World, tools: Toolbox, library: Library, seed: int, *, hold_out: bool) -> None:
        self._tools, self._library, self._seed = tools, library, seed
        self._entities = world.entities
        without = HELD_OUT_PROPERTIES if hold_out else frozenset()
        self._phrases = held_out_phrases() if hold_out else frozenset()
        self._allowed = frozenset(properties()) - without
        self._facts = sorted(
            (fact for fact in world.facts.values() if fact.property in self._allowed and world.statements.get(fact.id)),
            key=lambda fact: fact.id,
        )

    def draw(self, number: int) -> Trajectory | None:
        """A drill, or None where the draw led to nothing worth reading."""
        rng = derive(self._seed, "drill", number)
        fact = rng.choice(self._facts)
        entity = fact.subject if fact.object is None or rng.random() < 0.5 else fact.object
        label = self._entities[entity].label
        evidence, voice = Evidence(self._library, [(entity, label)]), Voice(rng)
        sought = self._condition(fact, entity, evidence, 1, rng)
        if sought is None:
            return None
        words = usual_words(sought.item, next(iter(sought.bound)), rng)
        call = ToolCall(id="call_1", name="search", arguments={"query": [f'"{label}" {words}']})
        seen = asyncio.run(self._tools.call(call))
        evidence.read([seen.content])
        lead = SEARCH
        page = self._page(entity, evidence) if rng.random() < VISITS else None
        if page is not None:
            evidence = Evidence(self._library, [(entity, label)])
            call = ToolCall(id="call_1", name="visit", arguments={"url": [page.url], "goal": "all of it"})
            seen = asyncio.run(self._tools.call(call))
            evidence.read([seen.content])
            lead = VISIT
        asked = self._questions(evidence, rng)
        if len(asked) < 2:
            return None
        told = [_text(one, evidence) for one in asked]
        opening = voice.say(lead, n=1, text=told[0], title=page.title if page else label)
        asks = f"Open {page.url} ({page.title})" if page else f"Search for “{label}”"
        question = f"{asks} and read:\n" + "\n".join(
            f"{one.item.number}) {text}" for one, text in zip(asked, told, strict=True)
        )
        said = self._said(asked, evidence, voice)
        steps = (
            Step(thought=opening, calls=(call,), observations=(seen,)),
            Step(thought=f"{said}\n<answer>{DONE}</answer>"),
        )
        key, task = content_hash("drill", self._seed, number), content_hash("drill of", self._seed, number)
        return recorded(key, task, question, self._seed, steps, StopReason.ANSWERED, answer=DONE)

    def _page(self, entity: str, evidence: Evidence) -> Block | None:
        """The first result about the entity."""
        return next((hit for hit in evidence.latest_hits if self._library.topic(hit.url) == entity), None)

    def _questions(self, evidence: Evidence, rng: Random) -> list[_Asked]:
        """Conditions on what is shown, in random order, numbered from 1, no two alike."""
        seen = [
            note.fact
            for block in evidence.latest
            for note in self._library.notes(block.url)
            if note.span in block.text and note.fact.property in self._allowed
        ]
        facts = rng.sample(seen, len(seen))[: 2 * MOST_CONDITIONS]
        found: list[_Asked] = []
        said: set[str] = set()
        for fact in facts:
            for wanted in (self._known, self._absent) if rng.random() < ABSENT else (self._known,):
                asked = wanted(fact, evidence, len(found) + 1, rng)
                text = _text(asked, evidence) if asked else ""
                if asked is not None and len(found) < MOST_CONDITIONS and text not in said:
                    said.add(text)
                    found.append(asked)
        return found

    def _known(self, fact: Fact, evidence: Evidence, number: int, rng: Random) -> _Asked | None:
        """A condition on a fact that is shown, asked from one of the ends that are named."""
        ends = [end for end in (fact.subject, fact.object) if end is not None and end in evidence.names]
        return self._condition(fact, rng.choice(ends), evidence, number, rng) if ends else None

    def _absent(self, fact: Fact, evidence: Evidence, number: int, rng: Random) -> _Asked | None:
        """A condition on a name that is shown, which nothing shown may decide."""
        named = list(evidence.names)
        for _ in range(_TRIES):
            entity = rng.choice(named)
            type_ = self._library.type_of(entity)
            property_ = properties()[rng.choice(sorted(self._allowed))]
            if property_.is_literal:
                continue
            if type_ in property_.subject:
                kind, is_subject = rng.choice(property_.object), True
            elif type_ in property_.object:
                kind, is_subject = rng.choice(property_.subject), False
            else:
                continue
            other = next((e for e in named if e != entity and self._library.type_of(e) == kind), None)
            ends = (entity, other) if is_subject else (other, entity)
            return self._fact_condition(property_.id, ends, kind, rng.random() < 0.5, number, rng)
        return None

    def _condition(self, fact: Fact, known: str, evidence: Evidence, number: int, rng: Random) -> _Asked | None:
        if fact.object is None:
            return self._range(fact, number, rng)
        other = fact.object if known == fact.subject else fact.subject
        is_check = rng.random() < CHECKS and other in evidence.names
        ends = (fact.subject if fact.subject == known or is_check else None,
                fact.object if fact.object == known or is_check else None)  # fmt: skip
        return self._fact_condition(fact.property, ends, self._library.type_of(other), is_check, number, rng)

    def _fact_condition(
        self, property_: str, ends: tuple[str | None, str | None], kind: str, is_check: bool, number: int, rng: Random
    ) -> _Asked | None:
        """`ends` are subject and object; of two known ones the first stays known unless it is a check."""
        names = (f"s{number}", f"o{number}")
        atom = FactAtom(id=f"c{number}", subject=names[0], property=property_, object=names[1])
        bound = {name: end for name, end in zip(names, ends, strict=True) if end is not None}
        if len(bound) == 2 and not is_check:
            del bound[rng.choice(names)]
        variables = tuple(
            Variable(
                name=name,
                role=Role.GIVEN if name in bound else Role.ANSWER,
                type=self._library.type_of(bound[name]) if name in bound else kind,
                entity=bound.get(name),
                label=self._entities[bound[name]].label if name in bound else None,
            )
            for name in names
        )
        return self._worded(Query(variables=variables, constraints=(atom,)), bound, number, rng)

    def _range(self, fact: Fact, number: int, rng: Random) -> _Asked | None:
        if fact.value is None or properties()[fact.property].object[0] not in ("time", "quantity"):
            return None
        is_time = properties()[fact.property].object[0] == "time"
        low, high = around(fact.value.number, is_time, rng)
        shift = rng.choice((0.0, 0.0, high - low + 1, low - high - 1))
        name = f"s{number}"
        atom = LiteralAtom(id=f"c{number}", subject=name, property=fact.property, low=low + shift, high=high + shift)
        given = Variable(
            name=name, role=Role.GIVEN, type=self._library.type_of(fact.subject), entity=fact.subject,
            label=self._entities[fact.subject].label,
        )  # fmt: skip
        return self._worded(Query(variables=(given,), constraints=(atom,)), {name: fact.subject}, number, rng)

    def _worded(self, query: Query, bound: dict[str, str], number: int, rng: Random) -> _Asked | None:
        constraint = query.constraints[0]
        names = {v.name: v.label or "" for v in query.givens}
        options = list(dict.fromkeys((way.template, way.ends) for way in ways_to_say(constraint, query, names)))
        allowed = [way for way in options if way[0].replace("{0} ", "", 1).replace("{1}", "{}") not in self._phrases]
        if not allowed:
            return None
        template, ends = rng.choice(allowed)
        target = next((v.name for v in query.variables if v.name not in bound), None)
        return _Asked(Condition(number, constraint, template, ends), query, bound, target)

    def _said(self, asked: list[_Asked], evidence: Evidence, voice: Voice) -> str:
        letters = {one.target: one.letter for one in asked if one.target is not None}
        kinds = {one.target: one.kind for one in asked if one.target is not None}
        conditions = Conditions(tuple(one.item for one in asked), letters, {}, kinds, "")
        reporter = Reporter(conditions, evidence, voice)
        judge = Judge(evidence)
        lines: list[str] = []
        for one in asked:
            if one.target is None:
                lines += reporter.verdict(one.item, one.bound, judge.verdict(one.item, one.bound))
            else:
                (source,) = one.bound
                found = Found(one.item, one.target, self._values(one, evidence), is_single(one.item, source))
                lines += reporter.found(found, one.bound)
        return "\n".join(lines)

    def _values(self, one: _Asked, evidence: Evidence) -> list[str]:
        """Entities seen at the open end, of its kind."""
        atom = one.item.constraint
        if not isinstance(atom, FactAtom):
            return []
        (known,) = one.bound.values()
        is_forward = atom.subject in one.bound
        seen = evidence.objects(atom.property, known) if is_forward else evidence.subjects(atom.property, known)
        kind = one.query.variable(one.target or "").type
        return [entity for entity in seen if self._library.type_of(entity) == kind and entity != known]


def _text(one: _Asked, evidence: Evidence) -> str:
    """The condition in words, letters for what is open."""
    names = {name: evidence.call(entity) for name, entity in one.bound.items()}
    return one.item.say({**names, **({one.target: f"{one.kind} {one.letter}"} if one.target else {})})
