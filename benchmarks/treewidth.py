"""Exact treewidth on published graphs: how many are solved, how fast, and whether every bound holds.

    REDSEARCHER_DATA=FOLDER python benchmarks/treewidth.py [--quick] [--time-limit S] [--only NAME ...]
    python benchmarks/treewidth.py --suite made [--quick]

Reads FOLDER/treewidth: named graphs with confirmed widths and the even instances of the PACE 2017 contest. The limit is
in seconds of one core (CPU time). --quick: 2 s each. Prints a table and, last, one JSON line.

The suite "made" needs no data: graphs such as this package makes, milliseconds each (the best of three runs): the
reasoning graphs of tasks sampled from a world of the demo's size (1,000 entities with --quick), with and without
givens; random partial k-trees, sparse random graphs and grids of up to 40 vertices. And the exact MSD of those tasks.
"""

import argparse
import csv
import json
import math
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import networkx as nx

from redsearcher.core.rng import derive
from redsearcher.graph.cover import minimum_cover
from redsearcher.graph.pace import read_graph
from redsearcher.graph.reasoning import reasoning_graph
from redsearcher.graph.treewidth import treewidth
from redsearcher.records.world import Strength
from redsearcher.synthesis.candidate import Candidate
from redsearcher.synthesis.config import SynthConfig
from redsearcher.synthesis.sample import Sampler
from redsearcher.synthesis.verbalise.question import verbalise
from redsearcher.world.fiction.config import FictionConfig
from redsearcher.world.make import WorldConfig, make_world
from redsearcher.world.prose.config import ProseConfig
from redsearcher.world.store import World

SMALL = 30
TINY = 12
"""Vertices of the largest graphs that must be solved in a millisecond."""
Neighbours = dict[str, frozenset[str]]


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
        mapping = neighbours(graph)
        start = time.perf_counter()
        treewidth(mapping)
        taken.append(1000 * (time.perf_counter() - start))
    return {"median_ms": round(statistics.median(taken), 3), "p99_ms": round(sorted(taken)[-3], 3)}


def neighbours(graph: nx.Graph) -> Neighbours:
    return {str(v): frozenset(str(u) for u in graph[v]) for v in graph}


def partial_tree(n: int, k: int, draws: random.Random) -> Neighbours:
    """A random k-tree on n vertices that has lost three edges in ten."""
    graph = nx.complete_graph(k + 1)
    cliques = [tuple(u for u in range(k + 1) if u != left_out) for left_out in range(k + 1)]
    for v in range(k + 1, n):
        clique = draws.choice(cliques)
        graph.add_edges_from((u, v) for u in clique)
        cliques += [(*(u for u in clique if u != left_out), v) for left_out in clique]
    graph.remove_edges_from([edge for edge in sorted(graph.edges) if draws.random() < 0.3])
    return neighbours(graph)


def random_graphs() -> Iterator[tuple[str, Neighbours]]:
    """(family, graph), up to 40 vertices."""
    for n in (6, 8, 12, 16, 20, 24, 30, 40):
        for k in (2, 3, 4, 6):
            if k < n - 1:
                for i in range(50):
                    yield f"partial k-trees, {n} vertices", partial_tree(n, k, derive(0, "k-tree", n, k, i))
        for i in range(50):
            seed = derive(0, "sparse", n, i).randrange(2**32)
            yield f"2n random edges, {n} vertices", neighbours(nx.gnm_random_graph(n, 2 * n, seed=seed))
    for a, b in ((2, 3), (3, 3), (3, 4), (4, 4), (4, 5), (5, 5), (5, 6), (6, 6), (5, 8)):
        yield "grids up to 12 vertices" if a * b <= TINY else "grids up to 5 x 8", neighbours(nx.grid_2d_graph(a, b))


def sampled(folder: Path, n_entities: int, n_units: int) -> tuple[World, list[Candidate]]:
    """Tasks from a world of its own, `n_units` master graphs for each k, aimed at all MSDs in turn."""
    make_world(folder, WorldConfig(fiction=FictionConfig(n_entities=n_entities, seed=7), prose=ProseConfig(seed=7)))
    world, config = World(folder), SynthConfig(seed=7)
    sampler = Sampler(world, config, verbalise).ready()
    found: list[Candidate] = []
    for k in (1, 2, 3):
        for number in range(n_units):
            msd = config.msd[number % len(config.msd)]
            found += sampler.unit(k * n_units + number, k, msd, number // len(config.msd)).candidates
    return world, found


def best_ms(run: Callable[[], object]) -> float:
    """CPU milliseconds of the fastest of three runs."""
    taken = []
    for _ in range(3):
        start = time.process_time()
        run()
        taken.append(1000 * (time.process_time() - start))
    return min(taken)


def quantiles(taken_ms: Sequence[float]) -> dict[str, float]:
    ordered = sorted(taken_ms)
    at = {share: ordered[math.ceil(share * len(ordered)) - 1] for share in (0.5, 0.99)}
    figures = {"p50_ms": at[0.5], "p99_ms": at[0.99], "max_ms": ordered[-1]}
    return {"n": len(ordered), **{name: round(ms, 3) for name, ms in figures.items()}}


def made(*, quick: bool) -> dict[str, dict[str, float]]:
    """Treewidth of the graphs that this package makes, by family; and MSD of the tasks."""
    taken: dict[str, list[tuple[int, float]]] = {}
    with tempfile.TemporaryDirectory(prefix="treewidth-") as temporary:
        world, tasks = sampled(Path(temporary) / "world", *((1_000, 16) if quick else (4_000, 60)))
        graphs = list(random_graphs())
        for given in (False, True):
            name = f"tasks {'with' if given else 'without'} givens"
            graphs += [(name, reasoning_graph(task.query, with_givens=given)) for task in tasks]
        for family, graph in graphs:
            ms = best_ms(partial(treewidth, graph))
            taken.setdefault(family, []).append((len(graph), ms))
        figures = {family: quantiles([ms for _, ms in rows]) for family, rows in taken.items()}
        everything = [row for rows in taken.values() for row in rows]
        of_tasks = [row for family, rows in taken.items() if family.startswith("tasks") for row in rows]
        figures["all of at most 12 vertices"] = quantiles([ms for n, ms in everything if n <= TINY])
        figures["tasks of at most 12 vertices"] = quantiles([ms for n, ms in of_tasks if n <= TINY])
        figures["all"] = quantiles([ms for _, ms in everything])
        for strength in (Strength.STRICT, Strength.LOOSE):
            covers = [
                [world.stating(f, strength) for f in sorted({f for c in t.query.constraints for f in c.facts})]
                for t in tasks
            ]
            figures[f"MSD of tasks, {strength.value}"] = quantiles(
                [best_ms(partial(minimum_cover, sets)) for sets in covers]
            )
    print(f"{'what':36} {'n':>5} {'p50_ms':>8} {'p99_ms':>8} {'max_ms':>8}")
    for name, row in figures.items():
        print(f"{name:36} {row['n']:5} {row['p50_ms']:8.3f} {row['p99_ms']:8.3f} {row['max_ms']:8.3f}")
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="2 s per graph")
    parser.add_argument("--time-limit", type=float, default=60.0, metavar="S", help="CPU seconds per graph")
    parser.add_argument("--suite", choices=("named", "pace", "made"), help="only these graphs")
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME", help="only these graphs")
    asked = parser.parse_args()
    limit_s = 2.0 if asked.quick else asked.time_limit
    if asked.suite == "made":
        print(json.dumps({"made": made(quick=asked.quick)}))
        return
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
    if not asked.suite and not asked.only:
        summary["made"] = made(quick=asked.quick)
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
