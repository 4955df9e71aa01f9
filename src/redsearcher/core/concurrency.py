"""Bounded concurrency: one semaphore, one TaskGroup."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


async def map_bounded(
    function: Callable[[T], Awaitable[R]], items: Iterable[T], *, concurrency: int, on_done: Callable[[R], None]
) -> None:
    """Run `function` over `items`, at most `concurrency` at a time; `on_done` gets each result as it finishes.

    The first error cancels the rest and is raised.
    """
    iterator = iter(items)

    async def worker() -> None:
        for item in iterator:
            on_done(await function(item))

    async with asyncio.TaskGroup() as group:
        for _ in range(concurrency):
            group.create_task(worker())
