"""The command as a process: several workers over one port, a key, and SIGTERM, which lets calls in flight finish."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from redsearcher.cli.main import execute
from redsearcher.web.engine import Web
from tests.web.pages import OSK, built, small_pages
from tests.web.serving import ServedHere

assert ServedHere  # skips where the server's packages are not there
COMMAND = [sys.executable, "-c", "from redsearcher.cli.main import main; main()", "web", "serve"]
PATIENCE_S = 120


class Started:
    """A running server: its root URL and its process."""

    def __init__(self, url: str, process: "subprocess.Popen[str]") -> None:
        self.url, self.process = url, process

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)


@contextmanager
def started(folder: Path, *options: str) -> Iterator[Started]:
    command = [*COMMAND, str(folder), "--port", "0", *options]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "WIRE_KEY": "k", "GUEST_KEY": "g"},
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        found = re.search(r"at (http://\S+) \(MCP", line)
        assert found, line + process.stdout.read()
        yield Started(found[1], process)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("served") / "web"
    built(path, small_pages())
    return path


KEYS = """
[[keys]]
name = "guest"
key_env = "GUEST_KEY"
per_minute = 1
burst = 5
"""


def test_workers_share_port_and_quotas_are_replaced_and_finish_what_is_in_flight(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "keys.toml").write_text(KEYS, encoding="utf-8")
    options = ("--workers", "2", "--key-env", "WIRE_KEY", "--keys", str(tmp_path / "keys.toml"), "--watchdog", "4")
    with started(folder, *options) as server:
        assert httpx.post(f"{server.url}/search", json={"q": "grey hills"}).status_code == 401
        headers = {"X-API-KEY": "k"}
        for _ in range(12):  # each on a connection of its own, which the kernel gives to one of the two
            reply = httpx.post(f"{server.url}/search", json={"q": "grey hills"}, headers=headers)
            assert [row["link"] for row in reply.json()["organic"]] == [OSK]
        text = httpx.get(f"{server.url}/metrics", headers=headers).text
        assert 'requests_total{route="search",status="200"} 12.0' in text
        workers = _children(server.process.pid)
        assert len(workers) >= 2
        guest = [httpx.post(f"{server.url}/search", json={"q": "x"}, headers={"X-API-KEY": "g"}) for _ in range(12)]
        assert sorted(reply.status_code for reply in guest) == [200] * 5 + [429] * 7
        assert all(int(reply.headers["retry-after"]) in range(1, 62) for reply in guest if reply.status_code == 429)
        for victim, number in ((workers[-1], signal.SIGKILL), (workers[0], signal.SIGSTOP)):
            os.kill(victim, number)
            _wait_until_replaced(server, victim, len(workers))
        _wait_until_up(server)
        assert _stop_with_a_call_in_flight(server, headers) == {"content": "3000000", "error": None}
        assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{server.url}/health")


def _stop_with_a_call_in_flight(server: Started, headers: dict[str, str]) -> object:
    """What a call came to that SIGTERM found at work."""
    asked = {"arguments": {"code": "n = 0\nwhile n < 3000000:\n    n += 1\nn"}}
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(httpx.post, f"{server.url}/tools/python", json=asked, headers=headers, timeout=PATIENCE_S)
        while "in_flight 2.0" not in httpx.get(f"{server.url}/metrics", headers=headers).text:
            time.sleep(0.01)
        assert server.stop() == 0
        return call.result().json()


def _wait_until_replaced(server: Started, victim: int, n_workers: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while len(set(_children(server.process.pid)) - {victim}) < n_workers or Path(f"/proc/{victim}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _wait_until_up(server: Started) -> None:
    """Both were begun again; wait until one of them listens."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            assert httpx.get(f"{server.url}/health").status_code == 200
            return
        except httpx.TransportError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def _children(pid: int) -> list[int]:
    """Serving processes of a server: the children of the one that begins them."""
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    forking = [child for child in below if b"forkserver" in Path(f"/proc/{child}/cmdline").read_bytes()]
    return [int(child) for one in forking for child in Path(f"/proc/{one}/task/{one}/children").read_text().split()]


def test_what_cannot_be_served_is_one_line(
    folder: Path, web: Web, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mistakes = [
        (["web", "serve", str(tmp_path)], "holds no web"),
        (["web", "serve", str(tmp_path), "--workers", "2", "--port", "0"], "holds no web"),
        (["web", "serve", str(folder), "--key-env", "NO_SUCH_VARIABLE"], "NO_SUCH_VARIABLE"),
        (["web", "serve", str(folder), "--keys", str(tmp_path / "none.toml")], "is not there"),
        (["web", "serve", str(folder), "--faults", str(tmp_path / "none.toml")], "is not there"),
        (["web", "serve", str(folder), "--tools", "maps", "--port", "0"], "--world"),
        (["web", "serve", str(folder), "--world", str(tmp_path)], "no world"),
    ]
    with ServedHere(web) as server:
        port = server.url.rpartition(":")[2]
        mistakes += [(["web", "serve", str(folder), "--port", port], "choose another --port")]
        for arguments, says in mistakes:
            assert execute(arguments) == 2
            told = capsys.readouterr().err
            assert says in told and told.count("\n") == 1
