"""Work for crews, in a module that workers can import."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import NamedTuple

from redsearcher.errors import InputError


class Square(NamedTuple):
    """A number, its square, and the process that found it."""

    number: int
    square: int
    process: int


@contextmanager
def squares(folder: Path) -> Iterator[Callable[[int], Square]]:
    """Leaves a note in `folder` of each opening and closing. -1 is refused, -2 a bug, -3 kills the worker."""
    (folder / f"open-{os.getpid()}").touch()

    def square(number: int) -> Square:
        if number == -1:
            raise InputError("-1 came; expected a number from 0 on")
        if number == -2:
            raise KeyError("lost")
        if number == -3:
            os.kill(os.getpid(), signal.SIGKILL)
        return Square(number, number * number, os.getpid())

    yield square
    (folder / f"closed-{os.getpid()}").touch()


@contextmanager
def unopenable() -> Iterator[Callable[[int], Square]]:
    raise InputError("nothing to open")
    yield


@contextmanager
def sleepy(started: Path) -> Iterator[Callable[[int], int]]:
    """Takes its time, and touches a file when it begins."""

    def sleep(number: int) -> int:
        started.touch()
        time.sleep(0.3)
        return number

    yield sleep


class Shared:
    """Something that cannot be pickled and remembers where it was opened."""

    def __init__(self) -> None:
        self.process, self.lock = os.getpid(), (lambda: None)

    def __call__(self, number: int) -> tuple[int, int, int]:
        return number, self.process, os.getpid()


@contextmanager
def shared() -> Iterator[Shared]:
    yield Shared()


@asynccontextmanager
async def waits() -> AsyncIterator[Callable[[int], Awaitable[tuple[int, int, int]]]]:
    """Gives each number back with the most units that were in flight in its worker at once, and the process."""
    now, most = 0, 0

    async def wait(number: int) -> tuple[int, int, int]:
        nonlocal now, most
        if number == -1:
            raise InputError("-1 came; expected a number from 0 on")
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.001 * (number % 5))
        now -= 1
        return number, most, os.getpid()

    yield wait
