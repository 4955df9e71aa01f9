"""What workers do: open something heavy once, then turn unit after unit into a result."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

U = TypeVar("U")
R = TypeVar("R")

Handler = Callable[[U], R]
AsyncHandler = Callable[[U], Awaitable[R]]


@dataclass(frozen=True)
class Work(Generic[U, R]):
    """Work that computes: a worker does one unit at a time."""

    what: str
    """Names the work in errors."""
    opener: Callable[[], AbstractContextManager[Handler[U, R]]]
    """Called once in each worker, at its first unit; gives what does units. Must pickle, as units and results must."""
    here: Callable[[], AbstractContextManager[Handler[U, R]]] | None = None
    """Used instead of `opener` in this process, where more may be open already. Need not pickle."""
    inherited: bool = False
    """Where processes can be forked, open once in this process and let them inherit it: its memory is shared."""


@dataclass(frozen=True)
class WaitingWork(Generic[U, R]):
    """Work that waits for others (a model, a search): a worker runs an event loop with several units in flight."""

    what: str
    """Names the work in errors."""
    opener: Callable[[], AbstractAsyncContextManager[AsyncHandler[U, R]]]
    """Called once in each worker's event loop, at its first unit. Must pickle, as units and results must."""
    here: Callable[[], AbstractAsyncContextManager[AsyncHandler[U, R]]] | None = None
    """Used instead of `opener` in this process. Need not pickle."""
    in_flight: int = 1
    """Units in flight over all workers; each worker has its share, at least one."""
    around: Callable[[], AbstractContextManager[None]] = nullcontext
    """Entered in the running loop whenever it runs, left when it pauses between turns. Must pickle."""


def for_others(work: Work[Any, Any] | WaitingWork[Any, Any]) -> Work[Any, Any] | WaitingWork[Any, Any]:
    """The work without what is of use in this process only, so that it pickles."""
    return replace(work, here=None)
