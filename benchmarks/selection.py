"""How good the choice of tasks is: greedy, with exchange, and the bound that a linear program gives.

`python benchmarks/selection.py [--quick] [--candidates FILE --config FILE]`: 15,000 made-up candidates for 10,000
places (1,500 for 1,000 with --quick), or those of a run's candidates.jsonl under a synthesis config. "First come" takes
what caps admit in the order given. The bounds are linear programs over the same caps, solved by HiGHS: how many tasks,
and how much variety, any choice can have at most. Seconds are of this process.

With --streams WORLD [--config FILE] [--per-cell N] [--units N] [--seeds N] it compares what the candidates come from
instead: whole syntheses whose master graphs grow along facts, along hyperlinks, along both (`streams.py` beside this).

The last line is one JSON line.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from redsearcher.core import jsonl
from redsearcher.synthesis.candidate import Unit, distinct
from redsearcher.synthesis.caps import FEW_CAPPED, FEW_RELATIONS
from redsearcher.synthesis.choose import Choice, choose
from redsearcher.synthesis.columns import Floats
from redsearcher.synthesis.config import SynthConfig
from redsearcher.synthesis.trait import Traits, traits
from redsearcher.synthesis.variety import SCALE
from streams import compared, stream_line, stream_table

STEP = 1.25
"""Ratio of the counts at which a line bounds the score of a value from above."""


class Result(NamedTuple):
    """Tasks and variety of one choice, and the CPU seconds it took."""

    name: str
    n_tasks: float
    variety: float
    cpu_s: float


class Rows:
    """Rows of a linear program `A x <= b`, entry by entry."""

    def __init__(self) -> None:
        self.entries: list[tuple[int, int, float]] = []
        self.bounds: list[float] = []

    def add(self, entries: Sequence[tuple[int, float]], bound: float) -> None:
        self.entries += [(len(self.bounds), column, value) for column, value in entries]
        self.bounds.append(bound)


def made_up(n: int, seed: int) -> list[Traits]:
    """Candidates with common and rare relations, types and shapes, some answers and givens much in demand."""
    draws = Random(seed)

    def one_of(stem: str, n_values: int, skew: float) -> Callable[[], str]:
        names, weights = [f"{stem}{v}" for v in range(n_values)], [1 / (v + 1) ** skew for v in range(n_values)]
        return lambda: draws.choices(names, weights)[0]

    relation, kind, shape = one_of("P", 80, 1.0), one_of("type", 20, 1.0), one_of("shape", 30, 1.3)
    wanted, known = one_of("E", 4 * n, 0.4), one_of("G", 2 * n, 0.6)
    cells = [(k, msd) for k in (1, 2, 3) for msd in (2, 3, 4, 5)]
    return [
        Traits(
            cell=draws.choices(cells, (6, 5, 4, 4, 5, 4, 4, 4, 2.5, 3, 3, 3))[0],
            answer=wanted(),
            givens=tuple(sorted({known() for _ in range(draws.randint(1, 3))})),
            properties=tuple(relation() for _ in range(draws.randint(4, 10))),
            types=tuple(kind() for _ in range(draws.randint(2, 6))),
            topology=shape(),
            role=draws.choice(("leaf", "hub", "cut", "clique", "inner")),
            width=min(12, int(draws.expovariate(0.3))),
        )
        for _ in range(n)
    ]


def timed(name: str, make: Callable[[], Choice]) -> Result:
    start = time.process_time()
    choice = make()
    return Result(name, len(choice.taken), choice.value / SCALE, time.process_time() - start)


def first_come(rows: Sequence[Traits], config: SynthConfig) -> Choice:
    """What caps admit, in order, until nothing more comes in."""
    choice, n_before = Choice(rows, config), -1
    while n_before < len(choice.taken):
        n_before = len(choice.taken)
        for row in range(len(rows)):
            if row not in choice.taken and choice.caps.admits(row):
                choice.take(row)
    return choice


def greedy(rows: Sequence[Traits], config: SynthConfig) -> Choice:
    """The greedy step alone."""
    choice = Choice(rows, config)
    choice.fill()
    return choice


def cap_rows(rows: Sequence[Traits], config: SynthConfig) -> Rows:
    """The caps as rows over one column per candidate."""
    found = Rows()
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        groups[str(row.cell), ""].append(number)
        groups["answer", row.answer].append(number)
        for given in row.givens:
            groups["given", given].append(number)
    most = {"answer": config.per_answer, "given": config.per_given}
    most |= {str(cell): config.quota(*cell) for cell in config.cells}
    for (kind, _), members in groups.items():
        if len(members) > most[kind]:
            found.add([(number, 1.0) for number in members], most[kind])
    every = {p for row in rows for p in row.properties}
    shares = [({p}, config.relation_share, FEW_RELATIONS) for p in sorted(every)]
    for some, share, few in [*shares, (set(config.capped_properties), config.capped_share, FEW_CAPPED)]:
        used = [sum(p in some for p in row.properties) for row in rows]
        if share < 1 and any(used):
            # Relaxed: within the share, or of few constraints.
            entries = [(n, u - share * len(row.properties)) for n, (u, row) in enumerate(zip(used, rows, strict=True))]
            found.add([entry for entry in entries if entry[1]], share * few)
    return found


def most_tasks(rows: Sequence[Traits], config: SynthConfig) -> Result:
    """The most tasks that fractions of candidates give."""
    start = time.process_time()
    caps = cap_rows(rows, config)
    most = -_solved(np.full(len(rows), -1.0), caps, len(rows), np.ones(len(rows)))
    return Result("bound on tasks", most, float("nan"), time.process_time() - start)


def most_variety(rows: Sequence[Traits], config: SynthConfig) -> Result:
    """The most variety that fractions of candidates give: the score of each value under its tangents."""
    start = time.process_time()
    caps, variety = cap_rows(rows, config), Choice(rows, config).variety
    columns: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in range(len(rows)):
        own = slice(variety.starts[row], variety.starts[row + 1])
        for value, times in zip(variety.values[own].tolist(), variety.times[own].tolist(), strict=True):
            columns[value].append((row, times))
    gain = np.zeros(len(rows) + len(variety.kinds))
    for value, held in columns.items():
        table, n_held = variety.tables[int(variety.kinds[value])] / SCALE, sum(times for _, times in held)
        if n_held == 1:
            gain[held[0][0]] -= table[1]
            continue
        gain[len(rows) + value], at = -1.0, 0
        while at < n_held:
            slope = table[at + 1] - table[at]
            entries = [(row, -slope * times) for row, times in held]
            caps.add([*entries, (len(rows) + value, 1.0)], float(table[at] - slope * at))
            at = max(at + 1, int(at * STEP))
    upper = np.concatenate([np.ones(len(rows)), np.where(gain[len(rows) :] < 0, np.inf, 0.0)])
    most = -_solved(gain, caps, len(gain), upper)
    return Result("bound on variety", float("nan"), most, time.process_time() - start)


def _solved(cost: Floats, caps: Rows, n_columns: int, upper: Floats) -> float:
    at, columns, values = zip(*caps.entries, strict=True)
    matrix = coo_matrix((values, (at, columns)), shape=(len(caps.bounds), n_columns)).tocsr()
    bounds = np.stack([np.zeros(n_columns), upper], axis=1)
    found = linprog(cost, A_ub=matrix, b_ub=caps.bounds, bounds=bounds, method="highs-ipm")
    if found.status != 0:
        raise SystemExit(f"HiGHS did not solve the bound: {found.message}")
    return float(found.fun)


def measured(rows: Sequence[Traits], config: SynthConfig) -> list[Result]:
    """Choices, from plain to good, then the bounds."""
    return [
        timed("first come", lambda: first_come(rows, config)),
        timed("greedy", lambda: greedy(rows, config)),
        timed("greedy and exchange", lambda: choose(rows, config)),
        most_tasks(rows, config),
        most_variety(rows, config),
    ]


def show_streams(arguments: argparse.Namespace) -> None:
    """The comparison of streams, as a table and a JSON line."""
    config = SynthConfig.load(arguments.config) if arguments.config else SynthConfig(seed=7, per_cell=12, max_units=400)
    given = {"per_cell": arguments.per_cell, "max_units": arguments.units}
    changed = {name: value for name, value in given.items() if value is not None}
    if arguments.per_cell is not None:
        changed["quotas"] = {}
    config = config.model_copy(update=changed)
    runs = []
    for run in compared(arguments.streams, config, arguments.seeds):
        Console(stderr=True).print(run.name, run.seed, run.figures)
        runs.append(run)
    Console(width=140).print(stream_table(runs))
    print(json.dumps(stream_line(arguments.streams, config, runs)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1,500 candidates for 1,000 places")
    parser.add_argument("--candidates", type=Path, help="candidates.jsonl of a run, instead of made-up ones")
    parser.add_argument("--config", type=Path, help="with --candidates or --streams: the synthesis config")
    parser.add_argument("--streams", type=Path, metavar="WORLD", help="compare the streams of master graphs instead")
    parser.add_argument("--per-cell", type=int, help="with --streams: tasks wanted of each cell")
    parser.add_argument("--units", type=int, help="with --streams: master graphs at most")
    parser.add_argument("--seeds", type=int, default=1, help="with --streams: how many seeds, from the config's on")
    arguments = parser.parse_args()
    if arguments.streams:
        show_streams(arguments)
        return
    if arguments.candidates:
        config = SynthConfig.load(arguments.config) if arguments.config else SynthConfig()
        units = jsonl.read(arguments.candidates, Unit)
        found = distinct(candidate for unit in units for candidate in unit.candidates)
        rows = [row for candidate in found if (row := traits(candidate, config)) is not None]
    else:
        n, n_wanted = (1_500, 1_000) if arguments.quick else (15_000, 10_000)
        rows, config = (
            made_up(n, 1),
            SynthConfig(per_cell=n_wanted // 12, quotas={"k1m2": n_wanted // 12 + n_wanted % 12}),
        )
    results = measured(rows, config)
    most, best = results[-2].n_tasks, results[-1].variety
    table = Table("choice", "tasks", "of bound", "variety", "of bound", "CPU s")
    for result in results:
        tasks = ("", "") if np.isnan(result.n_tasks) else (f"{result.n_tasks:,.1f}", f"{result.n_tasks / most:.4f}")
        varied = ("", "") if np.isnan(result.variety) else (f"{result.variety:.5f}", f"{result.variety / best:.4f}")
        table.add_row(result.name, *tasks, *varied, f"{result.cpu_s:.2f}")
    Console().print(table)
    figures = {
        result.name: {
            "tasks": None if np.isnan(result.n_tasks) else round(result.n_tasks, 1),
            "variety": None if np.isnan(result.variety) else round(result.variety, 5),
            "cpu_s": round(result.cpu_s, 2),
        }
        for result in results
    }
    wanted = sum(config.quota(*cell) for cell in config.cells)
    print(json.dumps({"benchmark": "selection", "candidates": len(rows), "wanted": wanted, **figures}))


if __name__ == "__main__":
    main()
