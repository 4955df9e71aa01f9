"""`redsearcher report`."""

from pathlib import Path
from typing import Annotated

import typer

from redsearcher.cli import say
from redsearcher.cli.option import RolloutsPath, RunPath


def report(
    run: RunPath,
    world: Annotated[Path | None, typer.Option("--world", help="Folder of the world (default RUN/world).")] = None,
    rollouts: RolloutsPath = None,
    title: Annotated[str, typer.Option(help="Title (default the run's folder name).")] = "",
) -> None:
    """Write RUN/report.html from the files of a run directory: one page, no network.

    Example: redsearcher report runs/demo
    """
    from redsearcher.cli.stage import write_report
    from redsearcher.world.store import World

    page = write_report(run, World(world or run / "world"), title or run.resolve().name, rollouts)
    say.wrote(str(page), f"open {page}")
