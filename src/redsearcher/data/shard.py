"""Shards of expert traces on disk: one compressed JSONL file per fresh world, whole or not there."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import zstandard

from redsearcher.core.fanout.crew import crew
from redsearcher.core.fanout.place import Place
from redsearcher.core.fanout.work import Work
from redsearcher.core.rundir import RunDir
from redsearcher.data.conversation import to_samples
from redsearcher.data.stream import Attempt, StreamConfig, Trace, world_attempts
from redsearcher.records.sample import Sample

SUFFIX = ".jsonl.zst"


def write_shards(
    out: Path,
    seeds: range,
    config: StreamConfig,
    *,
    workers: int | Place = 1,
    progress: Callable[[int, Counter[str]], None] | None = None,
) -> Counter[str]:
    """Write `traces-SEED.jsonl.zst` for every seed that is still owed; returns outcomes counted over all new shards.

    `progress` is told the seed of each shard and its outcomes. Raises InputError if `out` holds shards made otherwise.
    """
    run = RunDir.open(out, config)
    total: Counter[str] = Counter()
    owed = [seed for seed in seeds if not shard_path(out, seed).is_file()]
    with crew(Work("expert traces", partial(_writer, out.resolve(), config)), workers) as team:
        for seed, counts in team.map(owed):
            total.update(counts)
            run.log("shard", seed=seed, **dict(sorted(counts.items())))
            if progress is not None:
                progress(seed, counts)
    return total


@contextmanager
def _writer(out: Path, config: StreamConfig) -> Iterator[Callable[[int], tuple[int, Counter[str]]]]:
    def write(seed: int) -> tuple[int, Counter[str]]:
        return seed, write_shard(out, seed, config)

    yield write


def write_shard(out: Path, seed: int, config: StreamConfig) -> Counter[str]:
    """One world's traces into one file; returns how many episodes came to which outcome, over all and per cell."""
    path = shard_path(out, seed)
    temporary = path.with_name(path.name + ".tmp")
    counts: Counter[str] = Counter()
    with zstandard.open(temporary, "wt", encoding="utf-8") as file:
        for attempt in world_attempts(seed, config):
            counts[attempt.outcome] += 1
            counts[f"{_cell(attempt)} {'right' if attempt.trace else 'other'}"] += 1
            if attempt.trace is not None:
                counts["chars"] += attempt.n_chars
                counts["calls"] += attempt.n_calls
                file.write(attempt.trace.model_dump_json() + "\n")
    temporary.replace(path)
    return counts


def _cell(attempt: Attempt) -> str:
    return "easy" if attempt.easy else f"k{attempt.k}m{attempt.msd}"


def shard_path(out: Path, seed: int) -> Path:
    """Where the shard of a seed lies."""
    return out / f"traces-{seed:06d}{SUFFIX}"


def read_traces(path: Path) -> Iterator[Trace]:
    """Traces of a shard, or of all shards of a folder in order of their seeds."""
    for file in sorted(path.glob(f"*{SUFFIX}")) if path.is_dir() else [path]:
        with zstandard.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield Trace.model_validate_json(line)


def read_samples(path: Path) -> Iterator[Sample]:
    """Traces as training samples: messages with a mask on the policy's turns; k, MSD and size in `meta`."""
    for trace in read_traces(path):
        about = trace.model_dump(exclude={"trajectory"})
        for sample in to_samples(trace.trajectory):
            yield sample.model_copy(update={"stage": "expert", "meta": {**sample.meta, **about}})
