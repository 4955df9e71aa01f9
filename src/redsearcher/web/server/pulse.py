"""A worker's sign of life: its event loop turns, and its threads get to new work."""

import asyncio
from collections.abc import Callable

from anyio.to_thread import run_sync

BEATS = 5
"""Signs of life within the time after which a worker counts as hung."""


async def beat(sign: Callable[[], None], hang_s: float) -> None:
    """Give a sign over and over, each after both pools of threads have done something: tools run in the one, batches
    and late answers in the other. Where the loop or a pool stands still there is none."""
    while True:
        await asyncio.gather(asyncio.to_thread(_nothing), run_sync(_nothing))
        sign()
        await asyncio.sleep(hang_s / BEATS)


def _nothing() -> None:
    pass
