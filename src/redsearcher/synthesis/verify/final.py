"""The verifier after rollouts: pass rates and uniqueness, then the tasks accepted and all verdicts."""

from collections.abc import Callable, Iterable, Sequence

from redsearcher.core import jsonl
from redsearcher.core.hashing import content_hash
from redsearcher.core.rundir import RunDir
from redsearcher.records.task import Task, Verdict, VerifyStage
from redsearcher.records.trajectory import Score, Trajectory
from redsearcher.synthesis.config import VerifyConfig
from redsearcher.synthesis.reader import NameIndex
from redsearcher.synthesis.verify import rollouts, uniqueness
from redsearcher.synthesis.verify.cascade import Verified, still_kept
from redsearcher.synthesis.verify.finding import Finding, verdict_of
from redsearcher.world.store import World

VERDICTS, ACCEPTED = "verdicts", "accepted"


def verify_final(
    run: RunDir,
    world: World,
    tasks: Sequence[Task],
    static: Sequence[Verdict],
    trajectories: Iterable[Trajectory],
    scores: Iterable[Score],
    config: VerifyConfig,
) -> Verified:
    """What rollouts tell; writes the stages `verdicts` (earlier ones included) and `accepted` (the tasks kept).

    Judged anew each time, in milliseconds a task, so that new rollouts count.
    """
    episodes = rollouts.Episodes(list(trajectories), scores)
    names = NameIndex(world.entities)
    checks: tuple[tuple[VerifyStage, str, Callable[[Task], Finding]], ...] = (
        (VerifyStage.ROLLOUTS, rollouts.VERSION, lambda task: rollouts.judge(task, episodes, config)),
        (VerifyStage.UNIQUENESS, uniqueness.VERSION, lambda t: uniqueness.judge(t, world, names, episodes, config)),
    )
    by_task: dict[str, list[Verdict]] = {}
    for verdict in static:
        by_task.setdefault(verdict.task, []).append(verdict)
    kept = {task.id for task in still_kept(tasks, static)}
    for task in tasks:
        if task.id not in kept and not config.all_stages:
            continue
        for stage, version, judge in checks:
            basis = content_hash(version, world.id, config.model_dump(mode="json"))
            verdict = verdict_of(task.id, stage, judge(task), version=version, basis=basis)
            by_task.setdefault(task.id, []).append(verdict)
            if not verdict.keep and not config.all_stages:
                break
    verdicts = [verdict for task in tasks for verdict in by_task.get(task.id, [])]
    accepted = still_kept(tasks, verdicts)
    jsonl.write(run.stage_file(VERDICTS), map(jsonl.dump, verdicts))
    jsonl.write(run.stage_file(ACCEPTED), map(jsonl.dump, accepted))
    return Verified(accepted, verdicts, [])
