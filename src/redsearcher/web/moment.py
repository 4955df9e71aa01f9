"""When a tool call is made: in which episode, after how many others. What may pass with time is decided by it."""

from contextvars import ContextVar
from typing import NamedTuple

HEADER = "x-redsearcher-moment"
"""Tells a server of ours the moment of a call over HTTP."""
META = "redsearcher/moment"
"""Does so over MCP."""
TRY_HEADER = "x-redsearcher-try"
"""Tells a server of ours how often this very request was tried before."""


class Moment(NamedTuple):
    """An episode by its seed, and how many tool calls it made before."""

    seed: int
    call: int

    def __str__(self) -> str:
        return f"{self.seed}.{self.call}"


MOMENT: ContextVar[Moment | None] = ContextVar("moment", default=None)
"""The moment of the call that is being answered; threads and tasks begun for it have it too."""


def read_moment(text: object) -> Moment | None:
    """The moment that a client told; None for anything else."""
    seed, _, call = text.partition(".") if isinstance(text, str) and len(text) < 60 else ("", "", "")
    if not (
        seed.removeprefix("-").isascii() and seed.removeprefix("-").isdigit() and call.isascii() and call.isdigit()
    ):
        return None
    return Moment(int(seed), int(call))
