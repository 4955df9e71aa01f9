"""A server under load: capacity, latency in an open loop below it, survival under 256 clients, one worker and two.

`python benchmarks/web_load.py [--quick] [--web DIR] [--queries FILE]`: a generated world of 20,000 entities (2,000 with
--quick), or a web that is there. Asked are FILE's queries (the queries.json that web.py leaves in its folder), or else
titles of pages with a word more. The server is pinned to one core and the load comes from this process on another; with
two workers the server has both. In the open loop requests are sent at the times of a Poisson process, whether or not
earlier ones were answered, and a request's latency counts from when it was due. CPU seconds are per 1,000 requests and
tell more than rates do where others use the cores as well. The last line is one JSON line.
"""

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
from rich.console import Console
from rich.table import Table

from redsearcher.core.rng import derive
from redsearcher.web.engine import Web
from wire import make_web

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
SHARES = (0.25, 0.5, 0.75, 0.9)
N_CAPACITY, N_SURVIVAL = 16, 256
Asked = tuple[str, dict[str, Any]]


class Row(NamedTuple):
    """One run of a load. `offered` is requests per second in the open loop, 0 in a closed one."""

    load: str
    workers: int
    tool: str
    offered: float
    answered_per_s: float
    p50_ms: float
    p99_ms: float
    most_ms: float
    failed: int
    server_cpu_s: float
    client_cpu_s: float
    rss_anon_mb: float


def make_requests(web: Path, n: int, queries: Path | None) -> dict[str, list[Asked]]:
    """Searches, and visits of pages that they find with the query as the goal."""
    opened, rng = Web.open(web), derive(1, "load")
    if queries is not None:
        asked = sorted({query for kind in json.loads(queries.read_text("utf-8")).values() for query in kind})
    else:
        words = ("river", "city", "born", "founded", "award", "album", "university", "author", "the", "of")
        titles = [hit.title for word in words for hit in opened.search(word, 100)]
        asked = [f"{rng.choice(titles)} {rng.choice(words)}" for _ in range(n)]
    rng.shuffle(asked)
    found = [(hit.url, query) for query in asked[:100] for hit in opened.search(query, 10)]
    searches = [{"q": asked[number % len(asked)], "num": 10} for number in range(n)]
    chosen = [rng.choice(found) for _ in range(n)]
    visits = [{"url": url, "goal": goal, "max_chars": 6000} for url, goal in chosen]
    return {"search": [("/search", body) for body in searches], "visit": [("/r", body) for body in visits]}


class Server:
    """A serving process with its workers."""

    def __init__(self, pid: int, url: str) -> None:
        self._pid, self.url = pid, url

    def _all(self) -> list[str]:
        found = [str(self._pid)]
        for pid in found:  # which grows
            found += Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return found

    def cpu_s(self) -> float:
        """CPU time of the process and of what it began."""
        rows = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self._all()]
        return sum(int(row[11]) + int(row[12]) for row in rows) / TICKS_PER_S

    def rss_anon_mb(self) -> float:
        """Private memory, MB."""
        texts = [Path(f"/proc/{pid}/status").read_text() for pid in self._all()]
        return sum(int(found[1]) for text in texts if (found := re.search(r"RssAnon:\s*(\d+)", text))) / 1000


@contextmanager
def serving(web: Path, n_workers: int, cores: Sequence[int]) -> Iterator[Server]:
    """`redsearcher web serve` on the cores until the block ends."""
    command = [sys.executable, "-c", "from redsearcher.cli.main import main; main()", "web", "serve", str(web)]
    command += ["--port", "0", "--workers", str(n_workers)]
    process = subprocess.Popen(
        ["taskset", "-c", ",".join(map(str, cores)), *command], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        found = re.search(r"at (http://\S+) ", process.stdout.readline())
        assert found, "the server did not start"
        yield Server(process.pid, found[1])
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


class Load:
    """Sends requests and keeps their latencies, in seconds."""

    def __init__(self, url: str, asked: Sequence[Asked]) -> None:
        self._url, self._asked = url, asked
        self.seconds: list[float] = []
        self.n_failed = 0

    async def closed(self, n_clients: int, n_requests: int) -> None:
        """So many clients, each with its next request once the last is answered."""
        numbers = iter(range(n_requests))
        async with self._session() as session:

            async def one_after_another() -> None:
                for number in numbers:
                    await self._send(session, number, time.perf_counter())

            await asyncio.gather(*(one_after_another() for _ in range(n_clients)))

    async def open(self, rate: float, n_requests: int) -> None:
        """Requests at random times, so many per second on average."""
        rng, due = derive(2, "open", str(rate)), time.perf_counter()
        async with self._session() as session, asyncio.TaskGroup() as group:
            for number in range(n_requests):
                due += rng.expovariate(rate)
                await asyncio.sleep(max(due - time.perf_counter(), 0))
                group.create_task(self._send(session, number, due))

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=120), connector=aiohttp.TCPConnector(limit=0))

    async def _send(self, session: aiohttp.ClientSession, number: int, due: float) -> None:
        path, body = self._asked[number % len(self._asked)]
        try:
            async with session.post(self._url + path, json=body, headers={"Accept": "application/json"}) as reply:
                await reply.read()
                self.n_failed += reply.status != 200
        except (aiohttp.ClientError, TimeoutError):
            self.n_failed += 1
        self.seconds.append(time.perf_counter() - due)


def measure(
    server: Server, what: str, n_workers: int, tool: str, asked: list[Asked], n: int, rate: float, n_clients: int
) -> Row:
    """One load; `rate` 0 is the closed loop of `n_clients`."""
    load = Load(server.url, asked)
    server_before, client_before, start = server.cpu_s(), time.process_time(), time.perf_counter()
    asyncio.run(load.open(rate, n) if rate else load.closed(n_clients, n))
    elapsed, ms = time.perf_counter() - start, sorted(1000 * value for value in load.seconds)
    return Row(
        what, n_workers, tool, round(rate, 1), round(len(ms) / elapsed, 1),
        round(ms[len(ms) // 2], 2), round(ms[min(len(ms) - 1, int(0.99 * len(ms)))], 2), round(ms[-1], 1),
        load.n_failed,
        round((server.cpu_s() - server_before) * 1000 / n, 2),
        round((time.process_time() - client_before) * 1000 / n, 2), round(server.rss_anon_mb(), 1),
    )  # fmt: skip


def run(web: Path, asked: dict[str, list[Asked]], n: int) -> list[Row]:
    """All loads on one worker, then capacity and survival on two."""
    usable = sorted(os.sched_getaffinity(0))
    server_core, client_core = usable[0], usable[-1]
    os.sched_setaffinity(0, {client_core})
    rows = []
    with serving(web, 1, [server_core]) as server:
        for tool, requests in asked.items():
            measure(server, "warm", 1, tool, requests, min(n, 200), 0, 8)
            capacity = measure(server, f"closed, {N_CAPACITY} clients", 1, tool, requests, n, 0, N_CAPACITY)
            rows.append(capacity)
            for share in SHARES:
                rate = share * capacity.answered_per_s
                rows.append(measure(server, f"open, {share:.0%} of capacity", 1, tool, requests, n, rate, 0))
            rows.append(measure(server, f"closed, {N_SURVIVAL} clients", 1, tool, requests, n, 0, N_SURVIVAL))
    os.sched_setaffinity(0, set(usable))
    for n_workers in (1, 2):
        with serving(web, n_workers, usable) as server:
            for tool, requests in asked.items():
                measure(server, "warm", n_workers, tool, requests, min(n, 200), 0, 8)
                what = f"both cores, closed, {N_CAPACITY} clients"
                rows.append(measure(server, what, n_workers, tool, requests, n, 0, N_CAPACITY))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--web", type=Path, help="a web that is there")
    parser.add_argument("--queries", type=Path, help="JSON: lists of queries by kind")
    given = parser.parse_args()
    n = 300 if given.quick else 1000
    with tempfile.TemporaryDirectory(prefix="load-") as name:
        web = given.web or Path(name) / "web"
        if not given.web:
            make_web(Path(name), 2_000 if given.quick else 20_000)
        rows = run(web, make_requests(web, n, given.queries), n)
        n_pages = Web.open(web).info.n_documents
    busy = os.getloadavg()
    table = Table(
        *("load", "workers", "tool", "offered/s", "answered/s", "p50 ms", "p99 ms", "most ms", "failed"),
        *("server CPU s", "client CPU s", "RssAnon MB"),
        title=f"{n_pages:,} pages, {n:,} requests each; CPU seconds per 1,000; load average {busy[0]:.1f}",
    )
    for row in rows:
        table.add_row(*(f"{value:,}" if isinstance(value, int | float) else value for value in row))
    Console(width=160).print(table)
    figures = {"pages": n_pages, "requests": n, "load_average": busy[0], "rows": [row._asdict() for row in rows]}
    print(json.dumps({"benchmark": "web_load", **figures}))


if __name__ == "__main__":
    main()
