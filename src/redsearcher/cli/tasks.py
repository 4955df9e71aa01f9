"""`redsearcher tasks`: synth, verify, check, show."""

from pathlib import Path
from typing import Annotated

import typer

from redsearcher.cli import reword as rewording
from redsearcher.cli import rewrite as rewriting
from redsearcher.cli import say
from redsearcher.cli.option import ConfigFile, OutPath, RolloutsPath, RunPath, WebPath, Workers

app = typer.Typer(no_args_is_help=True, help="Make, verify and look at search tasks.")
World_ = Annotated[Path, typer.Option("--world", help="Folder of the world.", metavar="WORLD")]
app.command()(rewriting.rewrite)
app.command()(rewording.reword)


@app.command()
def synth(
    world: World_,
    out: OutPath,
    treewidth: Annotated[
        list[int] | None, typer.Option(help="k asked for; repeat for several (default 1 2 3).")
    ] = None,
    msd: Annotated[
        list[int] | None, typer.Option(help="MSD asked for, the last meaning that or more (default 2 3 4 5).")
    ] = None,
    count: Annotated[
        int | None, typer.Option(min=1, help="Tasks in all, spread evenly over the cells asked for.")
    ] = None,
    per_cell: Annotated[int, typer.Option(min=1, help="Tasks per (k, MSD) cell, where --count is not given.")] = 10,
    seed: Annotated[int, typer.Option(help="Same seed, same tasks.")] = 0,
    workers: Workers = "2",
    tools: rewriting.Tools = "",
    fuzz: rewriting.Fuzz = False,
    verbaliser: rewording.Verbaliser = "rules",
    base_url: rewording.BaseUrl = rewording.LOCAL,
    config: ConfigFile = None,
) -> None:
    """Make tight tasks with one answer, for every cell of the grid; resumes where it was killed.

    The settings of --config win over the other options. Exits 2 if another config made what is in --out.
    With --tools or --fuzz, what comes first lies in OUT/plain, and `tasks rewrite` makes OUT of it; with a model
    as verbaliser, what rules have worded lies in OUT/offline, and `tasks reword` makes OUT of it.
    Example: redsearcher tasks synth --world worlds/demo --treewidth 2 --msd 3 --count 50 --out runs/mine
    """
    from redsearcher.cli.stage import synthesis
    from redsearcher.core.fanout.place import parse_place
    from redsearcher.core.rundir import RunDir
    from redsearcher.synthesis.config import SynthConfig
    from redsearcher.synthesis.request import requested
    from redsearcher.world.store import World

    asked = requested(treewidth=treewidth or (), msd=msd or (), count=count, per_cell=per_cell, seed=seed)
    place = parse_place(workers)
    wanted = SynthConfig.load(config) if config else asked
    opened = World(world)
    rest = rewriting.wanted(tools, fuzz) if tools or fuzz else None
    words = rewording.wanted(verbaliser, base_url, keep_offline=True)
    first = out / "offline" if words else out
    plain = first / "plain" if rest else first
    made = synthesis(RunDir.open(plain, wanted), opened, wanted, place)
    for cell in made.cells:
        if cell.taken < cell.wanted:
            say.line(
                f"k={cell.k} MSD {cell.msd}{'+' if cell.or_more else ''}: {cell.taken} of {cell.wanted}: {cell.note}"
            )
    if rest:
        rewriting.report_on(rewriting.rewritten(plain, world, first, rest), first, world)
    if words:
        rewording.reworded(first, world, out, words)
    if rest or words:
        return
    say.wrote(f"{out}/tasks.jsonl ({len(made.tasks)} tasks)", f"redsearcher tasks check {out} --world {world}")


@app.command()
def verify(
    run: RunPath,
    world: World_,
    web: WebPath,
    rollouts: RolloutsPath = None,
    all_stages: Annotated[
        bool, typer.Option("--all-stages", help="Run every check on every task, also after a drop.")
    ] = False,
    workers: Workers = "2",
    model: Annotated[str, typer.Option(help="openai:NAME plays the LLM roles besides; empty: none.")] = "",
    base_url: Annotated[str, typer.Option(help="Root of the OpenAI-compatible API.")] = "http://127.0.0.1:8000/v1",
    config: ConfigFile = None,
) -> None:
    """Run the verifier on the tasks of a run directory, cheap checks first; write verdicts, audits, accepted tasks.

    Prints the funnel: per check what came in, what stayed, why the rest was dropped and what it cost. Resumes where
    it was killed. Pass rates count where --rollouts, or RUN itself, holds trajectories; verify again once there are
    some.
    Example: redsearcher tasks verify runs/mine --world worlds/demo --web webs/demo
    """
    from redsearcher.cli.model import parse_model
    from redsearcher.cli.stage import load_certificates, verification
    from redsearcher.core import jsonl
    from redsearcher.core.fanout.place import parse_place
    from redsearcher.core.rundir import RunDir
    from redsearcher.records.task import Task
    from redsearcher.records.trajectory import Score, Trajectory
    from redsearcher.synthesis.config import VerifyConfig
    from redsearcher.synthesis.verify.final import verify_final
    from redsearcher.synthesis.verify.funnel import funnel, read_spent, table
    from redsearcher.world.store import World

    place = parse_place(workers)
    settings = VerifyConfig.load(config) if config else VerifyConfig()
    if all_stages:
        settings = settings.model_copy(update={"all_stages": True})
    if model:
        settings = settings.model_copy(update={"model": parse_model(model, base_url)})
    opened, directory = World(world), RunDir(run)
    tasks = list(jsonl.read(run / "tasks.jsonl", Task))
    home = rollouts or run
    has_rollouts = rollouts is not None or (home / "trajectories.jsonl").is_file()
    trajectories = list(jsonl.read(home / "trajectories.jsonl", Trajectory)) if has_rollouts else []
    scores = list(jsonl.read(home / "scores.jsonl", Score)) if has_rollouts else []
    checked = verification(directory, opened, web, tasks, load_certificates(run), settings, place)
    final = verify_final(directory, opened, tasks, checked.verdicts, trajectories, scores, settings)
    accepted = final.kept
    spent = read_spent(run / "ledger.jsonl", (task.id for task in tasks))
    for text in table(funnel(final.verdicts, spent), len(accepted)):
        say.line(text)
    say.wrote(
        f"{run}/verdicts.jsonl and {run}/accepted.jsonl ({len(accepted)} of {len(tasks)} tasks kept)",
        f"redsearcher rollout {run} --web {web} --out {run}-rollouts",
    )


@app.command()
def check(run: RunPath, world: World_) -> None:
    """Prove every certificate of a run directory again, from the world alone and by other means than made it.

    Exits 1 and names what is wrong if any task fails.
    """
    from redsearcher.cli.stage import load_certificates
    from redsearcher.core import jsonl
    from redsearcher.core.progress import progress, running_total
    from redsearcher.records.task import Task
    from redsearcher.synthesis.check import check_tasks
    from redsearcher.world.store import World

    tasks = list(jsonl.read(run / "tasks.jsonl", Task))
    with progress("certificates", len(tasks)) as bar:
        problems = check_tasks(World(world), tasks, load_certificates(run), progress=running_total(bar))
    for problem in problems:
        say.line(f"{problem.task}: {problem.text}")
    bad = {problem.task for problem in problems}
    say.line(f"{len(tasks) - len(bad)} of {len(tasks)} tasks pass")
    if bad:
        raise typer.Exit(1)


@app.command()
def show(
    run: RunPath,
    world: Annotated[Path | None, typer.Option("--world", help="World, for the names of latent entities.")] = None,
    task: Annotated[str, typer.Option(help="Id, or the beginning of one; default all.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 10,
) -> None:
    """Print tasks with question, answer, constraints and certificate."""
    from redsearcher.cli.show import describe
    from redsearcher.cli.stage import load_certificates, load_tasks
    from redsearcher.errors import InputError
    from redsearcher.world.store import World

    certificates = load_certificates(run)
    found = [t for t in load_tasks(run) if t.id.startswith(task)][:limit]
    if not found:
        raise InputError(f"{run} has no task whose id begins with {task!r}; `redsearcher tasks show {run}` lists some")
    labels = {entity.id: entity.label for entity in World(world).entities.values()} if world else {}
    say.line("\n\n".join(describe(t, certificates[t.id], labels) for t in found))


@app.command()
def sheet(
    paths: Annotated[list[Path], typer.Argument(help="Run directory, or with --import the filled sheets.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Sheet to write, .csv or .html.")] = Path("sheet.csv"),
    n: Annotated[int, typer.Option(min=1, help="Questions to draw from the accepted tasks.")] = 50,
    seed: Annotated[int, typer.Option(help="Same seed, same questions.")] = 0,
    read: Annotated[bool, typer.Option("--import", help="Read filled sheets, print agreement and a summary.")] = False,
    key: Annotated[Path | None, typer.Option(help="With --import: the key, to grade the answers given.")] = None,
) -> None:
    """Write a blind sheet for people to judge, its key apart; or read filled sheets back.

    Example: redsearcher tasks sheet runs/mine --n 50 --out sheet.html
    Example: redsearcher tasks sheet --import ann.csv bo.csv --key sheet.key.csv
    """
    from redsearcher.cli.stage import load_tasks
    from redsearcher.errors import InputError
    from redsearcher.synthesis.verify.agreement import summary
    from redsearcher.synthesis.verify.sheet import COLUMNS, KEY_COLUMNS, draw, read_rows, write_sheet

    if read:
        filled = {str(path): read_rows(path, COLUMNS) for path in paths}
        for text in summary(filled, read_rows(key, KEY_COLUMNS) if key else None):
            say.line(text)
        return
    if len(paths) != 1:
        raise InputError(f"{len(paths)} run directories; expected one (or --import before filled sheets)")
    items = draw(load_tasks(paths[0]), n, seed)
    written = write_sheet(out, items)
    say.wrote(
        f"{out} ({len(items)} questions) and its key {written}, which the judges should not see",
        f"redsearcher tasks sheet --import FILLED.csv FILLED2.csv --key {written}",
    )
