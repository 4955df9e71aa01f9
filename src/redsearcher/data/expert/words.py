"""What the expert says: short sentences of few patterns, each in a handful of wordings."""

from collections.abc import Sequence
from random import Random

from redsearcher.data.expert.evidence import Sight

SHOWN = 5
"""Names of a list that a thought repeats."""
MOST_QUOTED = 3
"""Sentences that a thought quotes for one condition."""

FOUND = ("{n}) {letter}: {names}.", "{n}) gives {letter}: {names}.", "Read {n}) {letter}: {names}.")
NOTHING = ("{n}) nothing on {letter} here.", "{n}) no {letter} in these.", "No {letter} for {n}) yet.")
TRY = ("Try {letter} = {name}.", "Take {letter} = {name}.", "Let {letter} = {name}.")
YES = ("{n}) yes: {text}.", "{n}) holds: {text}.", "{n}) ok: {text}.")
NO = ("{n}) no: {text}.", "{n}) fails: {text}.")
UNSTATED = ("{n}) not stated: {text}.", "{n}) no word of it: {text}.")
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


class Voice:
    """Draws wordings; everything said comes through here."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng

    def say(self, options: Sequence[str], **parts: object) -> str:
        """One wording, its first one most often."""
        option = options[0] if self._rng.random() < 0.5 else self._rng.choice(options)
        return option.format(**parts)


def listed(names: Sequence[str]) -> str:
    """Names in order, cut after SHOWN."""
    return ", ".join(names[:SHOWN]) + (", and more" if len(names) > SHOWN else "")


def quotation(sight: Sight, *, is_new: bool) -> str:
    """The words of a page with their place: the number of the result where it is one of the last list."""
    block = sight.block
    place = "Before" if not is_new else "Page" if block.visited else f"Result {block.rank}"
    return f"{place}, {block.title}: “{sight.span}”"
