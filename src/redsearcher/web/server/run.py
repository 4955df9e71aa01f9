"""Serving until stopped: in this process, or in several that share a port and one memory-mapped index."""

import asyncio
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from multiprocessing import connection, parent_process
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from redsearcher.errors import InputError, RedsearcherError
from redsearcher.llm.server.run import Server, listen
from redsearcher.web.fault.config import FaultConfig
from redsearcher.web.server.gate import KeysConfig, make_gate
from redsearcher.web.server.guard import MAX_BODY
from redsearcher.web.server.herd import Herd
from redsearcher.web.server.meter import FOLDER_VARIABLE
from redsearcher.web.server.pulse import beat

if TYPE_CHECKING:
    from fastapi import FastAPI

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_DRAIN_S = 15
"""Longer than any call of a tool may take."""
HANG_S = 60.0
"""Seconds without a sign of life after which a process counts as hung; a crowded machine keeps one waiting for long."""


class Setting(NamedTuple):
    """What a process needs to know to serve. `key_env` names the variable that holds the key."""

    web: Path
    world: Path | None
    tools: tuple[str, ...] | None
    host: str
    key_env: str
    max_body: int = MAX_BODY
    faults: FaultConfig | None = None
    keys: KeysConfig | None = None
    hang_s: float = HANG_S

    @property
    def key(self) -> str | None:
        """What requests must show. Raises InputError where the variable is empty."""
        if not self.key_env:
            return None
        found = os.environ.get(self.key_env, "").strip()
        if not found:
            raise InputError(f"--key-env {self.key_env}: that variable holds nothing; set it to the key")
        return found


def serve(
    setting: Setting,
    port: int,
    n_workers: int,
    on_ready: Callable[[str], None],
    on_trouble: Callable[[str], None],
    *,
    watched: bool = False,
) -> None:
    """Serve until SIGTERM or Ctrl-C, then let what is in flight finish; `on_ready` is told the URL, `on_trouble` of
    processes that hung. `watched`: even one process has a parent that looks after it.

    Raises InputError where the port cannot be had, or what is to be served cannot be opened.
    """
    with listen(setting.host, port) as bound:
        address, taken = bound.getsockname()[:2]
        url = f"http://{f'[{address}]' if ':' in address else address}:{taken}"
        if n_workers == 1 and not watched:
            with tempfile.TemporaryDirectory(prefix="redsearcher-web-") as folder:
                _serve_here(setting, bound, Path(folder) / "counts", lambda: on_ready(url))
            return
    with _share(setting.host, taken):  # held, though nothing listens here: the port stays ours
        herd = Herd(_child, (setting, taken), n_workers, setting.hang_s, _DRAIN_S)
        herd.run(lambda: on_ready(url), on_trouble)


def _serve_here(setting: Setting, bound: socket.socket, counts: Path, on_ready: Callable[[], None]) -> None:
    from redsearcher.web.server.served import serving

    with serving(setting.web, setting.world, setting.tools, setting.faults) as served:
        from redsearcher.web.server.app import make_app  # takes a second, which a mistake should not

        local = setting.host in LOOPBACK
        with closing(make_gate(setting.key, setting.keys, counts)) as gate:
            app = make_app(served, gate=gate, local=local, max_body=setting.max_body)
            _until_told(app, bound, on_ready)


def _until_told(app: "FastAPI", bound: socket.socket, on_ready: Callable[[], None]) -> None:
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


def _child(setting: Setting, port: int, counts: Path, pipe: "connection.Connection") -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ[FOLDER_VARIABLE] = str(counts.parent)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    pulses: list[asyncio.Task[None]] = []

    def on_ready() -> None:
        pulses.append(asyncio.get_running_loop().create_task(beat(lambda: pipe.send(""), setting.hang_s)))

    try:
        with _share(setting.host, port) as bound:
            _serve_here(setting, bound, counts, on_ready)
    except RedsearcherError as error:
        pipe.send(str(error))


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
