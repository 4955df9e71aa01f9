"""`redsearcher tasks rewrite`, and the same as options of `tasks synth`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from redsearcher.cli import say
from redsearcher.cli.option import ConfigFile, OutPath, RunPath

if TYPE_CHECKING:
    from redsearcher.synthesis.rewrite import RewriteConfig, RewriteReport

Tools = Annotated[str, typer.Option("--tools", help="Tools that every task must need: maps,scholar,python.")]
Fuzz = Annotated[bool, typer.Option("--fuzz/--no-fuzz", help="Make questions vaguer, as far as they stay sharp.")]
Steps = Annotated[int, typer.Option(min=1, help="Edits that make one task need tools.")]
KeepCell = Annotated[
    bool, typer.Option("--keep-cell/--any-cell", help="Only changes that leave a task in its cell of (k, MSD).")
]
World_ = Annotated[Path, typer.Option("--world", help="Folder of the world.", metavar="WORLD")]


def rewrite(
    run: RunPath,
    world: World_,
    out: OutPath,
    tools: Tools = "",
    fuzz: Fuzz = False,
    steps: Steps = 1,
    keep_cell: KeepCell = True,
    config: ConfigFile = None,
) -> None:
    """Turn the tight tasks of a run directory into such as need tools, or are vaguer; resumes where it was killed.

    The settings of --config win over the other options.
    Example: redsearcher tasks rewrite runs/mine --world worlds/demo --tools maps,python --fuzz --out runs/tools
    """
    from redsearcher.synthesis.rewrite import RewriteConfig

    settings = RewriteConfig.load(config) if config else wanted(tools, fuzz, steps, keep_cell)
    report_on(rewritten(run, world, out, settings), out, world)


def wanted(tools: str, fuzz: bool, steps: int = 1, keep_cell: bool = True) -> "RewriteConfig":
    """The config that the options of a command mean. Raises InputError for a tool that is none."""
    from redsearcher.synthesis.rewrite import RewriteConfig

    named = [name.strip() for name in tools.split(",") if name.strip()]
    settings: dict[str, object] = {}
    if named:
        settings["evolve"] = {"tools": named, "steps": steps, "keep_cell": keep_cell}
    if fuzz:
        settings["fuzz"] = {"keep_cell": keep_cell}
    return RewriteConfig.parse(settings, "tasks rewrite")


def rewritten(source: Path, world: Path, out: Path, settings: "RewriteConfig") -> "RewriteReport":
    """Rewrite the tasks of `source` into the run directory `out`."""
    from redsearcher.cli.stage import load_certificates
    from redsearcher.core import jsonl
    from redsearcher.core.hashing import content_hash
    from redsearcher.core.progress import progress, running_total
    from redsearcher.core.rundir import RunDir
    from redsearcher.records.task import Task
    from redsearcher.synthesis.rewrite import rewrite as run_stage
    from redsearcher.world.store import World

    tasks = list(jsonl.read(source / "tasks.jsonl", Task))
    certificates = load_certificates(source)
    config = settings.model_copy(update={"source": content_hash([task.id for task in tasks])})
    with progress("rewriting", len(tasks)) as bar:
        return run_stage(
            World(world), RunDir.open(out, config), tasks, certificates, config, progress=running_total(bar)
        )


def report_on(report: "RewriteReport", out: Path, world: Path) -> None:
    """Say what came out and which editors did it."""
    for name in sorted({key.split(":")[0] for key in report.tally}):
        counts = {key.split(": ")[1]: n for key, n in report.tally.items() if key.startswith(f"{name}:")}
        rest = ", ".join(f"{why} {n}" for why, n in counts.items() if why not in ("tasks", "done"))
        say.line(
            f"{name}: {counts.get('done', 0)} of {counts.get('tasks', 0)} tasks changed{f' ({rest})' if rest else ''}"
        )
    if report.n_unchanged or report.n_stated:
        say.line(
            f"left out: {report.n_unchanged} that no editor could change, {report.n_stated} that a page gives away"
        )
    say.wrote(f"{out}/tasks.jsonl ({len(report.tasks)} tasks)", f"redsearcher tasks check {out} --world {world}")
