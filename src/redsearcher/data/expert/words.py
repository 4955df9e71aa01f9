"""What the expert says: short sentences of few patterns, each in a handful of wordings."""

import re
from collections.abc import Sequence
from functools import cache
from random import Random

from redsearcher.agent.context import notes
from redsearcher.data.expert.evidence import Block
from redsearcher.data.expert.query import tag
from redsearcher.world.property import properties

SHOWN = 5
"""Names of a list that a thought repeats."""
MOST_REPEATED = 2
"""Blocks of earlier observations that a thought goes back to for one condition."""
_GAP = "..."
"""What snippets put where they leave something out."""

FOUND = ("{n}) {letter}: {names}.", "{n}) gives {letter}: {names}.", "Read {n}) {letter}: {names}.")
NOTHING = ("{n}) nothing on {letter} here.", "{n}) no {letter} in these.", "No {letter} for {n}) yet.")
TRY = ("Try {letter} = {name}.", "Take {letter} = {name}.", "Let {letter} = {name}.")
ASKED = "{n}) {text} [{pattern}]?"
MARK = " = yes"
SO = ", so {letter} = {names}"
YES = ("{n}) yes{because}.", "{n}) holds{because}.", "{n}) ok{because}.")
NO = ("{n}) no{because}.", "{n}) fails{because}.")
UNSTATED = ("{n}) not stated.", "{n}) no word of it.")
OUT = ("{letter} = {name} is out.", "So {letter} is not {name}.", "Drop {letter} = {name}.")
NONE_LEFT = ("No {letter} is left for {n}).", "{n}) no other {letter}.")
GUESS = ("{letter} may be {name}, named there.", "Perhaps {letter} = {name}; not said yet.")
SEARCH = ("Next {n}) {text}. Search.", "Now {n}) {text}. I search.", "Look for {n}) {text}.")
VISIT = ("Open “{title}” for {n}) {text}.", "Next {n}) {text}. Open “{title}”.", "Read “{title}” for {n}) {text}.")
AGAIN = ("Other words for {n}) {text}.", "Again {n}) {text}, in other words.")
CLOSER = ("Nothing fits yet. Second round, closer.", "None of them fits so far. I look closer.")
ALL_HOLD = ("All conditions hold.", "Every condition is met.", "All of it fits.")
GIVE_UP = (
    "I could not find evidence for all conditions, so I give no answer.",
    "The evidence cannot be found with the calls I have; no answer.",
)
NEXT_TEXT = "Go on."
"""What ends a turn that only takes a text apart: elsewhere, too, more follows after a text's statements."""
TAKE_APART = "Take apart: {text}"
"""What asks for it, so that no other message of a user looks like it."""
PAGE, RESULT, BEFORE = "Page", "Result {rank}", "Before"
_SAID = (
    *(FOUND + NOTHING + TRY + YES + NO + UNSTATED + OUT + NONE_LEFT + GUESS + SEARCH + VISIT + AGAIN + CLOSER),
    *(ALL_HOLD + GIVE_UP + (PAGE, RESULT, BEFORE, MARK, SO, NEXT_TEXT)),
    *("Find {letter}.", notes.MARK, notes.SO_FAR),
)


@cache
def vocabulary() -> frozenset[str]:
    """The words of all patterns and the names of relations, lower case: those of every trace, whatever its world."""
    plain = (*(re.sub(r"{.*?}", " ", pattern) for pattern in _SAID), *map(tag, properties()))
    return frozenset(word for pattern in plain for word in re.findall(r"[^\W\d_]{2,}", pattern.lower()))


@cache
def own_words() -> frozenset[str]:
    """The capitalised words of all patterns."""
    plain = (re.sub(r"{.*?}", " ", pattern) for pattern in _SAID)
    return frozenset(word for pattern in plain for word in re.findall(r"\b[A-Z]\w+", pattern))


class Voice:
    """Draws wordings; everything said comes through here."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng

    def say(self, options: Sequence[str], **parts: object) -> str:
        """One wording, its first one most often."""
        option = options[0] if self.rng.random() < 0.5 else self.rng.choice(options)
        return option.format(**parts)


def listed(names: Sequence[str]) -> str:
    """Names in order, cut after SHOWN."""
    return ", ".join(names[:SHOWN]) + (", and more" if len(names) > SHOWN else "")


def marked(name: str, is_asked: bool) -> str:
    """A relation or a name, and whether it is one that the condition names."""
    return f"{name}{MARK}" if is_asked else name


def statement(relation: str, subject: str, values: Sequence[str]) -> str:
    """What is said of one entity; without values, what is asked of it."""
    return f"{relation}: {subject}" + (f" > {', '.join(values)}" if values else "")


def resolution(letter: str, names: Sequence[str]) -> str:
    """What a statement answers, if it does."""
    return SO.format(letter=letter, names=", ".join(names)) if names else ""


def aloud(block: Block) -> str:
    """A text where it stands, read aloud."""
    return f"{_place(block)}, {block.title}: “{block.text.removeprefix(_GAP).removesuffix(_GAP).strip()}”"


def recital(block: Block, statements: Sequence[str], *, is_aloud: bool) -> str:
    """A block, read aloud or only named, then what it states."""
    return f"{aloud(block) if is_aloud else _place(block) + ':'} {stated(statements)}"


def stated(statements: Sequence[str]) -> str:
    """What a text states."""
    return "; ".join(statements) or "-"


def _place(block: Block) -> str:
    return PAGE if block.visited else RESULT.format(rank=block.rank)


def repetition(block: Block, statements: Sequence[str]) -> str:
    """What a block seen earlier stated."""
    return f"{BEFORE}, {block.title}: {stated(statements)}"
