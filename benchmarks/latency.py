"""Rollouts against a model that takes its time, and against kill -9: CPU per call, what is lost, what is done again.

    python benchmarks/latency.py [--quick] [--median-s S] [--rollouts N] [--concurrency N] [--kills N] [--http]

`redsearcher rollout` runs as users run it, pinned to one core, with its tools over a generated web. The model server
on another core takes a log-normal time for a turn (median 3 s) and is deterministic: it picks its next query, or the
page it opens, from the words it was shown, by a digest of the conversation.

First the command runs undisturbed. Then the same rollouts again, killed at random moments and resumed by the same
command, four times per folder, in a fresh one then or when one was finished before; every folder must end with the very
bytes of the undisturbed one. --http also reaches the web through `redsearcher web serve`, on the server's core.

Prints tables and, last, one JSON line.
"""

import argparse
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from loopback import Loopback, cores, loopback, peak_rss_mb, task_of

SEED = 23
COMMAND = (sys.executable, "-c", "from redsearcher.cli.main import main; main()")
KILLS_PER_FOLDER = 4
"""After so many the folder is finished and the next one begun: later kills would meet the few longest rollouts only."""
STAGE_FILES = ("trajectories.jsonl", "scores.jsonl", "abnormal.jsonl")
SETTINGS = "[episode]\nwall_time_s = 86400.0\ncall_timeout_s = 3600.0\n"
"""No time limit: an episode that ends by the clock would not be the same twice."""


class Size(NamedTuple):
    """How much is run."""

    n_rollouts: int
    concurrency: int
    median_s: float
    n_kills: int
    n_entities: int


FULL = Size(1_024, 512, 3.0, 20, 2_000)
QUICK = Size(96, 32, 0.05, 5, 400)


class Ended(NamedTuple):
    """A run of the command: whether it was killed, what it cost."""

    killed: bool
    wall_s: float
    cpu_s: float
    rss_peak_mb: float


class Bench(NamedTuple):
    """What every run shares."""

    folder: Path
    server: Loopback
    size: Size

    def command(self, out: str, web: str) -> list[str]:
        """The rollouts into a folder of that name."""
        return [
            *COMMAND, "rollout", str(self.folder / "tasks.jsonl"), "--web", web, "--out", str(self.folder / out),
            "--model", "openai:loopback", "--base-url", self.server.base_url, "--temperature", "0",
            "--config", str(self.folder / "rollout.toml"), "--concurrency", str(self.size.concurrency),
        ]  # fmt: skip

    @property
    def web(self) -> str:
        return str(self.folder / "web")


def run(command: list[str], core: int, kill_after_s: float | None = None) -> Ended:
    """Run a command on a core, and kill it after so long if it still runs. Exits if it fails by itself."""
    start, peak_mb = time.monotonic(), 0.0
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, cwd=Path(__file__).parent)
        os.sched_setaffinity(process.pid, {core})
        killed = False
        while True:
            pid, status, used = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            peak_mb = max(peak_mb, peak_rss_mb(process.pid))
            if kill_after_s is not None and not killed and time.monotonic() - start > kill_after_s:
                os.kill(process.pid, signal.SIGKILL)
                killed = True
            time.sleep(0.02)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, -signal.SIGKILL):
            said.seek(0)
            sys.exit(f"{' '.join(command[3:])} ended with {process.returncode}:\n{said.read()[-2_000:]}")
    ended_by_us = process.returncode == -signal.SIGKILL
    return Ended(ended_by_us, time.monotonic() - start, used.ru_utime + used.ru_stime, peak_mb)


def calling(function: Callable[..., None], **arguments: object) -> list[str]:
    """The command that calls a function of this file in a process of its own."""
    code = f"import json, sys, latency; latency.{function.__name__}(**json.loads(sys.argv[1]))"
    return [sys.executable, "-c", code, json.dumps(arguments)]


def make_world(folder: str, n_entities: int, n_tasks: int) -> None:
    """A generated web and tasks that ask about its pages, in the folder. Runs in a process of its own."""
    from redsearcher.core import jsonl
    from redsearcher.core.rng import derive
    from redsearcher.web.builder import build_web
    from redsearcher.web.config import WebConfig
    from redsearcher.world.fiction.config import FictionConfig
    from redsearcher.world.make import WorldConfig, make_world
    from redsearcher.world.prose.config import ProseConfig
    from redsearcher.world.store import World

    home = Path(folder)
    config = WorldConfig(fiction=FictionConfig(n_entities=n_entities, seed=SEED), prose=ProseConfig(seed=SEED))
    make_world(home / "world", config)
    world = World(home / "world")
    build_web(home / "web", world.documents(), WebConfig(), world_id=world.id, lang="en")
    titles = [page.title for page in world.documents()]
    asked = derive(SEED, "questions").choices(titles, k=n_tasks)
    tasks = (task_of(f"What is said of {title}, and by whom? ({number})") for number, title in enumerate(asked))
    jsonl.write(home / "tasks.jsonl", map(jsonl.dump, tasks))
    (home / "rollout.toml").write_text(SETTINGS, encoding="utf-8")


class Undisturbed(NamedTuple):
    """The command run to its end, and once more with nothing owed; `tools_cpu_s` is what the tool calls cost alone."""

    ended: Ended
    again: Ended
    n_calls: int
    n_tool_calls: int
    tools_cpu_s: float


def undisturbed(bench: Bench, out: str, web: str) -> Undisturbed:
    core, _ = cores()
    before = bench.server.served()
    ended = run(bench.command(out, web), core)
    n_calls = round(bench.server.served()["n_calls"] - before["n_calls"])
    again = run(bench.command(out, web), core)
    asked = Path(tempfile.mkdtemp(dir=bench.folder)) / "cost.json"
    made = str(bench.folder / out / STAGE_FILES[0])
    run(calling(call_tools, trajectories=made, web=web, out=str(asked)), core)
    cost = json.loads(asked.read_text(encoding="utf-8"))
    return Undisturbed(ended, again, n_calls, cost["n_tool_calls"], cost["cpu_s"])


def call_tools(trajectories: str, web: str, out: str) -> None:
    """Make the tool calls of trajectories again, one by one, and write down what they cost."""
    import asyncio

    from redsearcher.cli.tools import find_web
    from redsearcher.core import jsonl
    from redsearcher.records.trajectory import Trajectory

    calls = [call for t in jsonl.read(Path(trajectories), Trajectory) for step in t.steps for call in step.calls]

    async def make() -> float:
        with find_web(web).here(())() as tools:
            start = time.process_time()
            for call in calls:
                await tools.call(call)
            return time.process_time() - start

    cost = {"n_tool_calls": len(calls), "cpu_s": asyncio.run(make())}
    Path(out).write_text(json.dumps(cost), encoding="utf-8")


class Torment(NamedTuple):
    """What many kills did. Rollouts and calls done again count all folders together."""

    n_kills: int
    n_folders: int
    n_lost: int
    n_doubled: int
    n_torn: int
    n_different_files: int
    n_rollouts_again: int
    most_rollouts_again: int
    n_calls_again: int


def torment(bench: Bench, whole: str, wall_s: float, n_calls: int) -> Torment:
    """Kill and resume until the kills are used up, and finish the last folder."""
    core, _ = cores()
    rng, folder = Random(SEED), bench.folder
    n_kills = n_folders = n_lost = n_doubled = n_torn = n_different = most_again = 0
    before = bench.server.served()
    while n_kills < bench.size.n_kills:
        out, kept = f"killed-{n_folders}", set[str]()
        n_folders += 1
        finished, n_here = False, 0
        while not finished:
            begun = bench.server.served()["n_begun"]
            spare = n_kills < bench.size.n_kills and n_here < KILLS_PER_FOLDER
            ended = run(bench.command(out, bench.web), core, rng.uniform(0.0, 0.7) * wall_s if spare else None)
            finished = not ended.killed
            n_kills, n_here = n_kills + ended.killed, n_here + ended.killed
            keys, torn = written(folder / out)
            n_torn += torn
            n_doubled += len(keys) - len(set(keys))
            n_lost += len(kept.difference(keys))
            new_begun = round(bench.server.served()["n_begun"] - begun)
            most_again = max(most_again, new_begun - len(set(keys) - kept))
            kept = set(keys)
        n_different += sum(digest(folder / out / name) != digest(folder / whole / name) for name in STAGE_FILES)
    after = bench.server.served()
    return Torment(
        n_kills, n_folders, n_lost, n_doubled, n_torn, n_different,
        round(after["n_begun"] - before["n_begun"]) - n_folders * bench.size.n_rollouts, most_again,
        round(after["n_calls"] - before["n_calls"]) - n_folders * n_calls,
    )  # fmt: skip


def written(out: Path) -> tuple[list[str], int]:
    """Keys of the rollouts that are on disk, and whether a torn line follows them."""
    part, stage = out / "trajectories.part.jsonl", out / STAGE_FILES[0]
    file = part if part.is_file() else stage
    if not file.is_file():
        return [], 0
    data = file.read_bytes()
    lines = data.split(b"\n")
    return [json.loads(line)["key"] for line in lines[:-1]], int(bool(lines[-1]))


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@contextmanager
def served_web(bench: Bench) -> Iterator[str]:
    """The URL of the web behind `redsearcher web serve`."""
    _, core = cores()
    process = subprocess.Popen(
        [*COMMAND, "web", "serve", bench.web, "--port", "0", "--tools", ""], stdout=subprocess.PIPE, text=True
    )
    os.sched_setaffinity(process.pid, {core})
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        yield next(word for word in line.split() if word.startswith("http"))
    finally:
        process.terminate()
        process.communicate()


def show_cost(console: Console, rows: dict[str, Undisturbed]) -> dict[str, dict[str, float]]:
    heads = (
        "model calls",
        "tool calls",
        "s",
        "CPU s",
        "CPU s with nothing owed",
        "CPU s per 1,000 calls",
        "of it tools",
    )
    table = Table("web", *heads, "peak RSS MB")
    figures = {}
    for name, row in rows.items():
        per_call = 1_000 * (row.ended.cpu_s - row.again.cpu_s) / row.n_calls
        tools = 1_000 * row.tools_cpu_s / row.n_calls
        table.add_row(
            name, f"{row.n_calls:,}", f"{row.n_tool_calls:,}", f"{row.ended.wall_s:,.1f}", f"{row.ended.cpu_s:,.1f}",
            f"{row.again.cpu_s:,.1f}", f"{per_call:.2f}", f"{tools:.2f}", f"{row.ended.rss_peak_mb:,.0f}",
        )  # fmt: skip
        figures[name] = {
            "n_calls": row.n_calls, "n_tool_calls": row.n_tool_calls, **row.ended._asdict(),
            "cpu_s_nothing_owed": row.again.cpu_s, "cpu_s_per_1000_calls": per_call,
            "tools_cpu_s_per_1000_calls": tools,
        }  # fmt: skip
    console.print(table)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="96 rollouts, 32 in flight, median 0.05 s, 5 kills")
    parser.add_argument("--median-s", type=float, help="median seconds of a turn (3)")
    parser.add_argument("--rollouts", type=int, help="how many (1,024)")
    parser.add_argument("--concurrency", type=int, help="episodes in flight (512)")
    parser.add_argument("--kills", type=int, help="how often the command is killed (20)")
    parser.add_argument("--http", action="store_true", help="also reach the web through `redsearcher web serve`")
    args = parser.parse_args()
    given = {
        "median_s": args.median_s, "n_rollouts": args.rollouts, "concurrency": args.concurrency, "n_kills": args.kills,
    }  # fmt: skip
    size = (QUICK if args.quick else FULL)._replace(**{name: v for name, v in given.items() if v is not None})
    console = Console(width=160)
    with (
        tempfile.TemporaryDirectory(prefix="latency-") as made,
        loopback("searcher", cores()[1], median_s=size.median_s) as server,
    ):
        bench = Bench(Path(made), server, size)
        run(calling(make_world, folder=made, n_entities=size.n_entities, n_tasks=size.n_rollouts), cores()[0])
        rows = {"in process": undisturbed(bench, "whole", bench.web)}
        if args.http:
            with served_web(bench) as url:
                rows["over HTTP"] = undisturbed(bench, "over-http", url)
            if any(
                digest(bench.folder / "whole" / name) != digest(bench.folder / "over-http" / name)
                for name in STAGE_FILES
            ):
                sys.exit("the rollouts over HTTP are not those in process")
        figures = show_cost(console, rows)
        whole = rows["in process"]
        hurt = torment(bench, "whole", whole.ended.wall_s, whole.n_calls)
        table = Table(*(name.removeprefix("n_").replace("_", " ") for name in hurt._fields))
        table.add_row(*map(str, hurt))
        console.print(table)
    print(json.dumps({"size": size._asdict(), "cost": figures, "kills": hurt._asdict()}))
    if hurt.n_lost or hurt.n_doubled or hurt.n_different_files:
        sys.exit("rollouts were lost or doubled, or the files differ")


if __name__ == "__main__":
    main()
