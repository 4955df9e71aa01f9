"""Traces with notes: every turn stands on what it is told, and reads as the strategy `notes` would have told it."""

import asyncio
from collections.abc import Sequence

import pytest

from redsearcher.agent.config import EpisodeConfig
from redsearcher.agent.episode import SYSTEM, Episode
from redsearcher.data.expert.peek import PeekChecker
from redsearcher.data.notes import with_notes
from redsearcher.data.stream import Attempt
from redsearcher.llm.encode import exchanges
from redsearcher.records.chat import Completion, Message, Sampling
from redsearcher.records.tool import SEARCH, VISIT, Observation, ToolCall, ToolSchema
from redsearcher.records.trajectory import Trajectory
from tests.data.expert.conftest import Fresh


@pytest.fixture(scope="module")
def right(tried: list[Attempt]) -> list[Trajectory]:
    told = [attempt.trace.trajectory for attempt in tried if attempt.trace is not None]
    return [one for one in told if not one.steps[0].asked]


class _Replay:
    """A model and a web that say and show what a trace has."""

    name = "replay"
    schemas = (SEARCH, VISIT)

    def __init__(self, trace: Trajectory) -> None:
        self._trace, self._n_turns = trace, 0
        self.read: list[tuple[Message, ...]] = []

    async def complete(
        self, messages: Sequence[Message], tools: Sequence[ToolSchema], sampling: Sampling
    ) -> Completion:
        self.read.append(tuple(messages))
        step = self._trace.steps[self._n_turns]
        self._n_turns += 1
        if step.calls:
            return Completion(message=Message(role="assistant", thought=step.thought, calls=step.calls))
        return Completion(message=Message(role="assistant", content=step.thought))

    async def call(self, call: ToolCall) -> Observation:
        return self._trace.steps[self._n_turns - 1].observations[0].model_copy(update={"call_id": call.id})


def test_turns_read_what_the_loop_tells_them(right: list[Trajectory]) -> None:
    n_whole = 0
    for one in right:
        noted = with_notes(one)
        if len(noted.steps) != len(one.steps):
            continue
        n_whole += 1
        replay = _Replay(noted)
        asyncio.run(Episode(one.question, replay, replay, EpisodeConfig(context="notes"), seed=1).run())
        assert [read for _, read, _ in exchanges(noted, SYSTEM)] == replay.read
    assert n_whole >= 0.5 * len(right)


def test_no_turn_uses_a_name_that_it_was_not_told(right: list[Trajectory], fresh: Fresh) -> None:
    checker = PeekChecker(name for entity in fresh.world.entities.values() for name in entity.names)
    n_turns = 0
    for one in right:
        for step in with_notes(one, checker).steps:
            n_turns += 1
            alone = one.model_copy(update={"question": f"{one.question}\n{step.asked}", "steps": (step,)})
            assert checker.violations(alone) == []
    assert n_turns >= 0.8 * sum(len(one.steps) for one in right)


def test_notes_repeat_the_conditions_and_end_with_what_comes_next(right: list[Trajectory]) -> None:
    for one in right:
        noted = with_notes(one)
        conditions = noted.steps[0].thought.split("\nFind ")[0].removeprefix("Notes:\n")
        for step in noted.steps:
            assert (f"Notes:\n{conditions}\nFind " in step.thought) == bool(step.calls)
            assert step.thought.replace(f"Notes:\n{conditions}", "")


def test_a_trace_without_conditions_stays_as_it_is(right: list[Trajectory]) -> None:
    step = right[0].steps[0].model_copy(update={"thought": "Next 1) x. Search."})
    drill = right[0].model_copy(update={"steps": (step,)})
    assert with_notes(drill) is drill
