"""The offline verifier, cheap to dear: certificate, leakage, retrievability; then rollouts, uniqueness."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import NamedTuple

from redsearcher.core import jsonl
from redsearcher.core.rundir import RunDir, Stage
from redsearcher.errors import BudgetError
from redsearcher.graph.evaluate import answers
from redsearcher.records.task import Certificate, SearchAudit, Task, Verdict, VerifyStage
from redsearcher.records.trajectory import FAILED_TO_RUN, Score, Trajectory
from redsearcher.synthesis.audit import Auditor
from redsearcher.synthesis.check import Proof, checker
from redsearcher.synthesis.config import VerifyConfig
from redsearcher.synthesis.reader import NameIndex
from redsearcher.web.engine import Web
from redsearcher.world.store import World

AUDITS, VERDICTS_STATIC, VERDICTS, ACCEPTED = "audits", "verdicts_static", "verdicts", "accepted"
STATIC = (VerifyStage.CERTIFICATE, VerifyStage.LEAKAGE, VerifyStage.RETRIEVABILITY)
FINAL = (VerifyStage.ROLLOUTS, VerifyStage.UNIQUENESS)

Progress = Callable[[int], None]


class Verified(NamedTuple):
    """Tasks still kept, all verdicts so far and the audits made."""

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
    progress: Progress | None = None,
) -> Verified:
    """What can be judged without a rollout; writes the stages `audits` and `verdicts_static`, resumable per task."""
    auditor = Auditor(world, web, top_k=config.top_k, reader_k=config.reader_k)
    verdicts: list[Verdict] = []
    audits: list[SearchAudit] = []
    with (
        closing(checker(world)) as prover,
        run.stage(AUDITS, SearchAudit, key=lambda audit: audit.task) as audit_stage,
        run.stage(VERDICTS_STATIC, Verdict, key=verdict_key) as stage,
    ):
        judge = _StaticJudge(Proof(world, tasks, prover), certificates, auditor, audit_stage)
        for n_done, task in enumerate(tasks, 1):
            found = list(_judge(stage, task, STATIC, judge))
            verdicts += found
            if found[-1].stage is VerifyStage.RETRIEVABILITY:
                audits.append(judge.audit(task))
            if progress is not None:
                progress(n_done)
        audit_stage.finish(audit.task for audit in audits)
        stage.finish(map(verdict_key, verdicts))
    return Verified(_kept(tasks, verdicts), verdicts, audits)


def verify_final(
    run: RunDir,
    world: World,
    tasks: Sequence[Task],
    static: Sequence[Verdict],
    trajectories: Iterable[Trajectory],
    scores: Iterable[Score],
    config: VerifyConfig,
) -> Verified:
    """What rollouts tell; writes the stages `verdicts` (static ones included) and `accepted` (the tasks kept).

    Judged anew each time, in milliseconds a task, so that new rollouts count.
    """
    judge = _FinalJudge(world, list(trajectories), list(scores), config)
    kept = _kept(tasks, static)
    by_task: dict[str, list[Verdict]] = {}
    for verdict in static:
        by_task.setdefault(verdict.task, []).append(verdict)
    for task in kept:
        for name in FINAL:
            verdict = judge(task, name)
            by_task[task.id].append(verdict)
            if not verdict.keep:
                break
    verdicts = [verdict for task in tasks for verdict in by_task.get(task.id, [])]
    accepted = _kept(tasks, verdicts)
    jsonl.write(run.stage_file(VERDICTS), map(jsonl.dump, verdicts))
    jsonl.write(run.stage_file(ACCEPTED), map(jsonl.dump, accepted))
    return Verified(accepted, verdicts, [])


def verdict_key(verdict: Verdict) -> str:
    """One verdict per task and stage."""
    return f"{verdict.task} {verdict.stage.value}"


def _kept(tasks: Sequence[Task], verdicts: Iterable[Verdict]) -> list[Task]:
    verdicts = list(verdicts)
    judged, dropped = {v.task for v in verdicts}, {v.task for v in verdicts if not v.keep}
    return [task for task in tasks if task.id in judged and task.id not in dropped]


Judge = Callable[[Task, VerifyStage], Verdict]


def _judge(stage: Stage[Verdict], task: Task, stages: Sequence[VerifyStage], judge: Judge) -> Iterator[Verdict]:
    """Verdicts of a task in order, up to the first that drops it."""
    for name in stages:
        verdict = stage.get(f"{task.id} {name.value}") or judge(task, name)
        stage.append(verdict)
        yield verdict
        if not verdict.keep:
            return


def _verdict(task: Task, stage: VerifyStage, fault: str | None, fine: str, evidence: str = "") -> Verdict:
    return Verdict(task=task.id, stage=stage, keep=fault is None, reason=fault or fine, evidence=evidence)


class _StaticJudge:
    """Judges what the world and the web alone tell."""

    def __init__(
        self, proof: Proof, certificates: Mapping[str, Certificate], auditor: Auditor, audits: Stage[SearchAudit]
    ) -> None:
        self.proof, self.certificates, self.auditor, self.audits = proof, certificates, auditor, audits

    def __call__(self, task: Task, stage: VerifyStage) -> Verdict:
        if stage is VerifyStage.CERTIFICATE:
            problems = self.proof.problems(task, self.certificates.get(task.id))
            fault = f"certificate does not hold: {problems[0]}" if problems else None
            return _verdict(task, stage, fault, "certificate proved again", "; ".join(problems))
        if stage is VerifyStage.LEAKAGE:
            name = self.proof.leak(task)
            fault = f"the question names {name!r}" if name else None
            return _verdict(task, stage, fault, "no name of the answer or a latent in the question")
        return self._retrievability(task, self.audit(task))

    def audit(self, task: Task) -> SearchAudit:
        """The task's audit, made and stored if it is not there yet."""
        audit = self.audits.get(task.id) or self.auditor.audit(task)
        self.audits.append(audit)
        return audit

    def _retrievability(self, task: Task, audit: SearchAudit) -> Verdict:
        lost = [id for id, rank in audit.retrievable.items() if rank is None]
        fault = None
        if lost:
            fault = f"no page for {', '.join(lost)} among the first {audit.top_k} results"
        elif audit.page_shortcut:
            fault = "one page settles the answer"
        elif audit.question_shortcut:
            fault = "searching for the question makes the answer the most frequent name"
        ranks = ", ".join(f"{id} at {rank or 'none'}" for id, rank in audit.retrievable.items())
        return _verdict(task, VerifyStage.RETRIEVABILITY, fault, "every fact is found, no shortcut", ranks)


class _FinalJudge:
    """Judges what rollouts tell."""

    def __init__(
        self, world: World, trajectories: Sequence[Trajectory], scores: Sequence[Score], config: VerifyConfig
    ) -> None:
        self._world, self._config = world, config
        self._names = NameIndex(world.entities)
        self._answers: dict[str, list[str]] = {}
        self._scores: dict[str, list[float]] = {}
        broken = {trajectory.key for trajectory in trajectories if trajectory.stop_reason in FAILED_TO_RUN}
        for trajectory in trajectories:
            if trajectory.answer is not None:
                self._answers.setdefault(trajectory.task, []).append(trajectory.answer)
        for score in scores:
            if score.trajectory not in broken:
                self._scores.setdefault(score.task, []).append(score.value or 0.0)

    def __call__(self, task: Task, stage: VerifyStage) -> Verdict:
        return self._rollouts(task) if stage is VerifyStage.ROLLOUTS else self._uniqueness(task)

    def _rollouts(self, task: Task) -> Verdict:
        values = self._scores.get(task.id, [])
        rate = sum(values) / len(values) if values else None
        said = f"pass rate {rate:.2f} over {len(values)} rollouts" if values else "no rollout ran"
        fault = None
        if self._config.require_solved and not rate:
            fault = f"no rollout solved it ({said})"
        elif rate is not None and rate > self._config.max_pass_rate:
            fault = f"solved too often ({said})"
        return _verdict(task, VerifyStage.ROLLOUTS, fault, said)

    def _uniqueness(self, task: Task) -> Verdict:
        """Whether another entity satisfies the query on all facts known; rollouts' answers are looked at by name."""
        try:
            found = answers(task.query, self._world.known, limit=8)
        except BudgetError as error:
            return _verdict(task, VerifyStage.UNIQUENESS, f"cannot be decided: {error}", "")
        others = [entity for entity in found if entity != task.answer_entity]
        proposed = {
            entity
            for answer in self._answers.get(task.id, [])
            for entity in self._names.bearers(answer, task.query.answer.type)
            if entity != task.answer_entity
        }
        fault = None
        if others:
            labels = ", ".join(self._world.entities[entity].label for entity in others)
            fault = f"another answer satisfies the query: {labels}"
        fine = "the only answer" if self._world.info.kind == "closed" else "not refuted by any fact known"
        return _verdict(
            task, VerifyStage.UNIQUENESS, fault, fine, f"{len(proposed)} other entities proposed by rollouts"
        )
