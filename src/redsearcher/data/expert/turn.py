"""One turn of the expert, before it becomes a message."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Bound = Mapping[str, str]
"""Variable -> entity, in the order in which they were bound."""


class Turn(NamedTuple):
    """What it thinks, and a call, or (kind answer) the end; `answer` None gives up.

    `text` is the query of a search or the address of a visit, whose `goal` says what the page should tell.
    """

    thought: str
    kind: Literal["search", "visit", "answer"]
    text: str = ""
    goal: str = ""
    answer: str | None = None


class Choice(NamedTuple):
    """A variable under trial: the value taken, and those left to try."""

    variable: str
    value: str
    left: tuple[str, ...]
