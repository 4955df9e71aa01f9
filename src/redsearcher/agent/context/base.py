"""What a context strategy is: what to do when the conversation passes its share of the window."""

from string import Template
from typing import NamedTuple, Protocol

from redsearcher.agent.conversation import Change
from redsearcher.records.chat import Message, Usage


class View(NamedTuple):
    """The conversation as a strategy sees it; `n_calls` counts the calls of its rounds."""

    messages: tuple[Message, ...]
    n_rounds: int
    n_calls: int
    hidden: int


class Room(NamedTuple):
    """A change, and the tokens that finding it took."""

    change: Change
    usage: Usage = Usage()


class ContextStrategy(Protocol):
    """Makes room. Called before a turn whose prompt is over the threshold, or before every one if it says so."""

    every_turn: bool

    @property
    def name(self) -> str:
        """What trajectories say ran."""
        ...

    async def make_room(self, view: View) -> Room | None:
        """The change to make, or None if there is nothing to drop."""
        ...


def fill(template: str, view: View, **values: str) -> str:
    """A prompt with its variables filled in. Raises KeyError for a missing one."""
    return Template(template).substitute(n_rounds=view.n_rounds, n_calls=view.n_calls, **values)
