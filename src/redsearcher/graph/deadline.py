"""A time budget that long computations look at now and then."""

import time
from collections.abc import Callable

Clock = Callable[[], float]


class OutOfTimeError(Exception):
    """The deadline passed; whoever set it returns what is known so far."""


class Deadline:
    """`limit_s` seconds by a clock from now on; None means no limit."""

    def __init__(self, limit_s: float | None, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._end = None if limit_s is None else clock() + limit_s

    def check(self) -> None:
        """Raise OutOfTimeError once the time is up."""
        if self._end is not None and self._clock() > self._end:
            raise OutOfTimeError
