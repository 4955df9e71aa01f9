"""`redsearcher run`."""

from pathlib import Path
from typing import Annotated

import typer

from redsearcher.cli import say
from redsearcher.cli.option import Workers


def run(
    config: Annotated[Path, typer.Argument(help="TOML file of the job, such as configs/demo.toml.", metavar="CONFIG")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Run directory (default runs/NAME).")] = None,
    workers: Workers = "2",
) -> None:
    """Run a whole job: world, web, tasks, verification, rollouts, training sets, report.

    The same command again goes on where it was stopped. Another config for the same directory is refused.
    Example: redsearcher run configs/demo.toml
    """
    from redsearcher.cli.job import JobConfig
    from redsearcher.cli.pipeline import run_job
    from redsearcher.core.fanout.place import parse_place

    place = parse_place(workers)
    job = JobConfig.load(config)
    where = out or Path("runs") / job.name
    done = run_job(job, where, place)
    for text in done.lines:
        say.line(text)
    say.wrote(
        f"{where}: tasks.jsonl, certificates.jsonl, verdicts.jsonl, accepted.jsonl, trajectories.jsonl, "
        f"sft.*.jsonl, rl_queries.jsonl, report.html",
        f"open {where}/report.html, or redsearcher tasks show {where} --world {where}/world",
    )
