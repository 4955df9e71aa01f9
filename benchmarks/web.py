"""Search over many pages: our web with everything on beside the engine under it, bm25s and SQLite FTS5.

    python benchmarks/web.py [--quick] [--pages N] [--folder FOLDER] [--engines ours,tantivy,bm25s,fts5]
        [--rollouts trajectories.jsonl] [--queries N]

Each in a process of its own. Pages are invented (see zipf.py) with the words of the real texts under REDSEARCHER_DATA.
With --folder what was built there is used again, so that a run goes on after a cut and can be measured again. Queries
are the real ones of the search cache, words drawn by their frequency, and with --rollouts those of policies. Times are
of one thread, in milliseconds; "cpu" is the median of the thread's processor time, which other work on the machine
lengthens less. Cold: the first queries of a fresh process after the files were dropped from the page cache; warm, all
else: each query was asked once before. Prints two tables and, last, one JSON line.
"""

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

import web_engines
import zipf

QUERIES = "queries.json"
N_COLD = 100
THREADS_S = 6.0
NEEDS_KIB = {"bm25s": 14}  # of memory per page while building
SLOW = {"fts5": 60}  # queries that a slow engine is asked, at a million pages and more


def queries(data: Path, rollouts: Path | None, n: int) -> dict[str, list[str]]:
    """By kind, at most `n` of each, in a seeded order."""
    cache = data / "search-cache" / "arpo_search_cache.json"
    vocabulary, rng = made_vocabulary(data, rollouts), np.random.default_rng(zipf.SEED)
    found = {
        "real": list(json.loads(cache.read_text("utf-8"))),
        "drawn": [" ".join(vocabulary.words[vocabulary.draw(rng, 5)]) for _ in range(n)],
    }
    if rollouts is not None:
        found["rollouts"] = list(dict.fromkeys(_asked(rollouts)))
    for kind in found.values():
        random.Random(zipf.SEED).shuffle(kind)
    return {kind: asked[:n] for kind, asked in found.items()}


def _asked(rollouts: Path) -> Iterator[str]:
    with rollouts.open("rb") as file:
        for line in file:
            for step in json.loads(line)["steps"]:
                for call in step["calls"]:
                    if call["name"] == "search" and isinstance(call["arguments"].get("query"), list):
                        yield from map(str, call["arguments"]["query"])


def build(name: str, folder: Path, data: Path, rollouts: Path | None, n_pages: int) -> dict[str, Any]:
    """Build one engine; seconds are without the time that making the pages took."""
    pages = zipf.Pages(made_vocabulary(data, rollouts), n_pages)
    before_mib = rss_mib("VmRSS")
    start, cpu = time.perf_counter(), time.process_time()
    web_engines.ENGINES[name].build(folder, pages)
    wall_s, cpu_s = time.perf_counter() - start, time.process_time() - cpu
    return {
        "pages": n_pages, "pages_made_s": pages.spent_s,
        "build_wall_s": wall_s - pages.spent_s, "build_cpu_s": cpu_s - pages.spent_s,
        "build_peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before_mib,
        "disk_mib": sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**20,
    }  # fmt: skip


def made_vocabulary(data: Path, rollouts: Path | None) -> zipf.Vocabulary:
    """Of the real texts, and of the queries of policies, so that these too find pages."""
    texts = [*web_engines.texts_of(data), *(_asked(rollouts) if rollouts else ())]
    return zipf.Vocabulary(texts)


def rss_mib(field: str) -> float:
    """A field of this process's status."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    return 0.0


def available_kib() -> int:
    """Memory of the machine that a process could have."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable"))


def evict(folder: Path) -> bool:
    """Drop the files from the page cache; False where the system cannot."""
    if not hasattr(os, "posix_fadvise"):
        return False
    for file in folder.rglob("*"):
        if file.is_file():
            descriptor = os.open(file, os.O_RDONLY)
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)
    return True


def times(search: web_engines.Search, asked: list[str]) -> dict[str, float]:
    """Milliseconds of each query, one after another."""
    wall, cpu = [], []
    for query in asked:
        start, start_cpu = time.perf_counter(), time.thread_time()
        search(query)
        wall.append((time.perf_counter() - start) * 1e3)
        cpu.append((time.thread_time() - start_cpu) * 1e3)
    cuts = statistics.quantiles(wall, n=100)
    return {
        "p50": statistics.median(wall), "p99": cuts[98], "mean": statistics.fmean(wall),
        "cpu_p50": statistics.median(cpu), "cpu_mean": statistics.fmean(cpu),
    }  # fmt: skip


def throughput(search: web_engines.Search, asked: list[str], n_threads: int) -> float:
    """Queries per second of several threads over a few seconds."""
    stop_at = time.perf_counter() + THREADS_S
    done = [0] * n_threads

    def work(number: int) -> None:
        while time.perf_counter() < stop_at:
            search(asked[(number * 7 + done[number] * n_threads) % len(asked)])
            done[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(n_threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / THREADS_S


def ask(name: str, folder: Path, asked: dict[str, list[str]], whole: bool) -> dict[str, Any]:
    """Open what was built and ask it, cold and warm, by every way it can be asked; `whole` adds threads."""
    evicted = evict(folder)
    start = time.perf_counter()
    searches = web_engines.ENGINES[name].searches(folder)
    found: dict[str, Any] = {"open_ms": (time.perf_counter() - start) * 1e3, "evicted": evicted, "by": {}}
    everything = [query for kind in asked.values() for query in kind]
    random.Random(zipf.SEED).shuffle(everything)
    for way, search in searches.items():
        row: dict[str, Any] = {}
        if way == next(iter(searches)):
            row["cold"] = times(search, everything[:N_COLD])
        for query in everything if way == next(iter(searches)) else everything[:200]:
            search(query)
        row |= {kind: times(search, of_kind) for kind, of_kind in asked.items()}
        row["rss_anon_mib"], row["rss_file_mib"] = rss_mib("RssAnon"), rss_mib("RssFile")
        if whole:
            row["qps"] = {str(n): throughput(search, everything, n) for n in (1, 2)}
        found["by"][way] = row
    return found


def in_process(options: argparse.Namespace, phase: str, name: str, folder: Path) -> dict[str, Any]:
    """One phase of one engine in a process of its own."""
    command = [sys.executable, __file__, "--phase", phase, "--engines", name, "--folder", str(folder)]
    command += ["--pages", str(options.pages), "--queries", str(options.queries), "--data", str(options.data)]
    command += ["--rollouts", str(options.rollouts)] if options.rollouts else []
    command += ["--writer-threads", str(options.writer_threads)]
    command += ["--no-threads"] if options.no_threads else []
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def run_phase(options: argparse.Namespace) -> dict[str, Any]:
    """What a process of its own does."""
    name, folder = options.engines, options.folder
    if options.phase == "build":
        web_engines.WRITER_THREADS = options.writer_threads
        return build(name, folder, options.data, options.rollouts, options.pages)
    asked = json.loads((folder.parent / QUERIES).read_text())
    if options.pages >= 500_000 and name in SLOW:
        asked = {kind: of_kind[: SLOW[name]] for kind, of_kind in asked.items()}
    return ask(name, folder, asked, whole=not options.no_threads)


def measure(options: argparse.Namespace, home: Path) -> dict[str, Any]:
    """Every engine, built where it is not there yet."""
    found = {}
    home = home / str(options.pages)
    home.mkdir(parents=True, exist_ok=True)
    (home / QUERIES).write_text(json.dumps(queries(options.data, options.rollouts, options.queries)))
    for name in options.engines.split(","):
        folder = home / name
        facts = folder.with_suffix(".json")
        if not facts.exists() and available_kib() < NEEDS_KIB.get(name, 0) * options.pages:
            print(f"{name} is left out: it needs {NEEDS_KIB[name]} KiB of free memory per page", file=sys.stderr)
            continue
        if not facts.exists():
            folder.mkdir(exist_ok=True)
            facts.write_text(json.dumps(in_process(options, "build", name, folder)))
        found[name] = json.loads(facts.read_text()) | in_process(options, "ask", name, folder)
        print(json.dumps({name: found[name]}), file=sys.stderr, flush=True)
    return found


def show(found: dict[str, Any], n_pages: int) -> None:
    """Two tables: what it took, and how fast it answers."""
    built = Table("engine", "build s", "of it cpu", "peak MiB", "disk MiB", "open ms", title=f"{n_pages:,} pages")
    for name, row in found.items():
        keys = ("build_wall_s", "build_cpu_s", "build_peak_mib", "disk_mib", "open_ms")
        built.add_row(name, *(f"{row[key]:,.0f}" for key in keys))
    kinds = [kind for kind in ("real", "drawn", "rollouts") if kind in _any_way(found)]
    asked = Table(
        "asked", *(f"{kind} p50 / p99 / cpu" for kind in kinds), "cold p50 / p99", "QPS 1, 2", "anon, file MiB"
    )
    for row in found.values():
        for way, each in row["by"].items():
            speeds = [f"{each[k]['p50']:.2f} / {each[k]['p99']:.1f} / {each[k]['cpu_p50']:.2f}" for k in kinds]
            cold = f"{each['cold']['p50']:.1f} / {each['cold']['p99']:.0f}" if "cold" in each else ""
            qps = ", ".join(f"{value:,.0f}" for value in each.get("qps", {}).values())
            asked.add_row(way, *speeds, cold, qps, f"{each['rss_anon_mib']:,.0f}, {each['rss_file_mib']:,.0f}")
    for table in (built, asked):
        Console(width=160).print(table)


def _any_way(found: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = next(iter(next(iter(found.values()))["by"].values()))
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="3,000 pages, 60 queries of a kind")
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=1_000, help="of each kind")
    parser.add_argument("--folder", type=Path, help="where to build, and what was built there is used again")
    parser.add_argument("--engines", default="ours,tantivy,bm25s,fts5")
    parser.add_argument("--rollouts", type=Path, help="trajectories.jsonl whose queries are asked too")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("REDSEARCHER_DATA", "../shared/data")))
    parser.add_argument("--writer-threads", type=int, default=1, help="of our build")
    parser.add_argument("--no-threads", action="store_true", help="leave out throughput")
    parser.add_argument("--phase", choices=("build", "ask"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.quick:
        options.pages, options.queries, options.no_threads = 3_000, 60, True
    if options.phase:
        print(json.dumps(run_phase(options)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        found = measure(options, options.folder or Path(temporary))
    result = json.dumps({"benchmark": "web", "pages": options.pages, "engines": found})
    show(found, options.pages)
    print(result)


if __name__ == "__main__":
    main()
