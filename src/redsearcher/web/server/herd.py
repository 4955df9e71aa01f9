"""Processes that serve one port together: begun again where they die, killed and begun again where they hang."""

import os
import signal
import tempfile
import time
from collections.abc import Callable
from multiprocessing import connection, get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NamedTuple

from redsearcher.errors import InputError
from redsearcher.web.server.meter import FOLDER_VARIABLE

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_STILLBORN = 3
"""Processes in a row that end before they serve: the next one would, too."""
_PRELOADED = ("redsearcher.web.server.run", "redsearcher.web.server.app", "redsearcher.web.server.served")
_LINGER_S = 10.0
"""Seconds beyond the time for calls in flight after which a process that will not end is killed."""
Line = Callable[[str], None]


class Life(NamedTuple):
    """What the parent knows of a process: its pipe, and when it last gave a sign (None before the first)."""

    pipe: "connection.Connection"
    sign: float | None = None


class Herd:
    """`target(*arguments, counts, pipe)` in several processes: `pipe` is told "" once it serves and as a sign of life
    from then on, or what keeps it from serving; `counts` is a folder that they share."""

    def __init__(
        self, target: Callable[..., None], arguments: tuple[Any, ...], n_workers: int, hang_s: float, drain_s: float
    ) -> None:
        self._target, self._arguments, self._n_workers = target, arguments, n_workers
        self._hang_s, self._drain_s = hang_s, drain_s
        self._context = get_context("forkserver")  # what it has imported, a process that is begun again need not
        self._context.set_forkserver_preload(list(_PRELOADED))
        self._lives: dict[BaseProcess, Life] = {}
        self._hung: set[BaseProcess] = set()
        self._stopped: float | None = None
        self._n_stillborn = 0

    def run(self, on_ready: Callable[[], None], on_trouble: Line) -> None:
        """Until a signal says stop. Raises InputError where a process cannot open what it should serve."""
        before = [signal.signal(number, self._stop) for number in _SIGNALS]
        try:
            with tempfile.TemporaryDirectory(prefix="redsearcher-web-") as shared:
                os.environ[FOLDER_VARIABLE] = shared
                self._tend(Path(shared) / "counts", on_ready, on_trouble)
        finally:
            os.environ.pop(FOLDER_VARIABLE, None)
            for number, handler in zip(_SIGNALS, before, strict=True):
                signal.signal(number, handler)

    def _tend(self, counts: Path, on_ready: Callable[[], None], on_trouble: Line) -> None:
        for _ in range(self._n_workers):
            self._begin(counts)
        trouble, ready = "", False
        while self._lives:
            pipes = {life.pipe: process for process, life in self._lives.items()}
            waited: list[Any] = [*pipes, *(process.sentinel for process in self._lives)]
            for seen in connection.wait(waited, self._hang_s / 4):
                process = pipes.get(seen)  # type: ignore[call-overload]
                said = "" if process is None else self._listen(process)
                if said:
                    trouble = said
                    self._stop()
            if not ready and all(life.sign for life in self._lives.values()) and self._stopped is None:
                ready = True
                on_ready()
            self._kill_hung(on_trouble)
            for process in [process for process in self._lives if not process.is_alive()]:
                trouble = self._bury(process, counts) or trouble
        if trouble:
            raise InputError(trouble)

    def _listen(self, process: BaseProcess) -> str:
        """What a process says is in its way; nothing where it gives a sign of life, or is gone."""
        life = self._lives[process]
        try:
            said = str(life.pipe.recv())
        except (EOFError, OSError):
            process.join(1)  # its end is at hand, and is seen by its sentinel
            return ""
        if not said:
            self._lives[process] = life._replace(sign=time.monotonic())
        return said

    def _kill_hung(self, on_trouble: Line) -> None:
        now = time.monotonic()
        if self._stopped is not None:
            if now - self._stopped > self._drain_s + _LINGER_S:
                for process in self._lives:
                    process.kill()
            return
        for process, life in self._lives.items():
            if life.sign is not None and now - life.sign > self._hang_s and process not in self._hung:
                on_trouble(f"process {process.pid} stood still for {self._hang_s:g} s; it is killed and begun again")
                self._hung.add(process)
                process.kill()

    def _bury(self, process: BaseProcess, counts: Path) -> str:
        """Begin another in its place, unless that would die too."""
        from prometheus_client.multiprocess import mark_process_dead

        life = self._lives.pop(process)
        life.pipe.close()
        code = process.exitcode
        self._hung.discard(process)
        mark_process_dead(process.pid)  # type: ignore[no-untyped-call]
        if self._stopped is not None:
            return ""
        self._n_stillborn = self._n_stillborn + 1 if life.sign is None else 0
        if self._n_stillborn >= _STILLBORN:
            self._stop()
            return f"{_STILLBORN} serving processes in a row ended before they served, the last with code {code}"
        self._begin(counts)
        return ""

    def _begin(self, counts: Path) -> None:
        ours, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(target=self._target, args=(*self._arguments, counts, theirs), daemon=True)
        process.start()
        theirs.close()
        self._lives[process] = Life(ours)

    def _stop(self, *_: object) -> None:
        if self._stopped is None:
            self._stopped = time.monotonic()
        for process in list(self._lives):
            process.terminate()
