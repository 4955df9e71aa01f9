"""Serving until stopped: in this process, or in several that share a port and one memory-mapped index."""

import asyncio
import os
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import connection, get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple

from redsearcher.errors import InputError, RedsearcherError
from redsearcher.llm.server.run import Server, listen
from redsearcher.web.fault.config import FaultConfig
from redsearcher.web.server.guard import MAX_BODY
from redsearcher.web.server.meter import FOLDER_VARIABLE

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_DRAIN_S = 15
"""Longer than any call of a tool may take."""
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_YOUNG_S = 2.0
"""A process that dies younger than this will die again."""


class Setting(NamedTuple):
    """What a process needs to know to serve. `key_env` names the variable that holds the key."""

    web: Path
    world: Path | None
    tools: tuple[str, ...] | None
    host: str
    key_env: str
    max_body: int = MAX_BODY
    faults: FaultConfig | None = None

    @property
    def key(self) -> str | None:
        """What requests must show. Raises InputError where the variable is empty."""
        if not self.key_env:
            return None
        found = os.environ.get(self.key_env, "").strip()
        if not found:
            raise InputError(f"--key-env {self.key_env}: that variable holds nothing; set it to the key")
        return found


def serve(setting: Setting, port: int, n_workers: int, on_ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or Ctrl-C, then let what is in flight finish; `on_ready` is told the URL.

    Raises InputError where the port cannot be had, or what is to be served cannot be opened.
    """
    with listen(setting.host, port) as bound:
        address, taken = bound.getsockname()[:2]
        url = f"http://{f'[{address}]' if ':' in address else address}:{taken}"
        if n_workers == 1:
            _serve_here(setting, bound, lambda: on_ready(url))
            return
    with _share(setting.host, taken):  # held, though nothing listens here: the port stays ours
        _Herd(setting, taken, n_workers).run(lambda: on_ready(url))


def _serve_here(setting: Setting, bound: socket.socket, on_ready: Callable[[], None]) -> None:
    from redsearcher.web.server.served import serving

    with serving(setting.web, setting.world, setting.tools, setting.faults) as served:
        from redsearcher.web.server.app import make_app  # takes a second, which a mistake should not

        local = setting.host in LOOPBACK
        app = make_app(served, key=setting.key, local=local, max_body=setting.max_body)
        server = Server(app, on_ready)
        server.config.timeout_graceful_shutdown = _DRAIN_S
        with _told_once():
            asyncio.run(server.serve([bound]))


@contextmanager
def _told_once() -> Iterator[None]:
    """The server itself drains on SIGTERM and passes the signal on: then there is nothing more to do."""
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class _Herd:
    """Processes that listen on one port, each begun again where it dies."""

    def __init__(self, setting: Setting, port: int, n_workers: int) -> None:
        self._setting, self._port, self._n_workers = setting, port, n_workers
        self._context = get_context("spawn")
        self._processes: dict[BaseProcess, float] = {}
        self._stopping = False

    def run(self, on_ready: Callable[[], None]) -> None:
        """Until a signal says stop. Raises InputError where a process cannot open what it should serve."""
        before = [signal.signal(number, self._stop) for number in _SIGNALS]
        try:
            with tempfile.TemporaryDirectory(prefix="redsearcher-web-") as figures:
                os.environ[FOLDER_VARIABLE] = figures
                self._tend(on_ready)
        finally:
            os.environ.pop(FOLDER_VARIABLE, None)
            for number, handler in zip(_SIGNALS, before, strict=True):
                signal.signal(number, handler)

    def _tend(self, on_ready: Callable[[], None]) -> None:
        starting = {self._begin() for _ in range(self._n_workers)}
        trouble = ""
        while self._processes:
            seen = connection.wait([*starting, *(process.sentinel for process in self._processes)])
            for pipe in starting & set(seen):
                starting.discard(pipe)
                trouble = _word(pipe) or trouble
                if trouble:
                    self._stop()
                elif not starting:
                    on_ready()
            for process in [process for process in self._processes if not process.is_alive()]:
                trouble = self._buried(process) or trouble
        if trouble:
            raise InputError(trouble)

    def _buried(self, process: BaseProcess) -> str:
        """Begin another in its place, unless that would die too."""
        from prometheus_client.multiprocess import mark_process_dead

        born = self._processes.pop(process)
        mark_process_dead(process.pid)  # type: ignore[no-untyped-call]
        if self._stopping:
            return ""
        if time.monotonic() - born < _YOUNG_S:
            self._stop()
            return f"a serving process ended with code {process.exitcode} as soon as it began"
        self._begin()
        return ""

    def _begin(self) -> "connection.Connection":
        ours, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_child, args=(self._setting, self._port, theirs), daemon=True)
        process.start()
        theirs.close()
        self._processes[process] = time.monotonic()
        return ours

    def _stop(self, *_: object) -> None:
        self._stopping = True
        for process in list(self._processes):
            process.terminate()


def _word(pipe: "connection.Connection") -> str:
    """What a process says once it serves (nothing) or cannot (why)."""
    try:
        return str(pipe.recv())
    except EOFError:
        return ""


def _child(setting: Setting, port: int, ready: "connection.Connection") -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        with _share(setting.host, port) as bound:
            _serve_here(setting, bound, lambda: ready.send(""))
    except RedsearcherError as error:
        ready.send(str(error))


def _share(host: str, port: int) -> socket.socket:
    """A socket on a port that several processes listen on; the kernel deals connections out among them."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, or asyncio leaves Nagle's delay on
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind((host, port))
    return bound


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
