"""Does structure govern difficulty? The offline solver's success against k, MSD, search width and constraints.

    python benchmarks/difficulty.py [--quick] [--out DIR] [--entities N] [--per-cell N] [--seed S]

Besides what certificates say there is the longest list: how many entities the largest look-up names on the cheapest way
from the givens to every unknown. The main job runs on a generated world (DIR keeps it: the same command resumes), and
the success of every rollout of a task that passed the checks before rollouts is regressed; nothing is filtered by its
pass rate. Odds ratios are per unit of each covariate, the others held fixed, with 95 % intervals robust to several
rollouts of one task. Prints tables and, last, one JSON line.
"""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from redsearcher.cli.job import JobConfig
from redsearcher.cli.pipeline import run_job
from redsearcher.core import jsonl
from redsearcher.core.fanout.place import Place
from redsearcher.evaluation.difficulty import COVARIATES, Difficulty, difficulty
from redsearcher.evaluation.logistic import Fit
from redsearcher.graph.listing import longest_list
from redsearcher.records.task import Certificate, Task
from redsearcher.records.trajectory import Score, Trajectory
from redsearcher.world.facts import FactTable
from redsearcher.world.store import World

CONSTRAINTS_SHOWN = 10


def job(n_entities: int, per_cell: int, seed: int) -> JobConfig:
    """The demo's job with more tasks per cell."""
    return JobConfig.model_validate(
        {
            "name": "difficulty",
            "world": {
                "source": "fiction",
                "fiction": {"n_entities": n_entities, "seed": seed},
                "prose": {"seed": seed},
            },
            "synthesis": {"seed": seed, "per_cell": per_cell},
            "rollout": {"samples": 1},
        }
    )


def measure(where: Path, config: JobConfig, workers: int) -> Difficulty:
    """Run what is owed of the job and fit."""
    run_job(config, where, Place(workers))
    certificates = {c.task: c for c in jsonl.read(where / "certificates.jsonl", Certificate)}
    trajectories = list(jsonl.read(where / "trajectories.jsonl", Trajectory))
    scores = {s.trajectory: s for s in jsonl.read(where / "scores.jsonl", Score)}
    world = World(where / "world")
    source = FactTable(world.facts.values(), {entity.id: entity.type for entity in world.entities.values()})
    tasks = {t.id: t for t in jsonl.read(where / "tasks.jsonl", Task)}
    lists = {name: longest_list(tasks[name].query, source) for name in {t.task for t in trajectories}}
    reachable = [t for t in trajectories if lists[t.task] is not None]
    return difficulty(reachable, scores, certificates, {name: n for name, n in lists.items() if n is not None})


def show(found: Difficulty, console: Console) -> None:
    """Odds ratios of both fits, then success by k at each number of constraints."""
    table = Table(title="Odds ratio of success per unit, others held fixed (95 % interval)")
    for heading in ("covariate", f"all {found.all_rollouts.n}", f"question understood {found.understood.n}"):
        table.add_column(heading)
    for name in COVARIATES:
        table.add_row(name, _ratio(found.all_rollouts, name), _ratio(found.understood, name))
    table.add_row("k, with nothing held fixed", str(found.by_k.coefficient("k")), "")
    table.add_row("k, constraints held fixed", str(found.at_fixed_size.coefficient("k")), "")
    console.print(table)
    console.print("median tool calls: " + ", ".join(f"k={k} {calls:g}" for k, calls in found.effort.items()))
    strata = Table(title="Success by k at each number of constraints (question understood)")
    ks = sorted({k for row in found.strata.values() for k in row})
    for heading in ("constraints", *(f"k={k}" for k in ks)):
        strata.add_column(heading)
    for n_constraints, row in list(found.strata.items())[:CONSTRAINTS_SHOWN]:
        strata.add_row(str(n_constraints), *(str(row[k]) if k in row else "–" for k in ks))
    console.print(strata)


def _ratio(fit: Fit, name: str) -> str:
    return "does not vary" if name in fit.constant else str(fit.coefficient(name))


def _figures(fit: Fit) -> dict[str, Any]:
    ratios = {c.name: [round(x, 4) for x in (c.value, c.low, c.high)] for c in fit.coefficients}
    return {"n": fit.n, "tasks": fit.n_clusters, "log_odds": ratios, "constant": list(fit.constant)}


def main() -> None:
    """Parse the command line, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a small world and few tasks")
    parser.add_argument("--out", type=Path, help="run directory to keep and resume (default: a temporary one)")
    parser.add_argument("--entities", type=int, default=4000)
    parser.add_argument("--per-cell", type=int, default=50)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    config = job(1000 if args.quick else args.entities, 4 if args.quick else args.per_cell, args.seed)
    with tempfile.TemporaryDirectory() as folder:
        found = measure(args.out or Path(folder) / "run", config, args.workers)
    show(found, Console())
    figures = {
        "all": _figures(found.all_rollouts),
        "understood": _figures(found.understood),
        "by_k": _figures(found.by_k),
        "at_fixed_size": _figures(found.at_fixed_size),
        "median_calls": {str(k): calls for k, calls in found.effort.items()},
        "parse_failed": found.n_parse_failed,
        "strata": {
            str(n): {str(k): [e.value, e.low, e.high, e.n] for k, e in row.items()} for n, row in found.strata.items()
        },
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
