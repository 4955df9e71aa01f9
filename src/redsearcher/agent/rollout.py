"""Rollouts: n tasks x k samples, durable, resumable by key."""

import asyncio
from collections.abc import Callable, Sequence

from redsearcher.agent.config import RolloutConfig
from redsearcher.agent.episode import Episode
from redsearcher.agent.tools import Subset, Tools
from redsearcher.agent.watchdog import DaemonExecutor, loop_alarm
from redsearcher.core.concurrency import map_bounded
from redsearcher.core.hashing import content_hash
from redsearcher.core.rng import derive_seed
from redsearcher.core.rundir import Stage
from redsearcher.llm.chat import ChatModel
from redsearcher.llm.protocol.native import NAME as NATIVE
from redsearcher.llm.window import SpeaksText
from redsearcher.records.task import Task
from redsearcher.records.tool import interface_version
from redsearcher.records.trajectory import Trajectory

LEAST_THREADS = 32
ALARM_TIMES = 2
"""The event loop may be held for so many call timeouts before the alarm rings."""


def rollout_key(task: Task, sample: int, model: str, web: str, config: RolloutConfig) -> str:
    """The key of one rollout: what determines it before it runs. Concurrency is no part of it."""
    return content_hash("rollout", task.id, sample, model, web, config.seed, config.episode.model_dump(mode="json"))


async def roll_out(
    tasks: Sequence[Task],
    model: ChatModel,
    tools: Tools,
    web: str,
    config: RolloutConfig,
    stage: Stage[Trajectory],
    on_done: Callable[[Trajectory], None],
) -> list[Trajectory]:
    """Run what is owed, append each trajectory as it ends, finish the stage file in task and sample order.

    `web` is the id of the web the tools reach. What was there already is reported to `on_done` first. Tools that hang
    in a thread or hold the event loop end as timeouts; nothing waits for them at the end. Raises InputError if a tool
    that the config names is not there.
    """
    offered = tools if config.episode.tools is None else Subset(tools, config.episode.tools)
    units = {
        rollout_key(task, sample, model.name, web, config): (task, sample)
        for task in tasks
        for sample in range(config.samples)
    }
    for key in units:
        found = stage.get(key)
        if found is not None:
            on_done(found)

    async def unit(key: str) -> Trajectory:
        task, sample = units[key]
        return await _one(key, task, sample, model, offered, config)

    def finished(trajectory: Trajectory) -> None:
        stage.append(trajectory)
        on_done(trajectory)

    timeout_s = config.episode.call_timeout_s
    threads = DaemonExecutor(max(LEAST_THREADS, config.concurrency), stuck_after_s=timeout_s)
    asyncio.get_running_loop().set_default_executor(threads)
    with loop_alarm(ALARM_TIMES * timeout_s):
        await map_bounded(unit, stage.owed(units), concurrency=config.concurrency, on_done=finished)
    return stage.finish(units)


async def _one(key: str, task: Task, sample: int, model: ChatModel, tools: Tools, config: RolloutConfig) -> Trajectory:
    seed = derive_seed(config.seed, "rollout", task.id, sample)
    outcome = await Episode(task.question, model, tools, config.episode, seed).run()
    return Trajectory(
        key=key,
        task=task.id,
        sample=sample,
        question=task.question,
        model=model.name,
        protocol=model.protocol if isinstance(model, SpeaksText) else NATIVE,
        context_strategy=outcome.context_strategy,
        interface_version=interface_version(schema.name for schema in tools.schemas),
        seed=seed,
        steps=outcome.steps,
        answer=outcome.final.answer,
        confidence=outcome.final.confidence,
        abstained=outcome.final.answer is None,
        stop_reason=outcome.final.stop_reason,
        detail=outcome.detail,
        segments=outcome.segments,
        usage=outcome.usage,
    )
