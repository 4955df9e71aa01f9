"""What hangs ends and is recorded: threads, the event loop itself, and nothing waits for either."""

import asyncio
import threading
import time

import pytest

from redsearcher.agent.config import EpisodeConfig, RolloutConfig
from redsearcher.agent.rollout import roll_out
from redsearcher.agent.watchdog import DaemonExecutor, StalledError, loop_alarm
from redsearcher.core.rundir import RunDir
from redsearcher.llm.scripted import ScriptedModel
from redsearcher.records.chat import Message
from redsearcher.records.tool import SEARCH, Observation, ToolCall, ToolSchema
from redsearcher.records.trajectory import Trajectory
from tests.evaluation.toy import task

NEVER = threading.Event()


class Hanging:
    """A call hangs in a thread (`thread`) or holds the event loop (`loop`)."""

    def __init__(self, where: str) -> None:
        self._where = where

    @property
    def schemas(self) -> tuple[ToolSchema, ...]:
        return (SEARCH,)

    async def call(self, call: ToolCall) -> Observation:
        if self._where == "thread":
            await asyncio.to_thread(NEVER.wait)
        else:
            time.sleep(30)  # noqa: ASYNC251 - the very mistake
        return Observation(call_id=call.id, content="never")


MODEL = ScriptedModel(
    [
        Message(role="assistant", calls=(ToolCall(id="c", name="search", arguments={"query": ["x"]}),)),
        Message(role="assistant", content="<answer>Salt</answer>"),
    ]
)


@pytest.mark.parametrize(("where", "n_tasks"), [("thread", 40), ("loop", 2)])
def test_a_hanging_tool_is_a_timeout_and_nobody_waits_for_it(tmp_path: object, where: str, n_tasks: int) -> None:
    start = time.monotonic()
    config = RolloutConfig(concurrency=40, episode=EpisodeConfig(call_timeout_s=0.1))
    with RunDir.open(tmp_path, config).stage("trajectories", Trajectory, lambda t: t.key) as stage:  # type: ignore[arg-type]
        tasks = [task(n) for n in range(n_tasks)]
        done = asyncio.run(roll_out(tasks, MODEL, Hanging(where), "web", config, stage, lambda _: None))
    assert [d.steps[0].observations[0].error for d in done] == ["timeout"] * n_tasks
    assert all(d.answer == "Salt" for d in done)
    assert time.monotonic() - start < 5


def test_threads_are_reused_and_stuck_ones_replaced() -> None:
    pool = DaemonExecutor(max_workers=2, stuck_after_s=0.02)
    names = {pool.submit(lambda: threading.current_thread().name).result(1) for _ in range(20)}
    assert len(names) <= 2
    for _ in range(2):
        pool.submit(NEVER.wait)
    time.sleep(0.05)
    assert pool.submit(lambda: 7).result(1) == 7
    with pytest.raises(ZeroDivisionError):
        pool.submit(lambda: 1 // 0).result(1)
    pool.shutdown()


def test_the_alarm_leaves_a_living_loop_alone() -> None:
    async def live() -> int:
        with loop_alarm(0.08):
            for _ in range(20):
                await asyncio.sleep(0.01)
        return 3

    assert asyncio.run(live()) == 3

    async def held() -> None:
        with loop_alarm(0.05):
            await asyncio.sleep(0)
            time.sleep(2)  # noqa: ASYNC251 - the very mistake

    with pytest.raises(StalledError):
        asyncio.run(held())
