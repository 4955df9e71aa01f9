"""The part of a worker that does the work, the same in this process, in another and in an actor."""

import asyncio
import traceback
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, ExitStack
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from redsearcher.core.fanout.work import AsyncHandler, Handler, R, U, WaitingWork, Work
from redsearcher.errors import RedsearcherError

G_contra = TypeVar("G_contra", contravariant=True)
Around = Callable[[], AbstractContextManager[None]]


class Done(NamedTuple):
    """What became of one unit: its result, or the error that it ended in."""

    result: Any
    error: Exception | None = None


class Desk(Protocol[G_contra]):
    """Takes units and hands back what is done, turn by turn."""

    def turn(self, units: Sequence[G_contra]) -> list[Done]:
        """Take `units` on, and return once at least one of all that were taken on is done."""
        ...

    def close(self) -> None:
        """Give up what is in flight and close what was opened."""
        ...


class PlainDesk(Generic[U, R]):
    """Does each unit at once. Opens at the first one."""

    def __init__(self, opener: Callable[[], AbstractContextManager[Handler[U, R]]]) -> None:
        self._opener = opener
        self._stack = ExitStack()
        self._handler: Handler[U, R] | None = None

    def open(self) -> Handler[U, R]:
        """What does the units, opened now unless it is open."""
        if self._handler is None:
            self._handler = self._stack.enter_context(self._opener())
        return self._handler

    def turn(self, units: Sequence[U]) -> list[Done]:
        return [self._do(unit) for unit in units]

    def _do(self, unit: U) -> Done:
        try:
            return Done(self.open()(unit))
        except Exception as error:  # noqa: BLE001 - it belongs to whoever gave the unit
            return Done(None, error)

    def close(self) -> None:
        self._stack.close()


class WaitingDesk(Generic[U, R]):
    """Keeps units in flight on an event loop of its own, which pauses between turns."""

    def __init__(self, opener: Callable[[], AbstractAsyncContextManager[AsyncHandler[U, R]]], around: Around) -> None:
        self._opener, self._around = opener, around
        self._loop = asyncio.new_event_loop()
        self._handler: AsyncHandler[U, R] | None = None
        self._holder: asyncio.Task[None] | None = None
        self._leaving = asyncio.Event()
        self._tasks: set[asyncio.Task[Done]] = set()

    def turn(self, units: Sequence[U]) -> list[Done]:
        return self._loop.run_until_complete(self._turn(units))

    async def _turn(self, units: Sequence[U]) -> list[Done]:
        try:
            handler = self._handler = self._handler or await self._open()
        except Exception as error:  # noqa: BLE001 - it belongs to whoever gave the units
            return [Done(None, error) for _ in units]
        self._tasks |= {asyncio.create_task(_do(handler, unit)) for unit in units}
        with self._around():
            done, self._tasks = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        return [task.result() for task in done]

    async def _open(self) -> AsyncHandler[U, R]:
        ready: asyncio.Future[AsyncHandler[U, R]] = self._loop.create_future()
        self._holder = asyncio.create_task(self._hold(ready))
        either: set[asyncio.Future[Any]] = {ready, self._holder}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            self._holder.result()  # raises what kept it from opening
        return ready.result()

    async def _hold(self, ready: "asyncio.Future[AsyncHandler[U, R]]") -> None:
        """Open and close in one task, which many context managers ask for."""
        async with self._opener() as handler:
            ready.set_result(handler)
            await self._leaving.wait()

    def close(self) -> None:
        try:
            self._loop.run_until_complete(self._close())
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            self._loop.close()

    async def _close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._leaving.set()
        if self._holder is not None and not self._holder.done():
            await self._holder


async def _do(handler: AsyncHandler[U, R], unit: U) -> Done:
    try:
        return Done(await handler(unit))
    except Exception as error:  # noqa: BLE001 - it belongs to whoever gave the unit
        return Done(None, error)


def make_desk(work: Work[U, R] | WaitingWork[U, R], *, here: bool) -> Desk[U]:
    """A desk for the work; `here` is whether it stands in the process that owns the work."""
    if isinstance(work, WaitingWork):
        return WaitingDesk((work.here if here else None) or work.opener, work.around)
    return PlainDesk((work.here if here else None) or work.opener)


def portable(done: Done) -> Done:
    """`done` with an error that can leave the process: ours as it is, another's in words with its traceback as note."""
    error = done.error
    if error is None:
        return done
    if isinstance(error, RedsearcherError) and error.args == (str(error),):
        return Done(None, type(error)(*error.args))
    carried = RuntimeError(f"{type(error).__name__}: {error}")
    carried.add_note("".join(traceback.format_exception(error)).rstrip())
    return Done(None, carried)
