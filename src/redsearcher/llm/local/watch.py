"""Waiting for the engine's thread without ever waiting for good."""

import asyncio
import time
from typing import Protocol

from redsearcher.errors import ModelError
from redsearcher.llm.local.request import Request
from redsearcher.llm.token import Generated


class Watched(Protocol):
    """A worker: when its current step began (monotonic seconds, None between steps), and how to close it."""

    step_began: float | None

    def close(self, why: str, wait_s: float) -> None: ...


async def watch(request: Request, worker: Watched, limit_s: float) -> Generated:
    """The result of a request. A step longer than `limit_s` closes the worker and raises ModelError.

    However this ends, the request is called off if it is still under way.
    """
    try:
        while True:
            done, _ = await asyncio.wait((request.future,), timeout=limit_s / 4)
            if done:
                return request.future.result()
            began = worker.step_began
            if began is not None and time.monotonic() - began > limit_s:
                why = f"hung: a step took more than {limit_s:g} s"
                worker.close(why, wait_s=0)
                raise ModelError(f"the engine {why}")
    finally:
        request.cancelled = True
