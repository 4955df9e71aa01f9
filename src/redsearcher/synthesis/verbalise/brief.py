"""A query as a writer is told it: letters for the unknown, one plain line for each condition."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from redsearcher.records.query import CompareAtom, Constraint, FactAtom, LiteralAtom, Query, Role
from redsearcher.synthesis.verbalise.tool_chinese import tool_sentence as chinese_tool
from redsearcher.synthesis.verbalise.tool_english import tool_sentence as english_tool
from redsearcher.world.interval import Interval, wordings
from redsearcher.world.property import Lang, entity_types, properties
from redsearcher.world.wording import chinese_event, event

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Told(NamedTuple):
    """One condition in plain words. `ways`: how its range may be said, one of which the question must use."""

    id: str
    text: str
    ways: tuple[str, ...] = ()


class Brief(NamedTuple):
    """What a writer is told. `called` maps every variable to a letter with its type, or to its name in quotes."""

    called: dict[str, str]
    conditions: tuple[Told, ...]
    asked: str

    @property
    def things(self) -> str:
        return "\n".join(f"- {text}" for text in self.called.values())

    @property
    def lines(self) -> str:
        """The conditions by their ids, one line each."""
        rows = []
        for told in self.conditions:
            ways = f" (say the range as: {' | '.join(told.ways)})" if told.ways else ""
            rows.append(f"{told.id}: {told.text}{ways}")
        return "\n".join(rows)


def brief(query: Query, names: Mapping[str, str], lang: Lang) -> Brief:
    """The query for a writer. Raises ValueError for a constraint that no plain words are known for."""
    letters = iter(LETTERS)
    called = {}
    for variable in query.variables:
        noun = entity_types()[variable.type].noun(lang).noun
        if variable.role is Role.GIVEN:
            called[variable.name] = f"{noun} “{names[variable.entity or '']}”"
        else:
            called[variable.name] = f"{noun} {next(letters)}"
    conditions = tuple(_told(query, constraint, called, lang) for constraint in query.constraints)
    return Brief(called, conditions, called[query.answer.name])


def _told(query: Query, constraint: Constraint, called: Mapping[str, str], lang: Lang) -> Told:
    if isinstance(constraint, FactAtom):
        phrase = properties()[constraint.property].phrases(lang).forward[0]
        return Told(constraint.id, _join(called[constraint.subject], phrase, called[constraint.object], lang))
    if isinstance(constraint, LiteralAtom):
        phrase = properties()[constraint.property].phrases(lang).forward[0]
        ways = wordings(constraint.property, Interval(constraint.low, constraint.high), lang)
        return Told(constraint.id, _join(called[constraint.subject], phrase, ways[0], lang), ways)
    if isinstance(constraint, CompareAtom):
        return Told(constraint.id, _compared(constraint, called, lang))
    say = english_tool if lang == "en" else chinese_tool
    return Told(constraint.id, say(query, constraint, called.__getitem__))


def _join(subject: str, phrase: str, other: str, lang: Lang) -> str:
    return f"{subject}{'' if lang == 'zh' else ' '}{phrase.replace('{}', other)}"


def _compared(constraint: CompareAtom, called: Mapping[str, str], lang: Lang) -> str:
    left, right = called[constraint.left], called[constraint.right]
    if constraint.left_property == constraint.right_property:
        return _join(left, properties()[constraint.left_property].phrases(lang).less[0], right, lang)
    if lang == "zh":
        theirs, mine = chinese_event(constraint.right_property), chinese_event(constraint.left_property)
        return f"{left}在{right}{theirs}之前{mine}"
    return f"{left} {event(constraint.left_property)} before {right} {event(constraint.right_property)}"


def numbers(text: str) -> list[str]:
    """The runs of digits of a text, thousands joined, in order."""
    return re.findall(r"\d+(?:\.\d+)?", re.sub(r"(?<=\d),(?=\d{3})", "", text))
