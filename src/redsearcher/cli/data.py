"""`redsearcher data`: export, expert."""

from pathlib import Path
from typing import Annotated

import typer

from redsearcher.cli import say
from redsearcher.cli.option import ConfigFile, OutPath, RunPath, Seed, Workers

app = typer.Typer(no_args_is_help=True, help="Turn trajectories into training sets.")


@app.command()
def export(
    run: RunPath,
    tasks: Annotated[
        Path | None, typer.Option(help="Run directory that holds the tasks and certificates (default RUN).")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Write correct trajectories as ShareGPT and OpenAI-style messages, and RL queries as prompt and label.

    Example: redsearcher data export runs/demo
    """
    from redsearcher.cli.stage import exports, load_certificates, load_tasks
    from redsearcher.core import jsonl
    from redsearcher.core.rundir import RunDir
    from redsearcher.data.select import ExportConfig
    from redsearcher.records.trajectory import Score, Trajectory

    home = tasks or run
    counts = exports(
        RunDir(run),
        load_tasks(home),
        load_certificates(home),
        list(jsonl.read(run / "trajectories.jsonl", Trajectory)),
        list(jsonl.read(run / "scores.jsonl", Score)),
        ExportConfig.load(config) if config else ExportConfig(),
    )
    say.wrote(", ".join(f"{run}/{name}.jsonl ({n} rows)" for name, n in counts.items()))


@app.command()
def expert(
    out: OutPath,
    seed: Seed = 0,
    worlds: Annotated[int, typer.Option(min=1, help="Fresh worlds, one shard each.")] = 16,
    workers: Workers = "1",
    config: ConfigFile = None,
) -> None:
    """Write right traces of the expert on fresh worlds, with drills and first turns where the config asks for them.

    Shards that are there already are left as they are.

    Example: redsearcher data expert --seed 0 --worlds 16 --out traces --workers 8
    """
    from collections import Counter

    from redsearcher.core.fanout.place import parse_place
    from redsearcher.core.progress import progress
    from redsearcher.data.shard import write_shards
    from redsearcher.data.stream import StreamConfig

    place = parse_place(workers)
    settings = StreamConfig.load(config) if config else StreamConfig()
    total: Counter[str] = Counter()
    with progress("worlds", worlds) as bar:

        def count(_: int, counts: Counter[str]) -> None:
            total.update(counts)
            bar.advance(1, f"{total['right']:,} traces")

        write_shards(out, range(seed, seed + worlds), settings, workers=place, progress=count)
    told = ("right", "drill", "extract", "opening", "chars", "calls")
    failed = {name: n for name, n in sorted(total.items()) if " " not in name and name not in told}
    more = "".join(f", {total[kind]:,} {kind}s" for kind in ("drill", "extract", "opening") if total[kind])
    said = "".join(f", {n:,} {name}" for name, n in failed.items())
    say.line(f"{total['right']:,} right traces{more}{said}; {total['chars']:,} characters, {total['calls']:,} calls")
    say.wrote(f"{out}/traces-*.jsonl.zst")
