"""How the expert words its searches: names that are known, then words of the relation."""

from functools import cache
from random import Random

from redsearcher.data.expert.condition import Condition
from redsearcher.records.query import CompareAtom, FactAtom, LiteralAtom
from redsearcher.world.property import properties

OWN_WORDS = 0.15
MOST_WORDS = 5
_MORE = {"P22": ("children",), "P25": ("children",)}
"""Forms that pages use and the table of properties does not list; the index does not know stems."""
_SMALL = frozenset({"is", "in", "of", "by", "up", "to"})


def property_of(condition: Condition, end: str) -> str:
    """The property that a condition speaks of at that end."""
    constraint = condition.constraint
    if isinstance(constraint, FactAtom | LiteralAtom):
        return constraint.property
    if isinstance(constraint, CompareAtom):
        return constraint.left_property if end == constraint.left else constraint.right_property
    raise ValueError(f"condition {condition.number} speaks of no property")


def own_words(condition: Condition, rng: Random) -> str:
    """Now and then the words of the condition itself, which work for relations never met before; else nothing."""
    is_asked_for = isinstance(condition.constraint, FactAtom) and rng.random() < OWN_WORDS
    return condition.words if is_asked_for else ""


def usual_words(condition: Condition, end: str, rng: Random) -> str:
    """Words that betray the relation, most of those that pages use."""
    words = list(_usual(property_of(condition, end)))
    if len(words) > 3:
        words.remove(rng.choice(words[2:]))
    return " ".join(words[:MOST_WORDS])


def tag(property_id: str) -> str:
    """One name for a relation, whatever the words in which it is asked or stated."""
    phrases = properties()[property_id].en
    return phrases.object_noun or phrases.subject_noun or phrases.cues[0]


def other_words(condition: Condition, end: str, rng: Random) -> str:
    """Different words for the same relation, for a second try: its noun and rarer cues."""
    phrases = properties()[property_of(condition, end)].en
    noun = phrases.object_noun or phrases.subject_noun
    rare = [word for word in reversed(_usual(property_of(condition, end))) if word not in noun]
    return " ".join([*noun.split(), *rare[: rng.choice((1, 2))]])


@cache
def _usual(property_id: str) -> tuple[str, ...]:
    """The cue words of a property one by one; a date's noun too, which pages often use instead of the verb."""
    phrases = properties()[property_id].en
    said = [
        *phrases.cues[:2],
        *_MORE.get(property_id, ()),
        *phrases.cues[2:],
        *(phrases.object_noun.split()[-1:] if properties()[property_id].is_literal else ()),
    ]
    return tuple(dict.fromkeys(word for cue in said for word in cue.split() if word not in _SMALL))
