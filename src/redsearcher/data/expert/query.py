"""How the expert words its searches: names that are known, then words of the relation."""

from random import Random

from redsearcher.data.expert.condition import Condition
from redsearcher.records.query import CompareAtom, FactAtom
from redsearcher.world.property import properties

OWN_WORDS = 0.3


def property_of(condition: Condition, end: str) -> str:
    """The property that a condition speaks of at that end."""
    constraint = condition.constraint
    if isinstance(constraint, CompareAtom):
        return constraint.left_property if end == constraint.left else constraint.right_property
    return constraint.property


def relation_words(condition: Condition, end: str, rng: Random) -> str:
    """Words that betray the relation: two or three of the usual ones, or those of the condition itself."""
    property_ = properties()[property_of(condition, end)]
    if isinstance(condition.constraint, FactAtom) and condition.words and rng.random() < OWN_WORDS:
        return condition.words
    cues = property_.en.cues
    first = cues[0]
    rest = [cue for cue in cues[1:4] if cue not in first]
    rng.shuffle(rest)
    return " ".join([first, *rest[: rng.choice((1, 2))]])


def other_words(condition: Condition, end: str, rng: Random) -> str:
    """Different words for the same relation, for a second try."""
    property_ = properties()[property_of(condition, end)]
    nouns = [noun for noun in (property_.en.object_noun, property_.en.subject_noun) if noun]
    cues = list(property_.en.cues[1:]) or list(property_.en.cues)
    return f"{nouns[0]} {rng.choice(cues)}" if nouns else rng.choice(cues)
