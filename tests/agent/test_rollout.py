"""Rollouts resume by key and end in the same bytes, however often they were cut."""

import asyncio
from pathlib import Path

import pytest

from redsearcher.agent.config import RolloutConfig
from redsearcher.agent.rollout import roll_out, rollout_key
from redsearcher.core.rundir import RunDir
from redsearcher.llm.scripted import ScriptedModel
from redsearcher.records.chat import Message
from redsearcher.records.tool import SEARCH, Observation, ToolCall, ToolSchema
from redsearcher.records.trajectory import Trajectory
from tests.evaluation.toy import task

CONFIG = RolloutConfig(samples=3, concurrency=4)
MODEL = ScriptedModel(
    [
        Message(role="assistant", calls=(ToolCall(id="c", name="search", arguments={"query": ["x"]}),)),
        Message(role="assistant", content="<answer>Salt</answer>"),
    ]
)


class Echo:
    """Answers at once; gives out after `n_calls`, as a killed process would."""

    def __init__(self, n_calls: int | None = None) -> None:
        self.n_calls, self.left = 0, n_calls

    @property
    def schemas(self) -> tuple[ToolSchema, ...]:
        return (SEARCH,)

    async def call(self, call: ToolCall) -> Observation:
        self.n_calls += 1
        if self.left is not None and self.n_calls > self.left:
            raise KeyboardInterrupt
        return Observation(call_id=call.id, content="seen")


def _run(path: Path, tools: Echo) -> list[Trajectory]:
    run = RunDir.open(path, CONFIG)
    with run.stage("trajectories", Trajectory, lambda t: t.key) as stage:
        tasks = [task(n) for n in range(4)]
        return asyncio.run(roll_out(tasks, MODEL, tools, "web", CONFIG, stage, lambda _: None))


def test_a_cut_run_goes_on_and_redoes_at_most_concurrency(tmp_path: Path) -> None:
    whole = Echo()
    done = _run(tmp_path / "whole", whole)
    assert len(done) == whole.n_calls == 12
    cut, rest = Echo(n_calls=7), Echo()
    with pytest.raises(BaseException):  # noqa: B017 - a TaskGroup wraps the interrupt
        _run(tmp_path / "cut", cut)
    _run(tmp_path / "cut", rest)
    assert rest.n_calls <= 12 - 7 + CONFIG.concurrency
    names = [tmp_path / name / "trajectories.jsonl" for name in ("whole", "cut")]
    assert names[0].read_bytes() == names[1].read_bytes()
    assert _run(tmp_path / "whole", Echo(n_calls=0)) == done


def test_the_key_knows_what_determines_a_rollout() -> None:
    base = rollout_key(task(1), 0, "m", "w", CONFIG)
    assert base == rollout_key(task(1), 0, "m", "w", CONFIG.model_copy(update={"concurrency": 99}))
    others = [
        rollout_key(task(2), 0, "m", "w", CONFIG),
        rollout_key(task(1), 1, "m", "w", CONFIG),
        rollout_key(task(1), 0, "n", "w", CONFIG),
        rollout_key(task(1), 0, "m", "v", CONFIG),
        rollout_key(task(1), 0, "m", "w", CONFIG.model_copy(update={"seed": 5})),
    ]
    assert len({base, *others}) == 6
