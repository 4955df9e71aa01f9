"""The stages that verbs and the whole job share: each reads and writes files of a run directory."""

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from redsearcher.agent.abnormal import abnormality
from redsearcher.agent.config import RolloutConfig
from redsearcher.agent.crew import roll_out_at
from redsearcher.agent.score import score
from redsearcher.cli.model import ModelSource
from redsearcher.cli.tally import RolloutTally
from redsearcher.cli.tools import WebSource
from redsearcher.core import jsonl
from redsearcher.core.fanout.place import HERE, Place
from redsearcher.core.hashing import canonical_json
from redsearcher.core.progress import progress, running_total
from redsearcher.core.rundir import RunDir
from redsearcher.data.conversation import to_samples
from redsearcher.data.export.messages import to_messages
from redsearcher.data.export.sharegpt import to_sharegpt
from redsearcher.data.select import ExportConfig, pass_rates, rl_queries, select
from redsearcher.llm.cache import CachedModel
from redsearcher.llm.router.model import chat_model
from redsearcher.records.task import Certificate, SearchAudit, Task, Verdict
from redsearcher.records.tool import BASIC_TOOLS, SCHEMAS
from redsearcher.records.trajectory import Coverage, Score, Trajectory
from redsearcher.synthesis.candidate import Cell as SynthCell
from redsearcher.synthesis.candidate import Harvest, Unit
from redsearcher.synthesis.config import SynthConfig, VerifyConfig
from redsearcher.synthesis.stage import SynthReport, synthesise
from redsearcher.synthesis.verify.cascade import Verified, verify_static
from redsearcher.synthesis.verify.consult import verify_llm
from redsearcher.web.engine import Web
from redsearcher.world.store import World

if TYPE_CHECKING:
    from redsearcher.evaluation.report.rival import Rival

R = TypeVar("R", bound=BaseModel)
NO_REASON = ("structures", "tight")
POLICIES = "policies"
"""The folder of a run in which further policies have theirs."""
EXPORTS = ("sft.sharegpt", "sft.messages", "rl_queries")


def synthesis(run: RunDir, world: World, config: SynthConfig, workers: Place) -> SynthReport:
    """Stage files `candidates`, `tasks`, `certificates`, `cells`."""
    with progress("synthesis") as bar:
        return synthesise(
            world, config, run, n_workers=workers, progress=lambda _, taken, wanted: bar.advance(1, f"{taken}/{wanted}")
        )


def verification(
    run: RunDir,
    world: World,
    web: Path,
    tasks: Sequence[Task],
    certificates: dict[str, Certificate],
    config: VerifyConfig,
    workers: Place,
) -> Verified:
    """Stage files `audits`, `verdicts_static` and, where a model is configured, `verdicts_llm`."""
    with progress("verification", len(tasks)) as bar:
        checked = verify_static(
            run,
            world,
            tasks,
            certificates,
            Web.open(web),
            config,
            n_workers=workers,
            web_path=web,
            progress=running_total(bar),
        )
    if config.model is None:
        return checked
    with progress("verification by model", len(checked.kept)) as bar:
        model = CachedModel(chat_model(config.model), run.path / "model_cache.ndjson")
        return verify_llm(run, world, tasks, checked, model, config, progress=running_total(bar))


def rollouts(
    run: RunDir,
    tasks: Sequence[Task],
    web: WebSource,
    source: ModelSource,
    config: RolloutConfig,
    workers: Place = HERE,
) -> tuple[list[Trajectory], list[Score]]:
    """Stage files `trajectories`, `scores` and `abnormal`; what is there already is not run again.

    Beyond search and visit, the tools are those that the config names or, if it names none, that the tasks need.
    """
    needed = tools_needed(tasks, config)
    if needed and config.episode.tools is None:  # named, so that they are part of the key of each rollout
        episode = config.episode.model_copy(update={"tools": (*BASIC_TOOLS, *needed)})
        config = config.model_copy(update={"episode": episode})
    start = time.monotonic()
    by_id = {task.id: task for task in tasks}
    tally = RolloutTally()
    total = len(tasks) * config.samples
    with progress("rollouts", total) as bar, run.stage("trajectories", Trajectory, lambda t: t.key) as stage:
        before = stage.keys

        def told(trajectory: Trajectory) -> None:
            fresh = trajectory.key not in before
            tally.add(trajectory, next(iter(score([trajectory], by_id))).value, fresh=fresh)
            (bar.advance if fresh else bar.skip)(1, tally.note)

        done = roll_out_at(
            workers,
            tasks,
            source,
            web.anywhere(needed),
            web.info.id,
            config,
            stage,
            told,
            tools_here=web.here(needed),
        )
    scores = list(score(done, by_id))
    jsonl.write(run.stage_file("scores"), (jsonl.dump(found) for found in scores))
    jsonl.write(run.stage_file("abnormal"), (jsonl.dump(abnormality(found)) for found in done))
    run.log("rollouts", seconds=round(time.monotonic() - start, 2), workers=str(workers), **tally.facts)
    return done, scores


def tools_needed(tasks: Sequence[Task], config: RolloutConfig) -> tuple[str, ...]:
    """Tools beyond search and visit that the config names or, if it names none, that the tasks need."""
    named = config.episode.tools
    wanted = {name for task in tasks for name in task.tools} if named is None else set(named)
    return tuple(name for name in SCHEMAS if name in wanted and name not in BASIC_TOOLS)


def exports(
    run: RunDir,
    tasks: Sequence[Task],
    certificates: dict[str, Certificate],
    trajectories: Sequence[Trajectory],
    scores: Sequence[Score],
    config: ExportConfig,
) -> dict[str, int]:
    """Files of EXPORTS in the run directory; returns rows per file."""
    wanted = {task.id for task in tasks}
    chosen = select([t for t in trajectories if t.task in wanted], scores, config)
    samples = [sample for trajectory in chosen for sample in to_samples(trajectory)]
    used = {name for trajectory in chosen for name in trajectory.interface_version.split("+")[1:]}
    tools = tuple(schema for name, schema in SCHEMAS.items() if name in (*BASIC_TOOLS, *used))
    rows = {
        "sft.sharegpt": [to_sharegpt(sample, tools) for sample in samples],
        "sft.messages": [to_messages(sample, tools) for sample in samples],
        "rl_queries": rl_queries(tasks, certificates, pass_rates(scores), config),
    }
    return {name: jsonl.write(run.stage_file(name), map(canonical_json, found)) for name, found in rows.items()}


def load_tasks(path: Path) -> list[Task]:
    """Tasks of a file, or of a run directory: the accepted ones where it was verified, else all."""
    if path.is_dir():
        accepted = path / "accepted.jsonl"
        path = accepted if accepted.is_file() else path / "tasks.jsonl"
    return list(jsonl.read(path, Task))


def load_certificates(run: Path) -> dict[str, Certificate]:
    """Certificates of a run directory by task id."""
    return {found.task: found for found in jsonl.read(run / "certificates.jsonl", Certificate)}


def rivals(run: Path) -> "list[Rival]":
    """The rollouts of further policies in a run directory, by name; those that have not come to an end are left out."""
    from redsearcher.evaluation.report.rival import Rival

    found = []
    for folder in sorted((run / POLICIES).glob("*/")):
        if (folder / "scores.jsonl").is_file():
            scores = {score.trajectory: score for score in jsonl.read(folder / "scores.jsonl", Score)}
            found.append(Rival(folder.name, list(jsonl.read(folder / "trajectories.jsonl", Trajectory)), scores))
    return found


def write_report(run: Path, world: World, title: str, rollouts: Path | None = None) -> Path:
    """The HTML report over the files of a run directory; returns its path. Stages that did not run are left out.

    `rollouts` names another run directory that holds the trajectories.
    """
    from redsearcher.evaluation.cost import run_cost
    from redsearcher.evaluation.report.page import Cell, ReportInput, Sampling, render
    from redsearcher.synthesis.verify.funnel import read_spent

    def lines(name: str, record: type[R], home: Path = run) -> list[R]:
        path = home / f"{name}.jsonl"
        return list(jsonl.read(path, record)) if path.is_file() else []

    cells = [
        Cell(f"k = {c.k}, MSD {c.msd}{'+' if c.or_more else ''}", c.taken, c.note.replace("_", " "))
        for c in lines("cells", SynthCell)
        if c.taken < c.wanted
    ]
    verdicts = lines("verdicts", Verdict)
    trajectories = lines("trajectories", Trajectory, rollouts or run)
    units = lines("candidates", Unit)
    tally: Counter[str] = Counter()
    for unit in units:
        tally.update(unit.tally)
    reasons = {name.replace("_", " "): n for name, n in tally.most_common() if not name.startswith(NO_REASON)}
    page = render(
        ReportInput(
            title=title,
            world=world.info,
            tasks=load_tasks(run),
            certificates=load_certificates(run),
            audits={audit.task: audit for audit in lines("audits", SearchAudit)},
            verdicts=verdicts,
            spent=read_spent(run / "ledger.jsonl", {verdict.task for verdict in verdicts}),
            trajectories=trajectories,
            scores={found.trajectory: found for found in lines("scores", Score, rollouts or run)},
            cells=cells,
            sampling=Sampling(tally["structures"], tally["tight"], reasons) if units else None,
            n_selected=len(lines("tasks", Task)),
            masters=lines("masters", Harvest),
            coverages=lines("coverage", Coverage, rollouts or run),
            cost=run_cost(RunDir(rollouts or run), trajectories) if trajectories else None,
            rivals=rivals(run),
            labels={entity.id: entity.label for entity in world.entities.values()},
        )
    )
    path = run / "report.html"
    jsonl.write(path, page.splitlines())
    return path
