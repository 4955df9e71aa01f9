"""`redsearcher data`: export."""

from pathlib import Path
from typing import Annotated

import typer

from redsearcher.cli import say
from redsearcher.cli.option import ConfigFile, RunPath

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
