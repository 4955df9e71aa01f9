"""Searches and visits per second through every way to a web: in process, HTTP, MCP; their latency and CPU time.

`python benchmarks/wire.py [--quick]`: a generated world of 20,000 entities (2,000 with --quick), its web served by
`redsearcher web serve` in processes of their own, tool calls made by the client that rollouts use. CPU seconds are per
1,000 calls, on the client's and on the server's side. The last line is one JSON line with all figures.
"""

import argparse
import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from redsearcher.agent.tools import Tools
from redsearcher.agent.watchdog import DaemonExecutor
from redsearcher.cli.tools import find_web
from redsearcher.core.rng import derive
from redsearcher.records.tool import ToolCall
from redsearcher.web.builder import build_web
from redsearcher.web.config import WebConfig
from redsearcher.world.fiction.config import FictionConfig
from redsearcher.world.make import WorldConfig, make_world
from redsearcher.world.prose.config import ProseConfig
from redsearcher.world.store import World

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
WORDS = ("born", "river", "founded", "author", "city", "award", "married", "album", "university", "published")


class Speed(NamedTuple):
    """One way, one tool, so many calls in flight; CPU seconds are per 1,000 calls."""

    way: str
    tool: str
    in_flight: int
    calls_per_s: float
    p50_ms: float
    p99_ms: float
    client_cpu_s: float
    server_cpu_s: float


def make_web(folder: Path, n_entities: int) -> World:
    """A world and its web in `folder`."""
    settings = WorldConfig(fiction=FictionConfig(n_entities=n_entities, seed=1), prose=ProseConfig(seed=1))
    make_world(folder / "world", settings)
    world = World(folder / "world")
    build_web(folder / "web", world.documents(), WebConfig(), world_id=world.id, lang=world.info.lang)
    return world


def make_calls(world: World, n_calls: int) -> dict[str, list[ToolCall]]:
    """Searches for a name with a word beside it, and visits with such a goal, no two alike."""
    rng = derive(1, "calls")
    names = [entity.label for entity in world.entities.values()]
    urls = [document.url for document in world.documents()]
    goals = [f"{rng.choice(WORDS)} {rng.choice(names)}" for _ in range(n_calls)]
    searches = [{"query": [goal]} for goal in goals]
    visits = [{"url": [rng.choice(urls)], "goal": goal} for goal in goals]
    return {
        name: [ToolCall(id=str(n), name=name, arguments=given) for n, given in enumerate(rows)]
        for name, rows in (("search", searches), ("visit", visits))
    }


class Server:
    """A serving process with its workers."""

    def __init__(self, process: "subprocess.Popen[str]", url: str) -> None:
        self._pid, self.url = process.pid, url

    def cpu_s(self) -> float:
        """CPU time of the process and of what it began."""
        found = [str(self._pid)]
        for pid in found:  # which grows
            found += Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return sum(map(_cpu_s, found))


def _cpu_s(pid: str) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


@contextmanager
def serving(folder: Path, n_workers: int) -> Iterator[Server]:
    """`redsearcher web serve` until the block ends."""
    command = [sys.executable, "-c", "from redsearcher.cli.main import main; main()", "web", "serve"]
    command += [str(folder / "web"), "--port", "0", "--workers", str(n_workers)]
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


async def _play(tools: Tools, calls: Sequence[ToolCall], in_flight: int) -> list[float]:
    """Seconds of each call."""
    asyncio.get_running_loop().set_default_executor(DaemonExecutor(max(32, in_flight), 60))
    waiting, seconds = iter(calls), []

    async def one_after_another() -> None:
        for call in waiting:
            start = time.perf_counter()
            found = await tools.call(call)
            seconds.append(time.perf_counter() - start)
            assert found.error is None, found.content

    await asyncio.gather(*(one_after_another() for _ in range(in_flight)))
    return seconds


def measure(
    way: str, web: str, server: Server | None, calls: dict[str, list[ToolCall]], in_flights: Sequence[int]
) -> list[Speed]:
    """Every tool through one way, after a few calls to warm up."""
    rows = []
    with find_web(web).here(())() as tools:
        for tool, asked in calls.items():
            asyncio.run(_play(tools, asked[:50], 8))
            for in_flight in in_flights:
                server_before, client_before = server.cpu_s() if server else 0.0, time.process_time()
                start = time.perf_counter()
                seconds = sorted(asyncio.run(_play(tools, asked, in_flight)))
                elapsed = time.perf_counter() - start
                client = time.process_time() - client_before
                served = server.cpu_s() - server_before if server else 0.0
                per_1000, n = 1000 / len(asked), len(seconds)
                rows.append(
                    Speed(
                        way,
                        tool,
                        in_flight,
                        round(n / elapsed, 1),
                        round(1000 * statistics.median(seconds), 2),
                        round(1000 * seconds[min(n - 1, round(0.99 * n))], 2),
                        round(client * per_1000, 3),
                        round(served * per_1000, 3),
                    )
                )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    n_entities, n_calls = (2_000, 300) if quick else (20_000, 1_000)
    with tempfile.TemporaryDirectory(prefix="wire-") as name:
        folder = Path(name)
        world = make_web(folder, n_entities)
        calls = make_calls(world, n_calls)
        n_pages = world.info.n_documents
        rows = measure("in process", str(folder / "web"), None, calls, (1, 64))
        with serving(folder, 1) as server:
            rows += measure("HTTP, 1 worker", server.url, server, calls, (1, 64))
            rows += measure("MCP, 1 worker", f"mcp+{server.url}", server, calls, (1, 64))
        with serving(folder, 2) as server:
            rows += measure("HTTP, 2 workers", server.url, server, calls, (64,))
    table = Table(
        "way", "tool", "in flight", "calls/s", "p50 ms", "p99 ms", "client CPU s", "server CPU s",
        title=f"{n_pages:,} pages, {n_calls:,} calls each; CPU seconds per 1,000 calls",
    )  # fmt: skip
    for row in rows:
        table.add_row(*(f"{value:,}" if isinstance(value, int | float) else value for value in row))
    Console(width=120).print(table)
    print(json.dumps({"benchmark": "wire", "pages": n_pages, "calls": n_calls, "rows": [r._asdict() for r in rows]}))


if __name__ == "__main__":
    main()
