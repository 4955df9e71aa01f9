"""The verifier before rollouts: every task through the checks, each verdict stored as it falls, costs in the ledger."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from redsearcher.core.fanout.place import Place
from redsearcher.core.rundir import RunDir, Stage
from redsearcher.records.task import Certificate, SearchAudit, Task, Verdict
from redsearcher.synthesis.config import VerifyConfig
from redsearcher.synthesis.verify.finding import Case, Judged
from redsearcher.synthesis.verify.line import Job, bases, is_finished, line
from redsearcher.web.engine import Web
from redsearcher.world.store import World

AUDITS, VERDICTS_STATIC, COSTS = "audits", "verdicts_static", "verify_cost"

Progress = Callable[[int], None]


class Verified(NamedTuple):
    """Tasks still kept, all verdicts so far and the audits made, in the order of the tasks."""

    kept: list[Task]
    verdicts: list[Verdict]
    audits: list[SearchAudit]


def verify_static(
    run: RunDir,
    world: World,
    tasks: Sequence[Task],
    certificates: Mapping[str, Certificate],
    web: Web,
    config: VerifyConfig,
    *,
    n_workers: int | Place = 1,
    web_path: Path | None = None,
    progress: Progress | None = None,
) -> Verified:
    """What can be judged without a rollout; writes the stages `audits` and `verdicts_static`.

    Resumes per verdict. A stored verdict counts only for the world, web, settings and version of the check it was made
    with. Workers beyond this process need `web_path`, the folder of `web`.
    """
    basis = bases(world.id, web.info.id, config)

    def audit_key(audit: SearchAudit) -> str:
        return f"{audit.task} {audit.web} {audit.top_k}"

    with (
        run.stage(AUDITS, SearchAudit, key=audit_key) as audit_stage,
        run.stage(VERDICTS_STATIC, Verdict, key=verdict_key) as stage,
    ):
        jobs, stored = [], 0
        for task in tasks:
            audit = audit_stage.get(f"{task.id} {web.info.id} {config.top_k}")
            job = Job(Case(task, certificates.get(task.id), audit), _stored(stage, task, basis))
            if is_finished(job, all_stages=config.all_stages):
                stored += 1
            else:
                jobs.append(job)
        with line(world, web, config, Place.of(n_workers), web_path) as crew:
            for n_done, judged in enumerate(crew.map(jobs), stored + 1):
                _store(run, judged, audit_stage, stage)
                if progress is not None:
                    progress(n_done)
        verdicts = [v for task in tasks for v in _upto_drop(_stored(stage, task, basis), basis, config)]
        keys = [f"{task.id} {web.info.id} {config.top_k}" for task in tasks]
        audits = audit_stage.finish(key for key in keys if audit_stage.get(key) is not None)
        stage.finish(map(verdict_key, verdicts))
    return Verified(still_kept(tasks, verdicts), verdicts, audits)


def verdict_key(verdict: Verdict) -> str:
    """One verdict per task, stage and basis."""
    return f"{verdict.task} {verdict.stage.value} {verdict.basis}"


def still_kept(tasks: Sequence[Task], verdicts: Iterable[Verdict]) -> list[Task]:
    """The tasks that were judged and that no verdict drops."""
    verdicts = list(verdicts)
    judged, dropped = {v.task for v in verdicts}, {v.task for v in verdicts if not v.keep}
    return [task for task in tasks if task.id in judged and task.id not in dropped]


def _stored(stage: Stage[Verdict], task: Task, basis: Mapping[str, str]) -> dict[str, Verdict]:
    found = ((name, stage.get(f"{task.id} {name} {hash_}")) for name, hash_ in basis.items())
    return {name: verdict for name, verdict in found if verdict is not None}


def _upto_drop(done: Mapping[str, Verdict], names: Iterable[str], config: VerifyConfig) -> list[Verdict]:
    """Verdicts in order; those after a drop, left from a run of all stages, only if all are wanted."""
    found = []
    for name in names:
        if name in done:
            found.append(done[name])
            if not done[name].keep and not config.all_stages:
                break
    return found


def _store(run: RunDir, judged: Judged, audits: Stage[SearchAudit], stage: Stage[Verdict]) -> None:
    if judged.audit is not None:
        audits.append(judged.audit)
    for verdict in judged.verdicts:
        stage.append(verdict)
    for cost in judged.costs:
        run.log(COSTS, **cost.model_dump(mode="json", exclude={"stage"}), check=cost.stage.value)
