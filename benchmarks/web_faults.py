"""A server on a bad day: faults under 256 clients, workers killed under load, requests that nobody would send.

`python benchmarks/web_faults.py [--quick]`: a generated world, its web served by `redsearcher web serve` in processes
of their own.

    faults  10,000 injected faults of every kind (1,000 with --quick) under 256 clients. Every good answer is compared
            with what the web says in this process through the lasting faults of the same table; memory and descriptors
            of the server are read before and after, requests over 60 s count as stuck.
    kills   kill -9 of a worker at 50 random points (6 with --quick) under 32 clients: how many requests fail, how many
            were in flight, how many connections the port refused.
    fuzz    10,000 requests made up from the OpenAPI document (500 with --quick): how many servers' errors.

The last line is one JSON line with all figures.
"""

import argparse
import asyncio
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import httpx
from rich.console import Console
from rich.table import Table

from api_fuzz import fuzz
from redsearcher.core.rng import derive
from redsearcher.errors import ToolError
from redsearcher.web.engine import Web
from redsearcher.web.fault.config import FaultConfig
from redsearcher.web.fault.inject import Faults, FaultyWeb
from redsearcher.web.server.ask import ReadAsk, SearchAsk
from redsearcher.web.server.reader import read
from redsearcher.web.server.serper import search_reply
from redsearcher.world.store import World
from wire import make_web

N_CLIENTS, N_KILL_CLIENTS, STUCK_S = 256, 32, 60.0
FAULTS = """
seed = 11
pace = 0.02
[search]
timeout = 0.05
too_many = 0.03
error = 0.03
stale = 0.15
slow = 0.1
[visit]
timeout = 0.05
too_many = 0.03
error = 0.03
slow = 0.1
forbidden = 0.05
not_found = 0.05
truncated = 0.1
paywall = 0.1
[wire]
timeout = 0.01
too_many = 0.03
error = 0.02
unavailable = 0.02
slow = 0.05
"""
FAILED = {403, 404, 422, 429, 500, 503, 504}


class Call(NamedTuple):
    """A request and what must come back: the status and the JSON without the faults that pass."""

    path: str
    body: dict[str, Any]
    status: int
    answer: Any


def make_calls(world: World, web: Any, n_calls: int) -> list[Call]:
    """Searches for names and visits, each with its answer."""
    rng = derive(1, "calls")
    names = [entity.label for entity in world.entities.values()]
    urls = [document.url for document in world.documents()]
    calls = []
    for number in range(n_calls):
        if number % 2:
            body: dict[str, Any] = {"q": f"{rng.choice(names)} {rng.choice(names)}", "num": 10}
            calls.append(Call("/search", body, 200, search_reply(web, SearchAsk(**body))))
            continue
        body = {"url": rng.choice(urls), "goal": rng.choice(names), "max_chars": 3000}
        try:
            calls.append(Call("/r", body, 200, read(web, ReadAsk(**body))))
        except ToolError as error:
            calls.append(Call("/r", body, 404, str(error)))
    return calls


class Server:
    """A serving process with its workers."""

    def __init__(self, process: "subprocess.Popen[str]", url: str) -> None:
        self.pid, self.url = process.pid, url

    def workers(self) -> list[int]:
        """Ids of the processes that serve."""
        forking = [pid for pid in _children(self.pid) if b"forkserver" in _read(f"/proc/{pid}/cmdline")]
        return [worker for pid in forking for worker in _children(pid)]

    def rss_mb(self) -> float:
        """Private memory of the workers, MB."""
        return sum(_status_kb(pid, "RssAnon") for pid in self.workers()) / 1000

    def descriptors(self) -> int:
        """Open descriptors of the workers."""
        return sum(sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir()) for pid in self.workers())

    def counts(self) -> dict[str, float]:
        """Faults by tool and kind, and requests in flight, as /metrics tells."""
        text = httpx.get(f"{self.url}/metrics", timeout=60).text
        found = re.findall(r'web_faults_total\{kind="(\w+)",tool="(\w+)"\} ([\d.e+]+)', text)
        counts = {f"{tool} {kind}": float(value) for kind, tool, value in found}
        return counts | {"in flight": float(re.findall(r"in_flight(?:\{[^}]*\})? ([\d.]+)", text)[-1])}


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""


def _children(pid: int) -> list[int]:
    return [int(child) for child in _read(f"/proc/{pid}/task/{pid}/children").split()]


def _status_kb(pid: int, field: str) -> int:
    found = re.search(rf"{field}:\s*(\d+) kB", _read(f"/proc/{pid}/status").decode())
    return int(found[1]) if found else 0


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[Server]:
    """`redsearcher web serve` with two workers until the block ends."""
    command = [
        sys.executable,
        "-c",
        "from redsearcher.cli.main import main; main()",
        "web",
        "serve",
        str(folder / "web"),
    ]
    command += ["--world", str(folder / "world"), "--port", "0", "--workers", "2", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        found = re.search(r"at (http://\S+) ", process.stdout.readline())
        assert found, "the server did not start"
        yield Server(process, found[1])
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def _wrong(call: Call, status: int, reply: Any, *, faults: bool) -> bool:
    """Whether an answer is neither the right one nor that of a fault."""
    if status == call.status:
        right = reply == call.answer or (isinstance(reply, dict) and reply.get("data") == call.answer)
        if right or (status == 404 and reply.get("message") == " ".join(call.answer.split())):
            return False
    return not (faults and status in FAILED and status != 200)


async def _client(
    session: aiohttp.ClientSession,
    url: str,
    calls: Iterator[Call],
    until: asyncio.Event,
    tally: Counter[str],
    faults: bool,
) -> None:
    while not until.is_set():
        call = next(calls)
        start = time.monotonic()
        try:
            async with session.post(url + call.path, json=call.body, headers={"Accept": "application/json"}) as reply:
                found = await reply.json(content_type=None)
                tally[f"status {reply.status}"] += 1
                tally["wrong"] += _wrong(call, reply.status, found, faults=faults)
        except TimeoutError:
            tally["stuck"] += 1
        except aiohttp.ClientConnectorError:
            tally["refused"] += 1
            await asyncio.sleep(0.05)
        except aiohttp.ClientError:
            tally["failed"] += 1
        tally["requests"] += 1
        tally["over 30 s"] += time.monotonic() - start > 30


def _endless(calls: list[Call], seed: int) -> Iterator[Call]:
    rng = random.Random(seed)
    while True:
        yield rng.choice(calls)


async def _load(
    server: Server, calls: list[Call], n_clients: int, until: asyncio.Event, tally: Counter[str], faults: bool
) -> None:
    timeout = aiohttp.ClientTimeout(total=STUCK_S)
    async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0)) as session:
        jobs = (_client(session, server.url, _endless(calls, n), until, tally, faults) for n in range(n_clients))
        await asyncio.gather(*jobs)


def faults_under_load(folder: Path, calls: list[Call], n_faults: int) -> dict[str, Any]:
    """Load until so many faults were injected."""
    (folder / "faults.toml").write_text(FAULTS, encoding="utf-8")
    with serving(folder, "--faults", str(folder / "faults.toml")) as server:
        tally: Counter[str] = Counter()

        async def run(most: float) -> dict[str, float]:
            until = asyncio.Event()
            load = asyncio.create_task(_load(server, calls, N_CLIENTS, until, tally, True))
            counts: dict[str, float] = {}
            while sum(counts.values()) < most and not load.done():
                await asyncio.sleep(1)
                counts = await asyncio.to_thread(server.counts)
            until.set()
            await load
            return counts

        asyncio.run(run(n_faults * 0.2))  # warm: threads, connections, maps
        time.sleep(3)
        before = (server.rss_mb(), server.descriptors())
        tally.clear()
        start = time.monotonic()
        asyncio.run(run(n_faults * 1.2))
        seconds = time.monotonic() - start
        time.sleep(3)
        after, counts = (server.rss_mb(), server.descriptors()), server.counts()
    in_flight = counts.pop("in flight") - 1  # /metrics itself
    return {
        "clients": N_CLIENTS, "faults": int(sum(counts.values())), "by_kind": {k: int(v) for k, v in counts.items()},
        "seconds": round(seconds, 1), **_plain(tally), "left_in_flight": in_flight,
        "rss_mb_before": round(before[0], 1), "rss_mb_after": round(after[0], 1),
        "descriptors_before": before[1], "descriptors_after": after[1],
    }  # fmt: skip


def kills_under_load(folder: Path, calls: list[Call], n_kills: int) -> dict[str, Any]:
    """Kill a worker whenever two serve, at a random moment."""
    rng, tally, most = random.Random(3), Counter[str](), 0
    with serving(folder, "--watchdog", "600") as server:  # kills alone, however crowded the machine is

        async def run() -> int:
            nonlocal most
            until = asyncio.Event()
            load = asyncio.create_task(_load(server, calls, N_KILL_CLIENTS, until, tally, False))
            for _ in range(n_kills):
                await asyncio.sleep(rng.uniform(0.1, 1.0))
                failed, victim = tally["failed"], rng.choice(server.workers())
                os.kill(victim, signal.SIGKILL)
                await _until_two_listen(server, victim)
                most = max(most, tally["failed"] - failed)
            until.set()
            await load
            return len(server.workers())

        n_left = asyncio.run(run())
    return {
        "kills": n_kills,
        "clients": N_KILL_CLIENTS,
        **_plain(tally),
        "most_failed_at_a_kill": most,
        "workers": n_left,
    }


async def _until_two_listen(server: Server, victim: int) -> None:
    """Until the victim is gone and two sockets listen on the port, so that at each kill one more is there."""
    while _read(f"/proc/{victim}/stat"):  # noqa: ASYNC110 - nothing tells of the end of another process's child
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.3)
    port = f":{int(server.url.rpartition(':')[2]):04X}"
    while True:
        rows = [row.split() for row in _read("/proc/net/tcp").decode().splitlines()[1:]]
        listening = sum(row[1].endswith(port) and row[3] == "0A" for row in rows)
        if listening == 2:
            return
        await asyncio.sleep(0.05)


def _plain(tally: Counter[str]) -> dict[str, int]:
    names = ("requests", "wrong", "stuck", "over 30 s", "failed", "refused")
    statuses = {name: n for name, n in sorted(tally.items()) if name.startswith("status")}
    return {name: tally[name] for name in names} | statuses


def fuzzed(folder: Path, n_requests: int) -> dict[str, Any]:
    """Made-up requests against a running server."""
    with serving(folder) as server, httpx.Client(base_url=server.url, timeout=60) as client:
        start = time.monotonic()
        seen = fuzz(client, n_requests)
        seconds = round(time.monotonic() - start, 1)
    n_errors = sum(n for status, n in seen.items() if status >= 500)
    return {
        "requests": sum(seen.values()),
        "errors_5xx": n_errors,
        "seconds": seconds,
        "statuses": dict(sorted(seen.items())),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=("faults", "kills", "fuzz"), help="one part alone")
    given = parser.parse_args()
    quick = given.quick
    n_entities, n_faults, n_kills, n_requests = (500, 1_000, 6, 500) if quick else (2_000, 10_000, 50, 10_000)
    with tempfile.TemporaryDirectory(prefix="faults-") as name:
        folder = Path(name)
        world = make_web(folder, n_entities)
        web = Web.open(folder / "web")
        lasting = FaultConfig.parse(_lasting_alone(), "faults")
        parts: dict[str, Any] = {}
        if given.only in (None, "faults"):
            calls = make_calls(world, FaultyWeb(web, Faults(lasting)), 1000)
            parts["faults"] = faults_under_load(folder, calls, n_faults)
        if given.only in (None, "kills"):
            parts["kills"] = kills_under_load(folder, make_calls(world, web, 1000), n_kills)
        if given.only in (None, "fuzz"):
            parts["fuzz"] = fuzzed(folder, n_requests)
        n_pages = world.info.n_documents
    for part, figures in parts.items():
        table = Table(part, "", title=f"{n_pages:,} pages, 2 workers")
        for key, value in figures.items():
            table.add_row(
                key, ", ".join(f"{k} {v:,}" for k, v in value.items()) if isinstance(value, dict) else f"{value:,}"
            )
        Console(width=120).print(table)
    print(json.dumps({"benchmark": "web_faults", "quick": quick, "pages": n_pages, **parts}))


def _lasting_alone() -> dict[str, Any]:
    """The table without what passes."""
    import tomllib

    table = tomllib.loads(FAULTS)
    del table["wire"]
    for part in ("search", "visit"):
        for kind in ("timeout", "too_many", "error", "slow"):
            del table[part][kind]
    return table


if __name__ == "__main__":
    main()
