"""Exact treewidth on published graphs: how many are solved, how fast, and whether every bound holds.

    REDSEARCHER_DATA=FOLDER python benchmarks/treewidth.py [--quick] [--time-limit S] [--only NAME ...]

Reads FOLDER/treewidth: named graphs with confirmed widths and the even instances of the PACE 2017 contest. The limit is
in seconds of one core (CPU time). --quick: 2 s each. Prints a table and, last, one JSON line.
"""

import argparse
import csv
import json
import os
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import networkx as nx

from redsearcher.core.rng import derive
from redsearcher.graph.pace import read_graph
from redsearcher.graph.treewidth import treewidth

SMALL = 30


class Row(NamedTuple):
    """One graph solved, with its confirmed width."""

    suite: str
    name: str
    n: int
    m: int
    width: int
    lower: int
    upper: int
    cpu_s: float

    @property
    def verdict(self) -> str:
        if not self.lower <= self.width <= self.upper:
            return "WRONG"
        return "exact" if self.lower == self.upper else "bounds"


def instances(root: Path, only: list[str]) -> Iterator[tuple[str, str, Path, int]]:
    """(suite, name, file, width), small files first."""
    with (root / "verified_widths.csv").open(encoding="utf-8") as file:
        confirmed = {row["graph"]: int(row["treewidth"]) for row in csv.DictReader(file)}
    found = [("named", name, root / "named-graphs" / "gr" / f"{name}.gr", width) for name, width in confirmed.items()]
    with (root / "pace2017-even" / "widths.csv").open(encoding="utf-8") as file:
        rows = [(row["instance"], int(row["treewidth"])) for row in csv.DictReader(file)]
    found += [("pace", name, root / "pace2017-even" / "gr" / f"{name}.gr.xz", width) for name, width in rows]
    for suite, name, path, width in sorted(found, key=lambda row: (row[0], row[2].stat().st_size)):
        if not only or name in only:
            yield suite, name, path, width


def solve(suite: str, name: str, path: Path, width: int, limit_s: float) -> Row:
    graph = read_graph(path)
    start = time.process_time()
    found = treewidth(graph, time_limit_s=limit_s, clock=time.process_time)
    cpu_s = time.process_time() - start
    m = sum(len(others) for others in graph.values()) // 2
    return Row(suite, name, len(graph), m, width, found.lower, found.upper, cpu_s)


def small_graphs() -> dict[str, float]:
    """Milliseconds for graphs of the size that questions have: 12 vertices, 11 to 24 edges."""
    taken = []
    for i in range(300):
        m = 11 + i % 14
        graph = nx.gnm_random_graph(12, m, seed=derive(0, "small", i).randrange(2**32))
        mapping = {str(v): frozenset(str(u) for u in graph[v]) for v in graph}
        start = time.perf_counter()
        treewidth(mapping)
        taken.append(1000 * (time.perf_counter() - start))
    return {"median_ms": round(statistics.median(taken), 3), "p99_ms": round(sorted(taken)[-3], 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="2 s per graph")
    parser.add_argument("--time-limit", type=float, default=60.0, metavar="S", help="CPU seconds per graph")
    parser.add_argument("--suite", choices=("named", "pace"), help="only these graphs")
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME", help="only these graphs")
    asked = parser.parse_args()
    limit_s = 2.0 if asked.quick else asked.time_limit
    data = os.environ.get("REDSEARCHER_DATA")
    if not data:
        sys.exit("REDSEARCHER_DATA is unset: it names the folder that holds treewidth/")
    rows = []
    print(f"{'suite':6} {'graph':44} {'n':>5} {'m':>7} {'width':>5} {'lower':>5} {'upper':>5} {'cpu_s':>7}")
    for instance in instances(Path(data) / "treewidth", asked.only):
        if asked.suite and instance[0] != asked.suite:
            continue
        row = solve(*instance, limit_s)
        rows.append(row)
        print(
            f"{row.suite:6} {row.name:44} {row.n:5} {row.m:7} {row.width:5} {row.lower:5} {row.upper:5} "
            f"{row.cpu_s:7.2f} {row.verdict}",
            flush=True,
        )
    summary: dict[str, object] = {"time_limit_s": limit_s, "small": small_graphs()}
    for suite in ("named", "pace"):
        own = [row for row in rows if row.suite == suite]
        summary[suite] = {
            "graphs": len(own),
            "exact": sum(row.verdict == "exact" for row in own),
            "wrong": sum(row.verdict == "WRONG" for row in own),
            "up_to_30": sum(row.n <= SMALL for row in own),
            "up_to_30_exact": sum(row.n <= SMALL and row.verdict == "exact" for row in own),
        }
    print(json.dumps(summary))


if __name__ == "__main__":
    main()
