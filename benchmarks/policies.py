"""Policies side by side on worlds nobody trained on: success by k and MSD, with intervals.

    python benchmarks/policies.py [--quick] [--model FOLDER ...] [--device cpu|cuda] [--worlds N] [--out DIR]

Every policy sits the same questions over the same small-window web: the offline solver (rules), the expert (which knows
the graph and looks only through the tools) and each trained FOLDER through the local engine, greedy, with the context
management and the length of turns of its rollout.toml (by default discard-all and a quarter of the window). Tools show
all of them what the first FOLDER was trained to read, and where that leaves addresses out the solver sits a second time
with them, as it opens pages. Questions include relations and phrasings that training never uses (`unseen`). DIR keeps
the worlds. Prints a table and, last, one JSON line.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from redsearcher.agent.config import EpisodeConfig, RolloutConfig
from redsearcher.agent.solver.model import RulesSolver
from redsearcher.core.rng import derive_seed
from redsearcher.data.expert.library import Library
from redsearcher.data.expert.model import Expert
from redsearcher.data.question import Quotas
from redsearcher.data.stream import SMALL_WINDOW
from redsearcher.evaluation.exam import QUOTAS, Item, Mark, Room, examine, make_room, open_room, success
from redsearcher.llm.chat import ChatModel
from redsearcher.llm.local.load import HABITS
from redsearcher.web.config import WebConfig

QUICK = Quotas(easy=4, k1=1, k2=1, k3=1, msd=(2, 3), wordings=1)
GROUPS: dict[str, Callable[[Item], bool]] = {
    "all": lambda item: True,
    "easy": lambda item: item.easy,
    **{f"k={k}": lambda item, k=k: not item.easy and item.k == k for k in (1, 2, 3)},  # type: ignore[misc]
    **{
        f"k={k} MSD {'4+' if msd == 4 else msd}": lambda item, k=k, msd=msd: (  # type: ignore[misc]
            not item.easy and item.k == k and min(item.msd, 4) == msd
        )
        for k in (1, 2, 3)
        for msd in (2, 3, 4)
    },
    "seen relations": lambda item: not item.unseen,
    "unseen": lambda item: item.unseen,
}


def prepare(job: tuple[Path, int, bool]) -> None:
    """Make one world (in a process of its own)."""
    folder, seed, quick = job
    make_room(folder, seed, SMALL_WINDOW, QUICK if quick else QUOTAS)


def small_web(folders: Sequence[str]) -> WebConfig:
    """How much the tools show: what the first of the policies asks for."""
    habits = Path(folders[0], HABITS) if folders else None
    shown = RolloutConfig.load(habits).episode.shown if habits and habits.is_file() else None
    return SMALL_WINDOW.model_copy(update=shown.model_dump(exclude_none=True)) if shown else SMALL_WINDOW


def sit(rooms: Sequence[Room], policy: Callable[[Room], ChatModel], episode: EpisodeConfig, n: int) -> dict[str, Any]:
    """All questions by one policy."""
    start = time.perf_counter()
    marks: list[Mark] = asyncio.run(examine(rooms, policy, episode, n))
    seconds = time.perf_counter() - start
    return {
        "success": {name: success(marks, where) for name, where in GROUPS.items()},
        "stops": dict(Counter(mark.stop_reason.value for mark in marks).most_common()),
        "calls_mean": round(sum(mark.n_calls for mark in marks) / max(1, len(marks)), 2),
        "sampled_tokens": sum(mark.n_tokens for mark in marks),
        "seconds": round(seconds, 1),
        "rollouts_per_s": round(len(marks) / seconds, 2),
    }


def local(folder: str, device: str, rooms: Sequence[Room], episode: EpisodeConfig, n: int) -> dict[str, Any]:
    """The same by a trained folder through the local engine."""
    from redsearcher.llm.local.config import EngineConfig
    from redsearcher.llm.local.load import open_policy

    policy = open_policy(folder, EngineConfig(device=device))
    habits = Path(folder, HABITS)
    limits: dict[str, object] = {"window": policy.window, "max_tokens": min(1024, policy.window // 4)}
    if habits.is_file():
        own = RolloutConfig.load(habits).episode
        limits |= {"max_tokens": own.max_tokens, "context": own.context}
    config = episode.model_copy(update=limits)
    return sit(rooms, lambda _: policy, config, n)


def show(found: dict[str, dict[str, Any]], console: Console) -> None:
    """One row per group, one column per policy."""
    table = Table(title="Success (95 % interval)")
    for heading in ("questions", *found):
        table.add_column(heading)
    for group in GROUPS:
        table.add_row(group, *(str(row["success"][group]) for row in found.values()))
    console.print(table)
    for name, row in found.items():
        console.print(f"{name}: {row['stops']}, {row['calls_mean']} calls, {row['rollouts_per_s']} rollouts/s")


def main() -> None:
    """Parse the command line, make the worlds, examine, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two worlds, few questions")
    parser.add_argument("--model", action="append", default=[], help="model folder; may be given several times")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--worlds", type=int, default=12)
    parser.add_argument("--seed", type=int, default=424242)
    parser.add_argument("--out", type=Path, help="folder to keep the worlds in (default: a temporary one)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--baselines", type=int, default=1, help="0 leaves out the solver and the expert")
    args = parser.parse_args()
    n_worlds = 2 if args.quick else args.worlds
    with tempfile.TemporaryDirectory() as temporary:
        where = args.out or Path(temporary)
        seeds = [derive_seed(args.seed, "exam world", n) for n in range(n_worlds)]
        folders = [where / f"{'quick' if args.quick else 'world'}-{seed:016x}" for seed in seeds]
        with ProcessPoolExecutor(args.workers, mp_context=get_context("spawn")) as pool:
            list(pool.map(prepare, [(f, s, args.quick) for f, s in zip(folders, seeds, strict=True)]))
        web = small_web(args.model)
        rooms = [open_room(folder, seed, web) for folder, seed in zip(folders, seeds, strict=True)]
        episode = EpisodeConfig(temperature=0.0, context="discard_all")
        found: dict[str, dict[str, Any]] = {}
        if args.baselines:
            found["rules"] = sit(rooms, lambda _: RulesSolver(), episode, args.concurrency)
            if not web.show_urls:
                opening = web.model_copy(update={"show_urls": True})
                with_pages = [open_room(folder, seed, opening) for folder, seed in zip(folders, seeds, strict=True)]
                found["rules, pages too"] = sit(with_pages, lambda _: RulesSolver(), episode, args.concurrency)
            experts = lambda room: Expert([i.task for i in room.items], Library(room.world))  # noqa: E731
            found["expert"] = sit(rooms, experts, episode, args.concurrency)
        for folder in args.model:
            found[Path(folder).name] = local(folder, args.device, rooms, episode, args.concurrency)
    show(found, Console())
    print(json.dumps(found, default=list))


if __name__ == "__main__":
    main()
