"""What hangs ends: threads that nobody has to wait for, and an alarm for code that blocks the event loop."""

import asyncio
import itertools
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple

from redsearcher.errors import RedsearcherError

BEATS = 4
"""How often the alarm is put off within its time."""


class StalledError(RedsearcherError):
    """Code held the event loop too long; it was interrupted where it stood."""


class _Job(NamedTuple):
    future: "Future[Any]"
    run: Callable[[], Any]


class DaemonExecutor(ThreadPoolExecutor):
    """Runs calls in daemon threads, at most `max_workers` that work at once.

    A call that never returns keeps its thread, but neither the loop's end nor the interpreter's waits for it, and
    the calls after it get a thread of their own. The loop's `asyncio.to_thread` runs here once it is its default.
    """

    def __init__(self, max_workers: int, stuck_after_s: float) -> None:
        super().__init__(max_workers=1)
        self._most, self._stuck_after_s = max_workers, stuck_after_s
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._guard = threading.Lock()
        self._idle = threading.Semaphore(0)
        self._n_threads = 0
        self._busy_since: dict[int, float] = {}
        self._numbers = itertools.count()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        self._jobs.put(_Job(future, lambda: fn(*args, **kwargs)))
        # An idle thread is reserved for the job, so one that hangs in the call before can never hold this one up.
        if not self._idle.acquire(blocking=False):
            with self._guard:
                if self._n_threads - self._n_stuck() < self._most:
                    self._n_threads += 1
                    threading.Thread(target=self._work, args=(next(self._numbers),), daemon=True).start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let idle threads end. Never waits."""
        with self._guard:
            for _ in range(self._n_threads):
                self._jobs.put(None)

    def _n_stuck(self) -> int:
        now = time.monotonic()
        return sum(now - since > self._stuck_after_s for since in self._busy_since.values())

    def _work(self, number: int) -> None:
        while (job := self._next()) is not None:
            with self._guard:
                self._busy_since[number] = time.monotonic()
            _run(job)
            with self._guard:
                del self._busy_since[number]
        with self._guard:
            self._n_threads -= 1

    def _next(self) -> _Job | None:
        try:
            return self._jobs.get_nowait()
        except queue.Empty:
            self._idle.release()
            return self._jobs.get()


def _run(job: _Job) -> None:
    if not job.future.set_running_or_notify_cancel():
        return
    try:
        result = job.run()
    except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits for the future
        job.future.set_exception(error)
    else:
        job.future.set_result(result)


@contextmanager
def loop_alarm(after_s: float) -> Iterator[None]:
    """Raise StalledError in whatever runs on the event loop's thread for `after_s` seconds without giving way.

    Works on the main thread of a POSIX system; elsewhere it does nothing. Enter it inside the running loop.
    """
    usable = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not usable or signal.getsignal(signal.SIGALRM) not in (signal.SIG_DFL, signal.SIG_IGN):
        yield
        return
    loop = asyncio.get_running_loop()
    handles: list[asyncio.TimerHandle] = []

    def put_off() -> None:
        signal.setitimer(signal.ITIMER_REAL, after_s, after_s)
        handles[:] = [loop.call_later(after_s / BEATS, put_off)]

    def ring(_: int, __: object) -> None:
        raise StalledError(f"the event loop was held for {after_s:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    put_off()
    try:
        yield
    finally:
        for handle in handles:
            handle.cancel()
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
