"""Tasks before the panel of LLM roles: after the offline checks, several at a time, each verdict stored as it falls."""

import asyncio
import time
from collections.abc import Callable, Sequence

from redsearcher.core.concurrency import map_bounded
from redsearcher.core.hashing import content_hash
from redsearcher.core.rundir import RunDir, Stage
from redsearcher.llm.cache import CachedModel
from redsearcher.llm.chat import ChatModel
from redsearcher.llm.endpoint import EndpointModel
from redsearcher.records.task import Task, Verdict, VerifyCost, VerifyStage
from redsearcher.synthesis.config import VerifyConfig
from redsearcher.synthesis.verify.cascade import COSTS, Verified, still_kept, verdict_key
from redsearcher.synthesis.verify.finding import verdict_of
from redsearcher.synthesis.verify.panel import VERSIONS, Panel
from redsearcher.world.store import World

VERDICTS_LLM = "verdicts_llm"
STAGES = (VerifyStage.CLOSED_BOOK_LLM, VerifyStage.CONSISTENCY_LLM, VerifyStage.UNIQUENESS_LLM)


def verify_llm(
    run: RunDir,
    world: World,
    tasks: Sequence[Task],
    before: Verified,
    model: ChatModel,
    config: VerifyConfig,
    *,
    progress: Callable[[int], None] | None = None,
) -> Verified:
    """The panel on every task still kept; writes the stage `verdicts_llm`, resumable per verdict.

    Returns the verdicts of `before` and the panel's. A reply that is none leaves the task in, unjudged.
    """
    wanted = list(tasks) if config.all_stages else before.kept
    with run.stage(VERDICTS_LLM, Verdict, key=verdict_key) as stage:
        consultation = _Consultation(run, stage, Panel(world, model, config.role), model.name, world.id, config)
        done = 0

        def told(_: None) -> None:
            nonlocal done
            done += 1
            if progress is not None:
                progress(done)

        async def judge_all() -> None:
            try:
                await map_bounded(consultation.judge, wanted, concurrency=config.concurrency, on_done=told)
            finally:
                if isinstance(model, EndpointModel | CachedModel):
                    await model.aclose()

        asyncio.run(judge_all())
        found = {task.id: consultation.stored(task) for task in wanted}
        stage.finish(verdict_key(verdict) for rows in found.values() for verdict in rows)
    earlier: dict[str, list[Verdict]] = {}
    for verdict in before.verdicts:
        earlier.setdefault(verdict.task, []).append(verdict)
    verdicts = [v for task in tasks for v in (*earlier.get(task.id, ()), *found.get(task.id, ()))]
    return Verified(still_kept(tasks, verdicts), verdicts, before.audits)


class _Consultation:
    """One run of the panel over tasks."""

    def __init__(
        self, run: RunDir, stage: Stage[Verdict], panel: Panel, model: str, world: str, config: VerifyConfig
    ) -> None:
        self._run, self._stage, self._panel, self._model, self._config = run, stage, panel, model, config
        settings = config.role.model_dump(mode="json")
        self._basis = {name: content_hash(VERSIONS[name], world, model, settings) for name in STAGES}

    async def judge(self, task: Task) -> None:
        """Every role still owed, up to the first that drops the task."""
        for name in STAGES:
            verdict = self._get(task, name)
            if verdict is None:
                start = time.perf_counter()
                opinion = await self._panel.ask(name, task)
                verdict = verdict_of(
                    task.id,
                    name,
                    opinion.finding,
                    version=VERSIONS[name],
                    basis=self._basis[name],
                    implementation=self._model,
                )
                cost = VerifyCost(
                    task=task.id,
                    stage=name,
                    version=VERSIONS[name],
                    calls=opinion.n_calls,
                    prompt_tokens=opinion.usage.prompt,
                    completion_tokens=opinion.usage.completion,
                    seconds=round(time.perf_counter() - start, 3),
                )
                self._stage.append(verdict)
                self._run.log(COSTS, **cost.model_dump(mode="json", exclude={"stage"}), check=name.value)
            if not verdict.keep and not self._config.all_stages:
                return

    def stored(self, task: Task) -> list[Verdict]:
        """The verdicts of a task, in order, up to the first drop."""
        found = []
        for name in STAGES:
            verdict = self._get(task, name)
            if verdict is None:
                break
            found.append(verdict)
            if not verdict.keep and not self._config.all_stages:
                break
        return found

    def _get(self, task: Task, name: VerifyStage) -> Verdict | None:
        return self._stage.get(f"{task.id} {name.value} {self._basis[name]}")
