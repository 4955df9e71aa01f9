"""Services of one kind in the order in which they are tried, each left alone for a while after it failed."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from redsearcher.errors import OutageError, ToolError
from redsearcher.web.client.budget import SpentError
from redsearcher.web.client.live.config import BreakerConfig

S = TypeVar("S")
R = TypeVar("R")


class Breaker:
    """Counts failures in a row. Open, it lets nobody through; after its rest one call at a time tries again."""

    def __init__(self, config: BreakerConfig, clock: Callable[[], float] = time.monotonic) -> None:
        self._config, self._clock, self._guard = config, clock, threading.Lock()
        self._n_failures, self._open_until = 0, 0.0

    def lets_through(self) -> bool:
        """Whether the service may be asked now."""
        with self._guard:
            if self._n_failures < self._config.failures:
                return True
            if self._clock() < self._open_until:
                return False
            self._open_until = self._clock() + self._config.rest_s  # this call tries; the next ones wait for it
            return True

    def saw(self, *, failure: bool) -> None:
        """What the call came to."""
        with self._guard:
            self._n_failures = self._n_failures + 1 if failure else 0
            if self._n_failures >= self._config.failures:
                self._open_until = self._clock() + self._config.rest_s


class Chain(Generic[S]):
    """Asks the first service that answers. Threads share it."""

    def __init__(
        self, services: Sequence[S], config: BreakerConfig, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._services = [(service, Breaker(config, clock)) for service in services]

    def ask(self, question: Callable[[S], R], *, next_on_refusal: bool = False) -> R:
        """What the first service says that does not fail. `next_on_refusal`: where one cannot do what is asked, the
        next is asked too.

        Raises ToolError where nobody can do it; OutageError where all fail, or the budget is used up.
        """
        refusal: ToolError | None = None
        trouble: OutageError | None = None
        for service, breaker in self._services:
            if not breaker.lets_through():
                continue
            try:
                found = question(service)
            except SpentError:
                raise
            except OutageError as error:
                breaker.saw(failure=True)
                trouble = error
                continue
            except ToolError as error:
                breaker.saw(failure=False)
                refusal = refusal or error
                if not next_on_refusal:
                    raise
                continue
            breaker.saw(failure=False)
            return found
        if refusal is not None:
            raise refusal
        raise trouble or OutageError("every service failed a moment ago and is left alone; run the same command again")
