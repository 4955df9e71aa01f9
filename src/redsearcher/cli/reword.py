"""`redsearcher tasks reword`, and the same as options of `tasks synth`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from redsearcher.cli import say
from redsearcher.cli.option import ConfigFile, OutPath, RunPath

if TYPE_CHECKING:
    from redsearcher.synthesis.verbalise.reword import RewordConfig

Verbaliser = Annotated[str, typer.Option(help="Who words questions: rules, or openai:NAME behind --base-url.")]
BaseUrl = Annotated[str, typer.Option(help="Root of the OpenAI-compatible API.")]
KeepOffline = Annotated[
    bool,
    typer.Option("--keep-offline/--drop-unfaithful", help="What becomes of a task that the model does not word well."),
]
World_ = Annotated[Path, typer.Option("--world", help="Folder of the world.", metavar="WORLD")]
LOCAL = "http://127.0.0.1:8000/v1"


def reword(
    run: RunPath,
    world: World_,
    out: OutPath,
    verbaliser: Verbaliser = "",
    base_url: BaseUrl = LOCAL,
    keep_offline: KeepOffline = True,
    config: ConfigFile = None,
) -> None:
    """Have a model word the tasks of a run directory; each wording is checked against its query. Resumes.

    The settings of --config win over the other options.
    Example: redsearcher tasks reword runs/mine --world worlds/demo --verbaliser openai:qwen3 --out runs/worded
    """
    from redsearcher.errors import InputError
    from redsearcher.synthesis.verbalise.reword import RewordConfig

    settings = RewordConfig.load(config) if config else wanted(verbaliser, base_url, keep_offline)
    if settings is None:
        raise InputError("rules have worded these tasks already; name a model, --verbaliser openai:NAME")
    reworded(run, world, out, settings)


def wanted(verbaliser: str, base_url: str, keep_offline: bool) -> "RewordConfig | None":
    """The config that the options of a command mean; None for rules. Raises InputError for anything else."""
    from redsearcher.cli.model import parse_model
    from redsearcher.synthesis.verbalise.reword import RewordConfig

    model = parse_model(verbaliser or "rules", base_url)
    return None if model is None else RewordConfig(model=model, keep_offline=keep_offline)


def reworded(source: Path, world: Path, out: Path, settings: "RewordConfig") -> None:
    """Word the tasks of `source` into the run directory `out`, and say what came of it."""
    from redsearcher.cli.stage import load_certificates
    from redsearcher.core import jsonl
    from redsearcher.core.hashing import content_hash
    from redsearcher.core.progress import progress, running_total
    from redsearcher.core.rundir import RunDir
    from redsearcher.records.task import Task
    from redsearcher.synthesis.verbalise.reword import reword as run_stage
    from redsearcher.world.store import World

    tasks = list(jsonl.read(source / "tasks.jsonl", Task))
    config = settings.model_copy(update={"source": content_hash([task.id for task in tasks])})
    with progress("wording", len(tasks)) as bar:
        report = run_stage(
            World(world),
            RunDir.open(out, config),
            tasks,
            load_certificates(source),
            config,
            progress=running_total(bar),
        )
    for outcome, count in report.outcomes.items():
        say.line(f"{outcome}: {count} of {len(tasks)} tasks")
    say.wrote(
        f"{out}/tasks.jsonl ({len(report.tasks)} tasks, {report.n_dropped} dropped)",
        f"redsearcher tasks check {out} --world {world}",
    )
