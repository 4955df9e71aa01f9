"""A team of processes on this machine, each at the end of a pipe of its own."""

import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import connection, get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Generic

from redsearcher.core.fanout.crew import Turn
from redsearcher.core.fanout.desk import Desk, PlainDesk, make_desk, portable
from redsearcher.core.fanout.work import R, U, WaitingWork, Work, for_others
from redsearcher.errors import WorkerError

FORKS = sys.platform == "linux"
PATIENCE_S = 5.0
"""How long an idle worker may take to close what it opened."""


class Processes(Generic[U, R]):
    """Worker processes. They end when this one does, however that ends."""

    def __init__(self, work: Work[U, R] | WaitingWork[U, R], n_workers: int) -> None:
        self._work, self._n_workers = work, n_workers
        self._shared: PlainDesk[U, R] | None = None
        self._processes: list[BaseProcess] = []
        self._pipes: list[Connection] = []
        self._used: set[int] = set()
        self._at_work: set[int] = set()

    def start(self) -> int:
        work = self._work
        if isinstance(work, Work) and work.inherited and FORKS:
            self._shared = PlainDesk(work.here or work.opener)
            self._shared.open()
            gc.freeze()  # so that collections in the children do not write to, and thereby copy, what is shared
        with _deaf():
            for _ in range(self._n_workers):
                self._begin()
        return self._n_workers

    def _begin(self) -> None:
        ours, theirs = connection.Pipe()
        if self._shared is not None:
            process: BaseProcess = get_context("fork").Process(
                target=_inherit, args=(theirs, self._shared, [*self._pipes, ours]), daemon=True
            )
        else:
            process = get_context("spawn").Process(target=_open, args=(theirs, for_others(self._work)), daemon=True)
        process.start()
        theirs.close()
        self._processes.append(process)
        self._pipes.append(ours)

    def give(self, worker: int, units: Sequence[U]) -> None:
        try:
            self._pipes[worker].send(units)
        except OSError:
            raise self._death(worker) from None
        self._used.add(worker)
        self._at_work.add(worker)

    def turns(self) -> list[Turn]:
        by_pipe = {id(self._pipes[worker]): worker for worker in sorted(self._at_work)}
        ready = connection.wait([self._pipes[worker] for worker in sorted(self._at_work)])
        return [self._turn(by_pipe[id(pipe)]) for pipe in ready]

    def _turn(self, worker: int) -> Turn:
        try:
            done = self._pipes[worker].recv()
        except (EOFError, OSError):
            raise self._death(worker) from None
        self._at_work.discard(worker)
        return Turn(worker, done)

    def _death(self, worker: int) -> WorkerError:
        process = self._processes[worker]
        process.join(PATIENCE_S)
        code = process.exitcode
        how = f"exit code {code}"
        if code is not None and code < 0:
            name = signal.Signals(-code).name
            how = f"{name}, as when memory runs out" if name == "SIGKILL" else name
        return WorkerError(
            f"{self._work.what}: worker {worker + 1} of {self._n_workers} died ({how}); the same command again goes on "
            "where it was, and fewer --workers need less memory"
        )

    def close(self, *, at_once: bool) -> None:
        for worker, (process, pipe) in enumerate(zip(self._processes, self._pipes, strict=True)):
            if at_once or worker in self._at_work or worker not in self._used:
                process.terminate()
            pipe.close()
        for process in self._processes:
            process.join(PATIENCE_S)
            if process.is_alive():
                process.kill()
                process.join()
        self._processes, self._pipes = [], []
        if self._shared is not None:
            self._shared.close()
            self._shared = None
            gc.unfreeze()


@contextmanager
def _deaf() -> Iterator[None]:
    """Processes that are begun in the block never hear Ctrl-C, which is this process's to answer."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _inherit(pipe: Connection, desk: Desk[Any], others: list[Connection]) -> None:
    for other in others:  # so that each pipe ends with the process that made it
        other.close()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _serve(pipe, desk)


def _open(pipe: Connection, work: Work[Any, Any] | WaitingWork[Any, Any]) -> None:
    desk = make_desk(work, here=False)
    _serve(pipe, desk)
    desk.close()


def _serve(pipe: Connection, desk: Desk[Any]) -> None:
    """Turn by turn until the pipe ends."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            units = pipe.recv()
        except (EOFError, OSError):
            return
        pipe.send([portable(done) for done in desk.turn(units)])


def _end_with_parent() -> None:
    """Nobody waits for the results of a process whose parent was killed, and the locks it inherited must go."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
