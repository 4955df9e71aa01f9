"""The context strategy `notes`: a turn reads the question, the last notes and the last observations, nothing else."""

import asyncio
from collections.abc import Sequence

import pytest

from redsearcher.agent.config import EpisodeConfig
from redsearcher.agent.context.notes import notes_of
from redsearcher.agent.episode import SYSTEM, Episode, Outcome
from redsearcher.llm.encode import exchanges
from redsearcher.records.chat import Completion, FormatProblem, Message, Sampling
from redsearcher.records.tool import SEARCH, Observation, ToolCall, ToolSchema
from redsearcher.records.trajectory import Trajectory

REQUEST = "Format error: no. Write the turn again."


class _Pages:
    @property
    def schemas(self) -> tuple[ToolSchema, ...]:
        return (SEARCH,)

    async def call(self, call: ToolCall) -> Observation:
        return Observation(call_id=call.id, content=f"seen {call.arguments['query'][0]}")


class _Turns:
    """Says the given turns in order and keeps what it read."""

    name = "turns"

    def __init__(self, *turns: Completion) -> None:
        self._turns = iter(turns)
        self.read: list[list[tuple[str, str]]] = []

    async def complete(
        self, messages: Sequence[Message], tools: Sequence[ToolSchema], sampling: Sampling
    ) -> Completion:
        self.read.append([(m.role, m.content) for m in messages[1:]])
        return next(self._turns)


def _turn(number: int, thought: str) -> Completion:
    call = ToolCall(id=f"c{number}", name="search", arguments={"query": [f"q{number}"]})
    return Completion(message=Message(role="assistant", thought=thought, calls=(call,)))


ANSWER = Completion(message=Message(role="assistant", content="<answer>Mira</answer>"))
WRONG = Completion(message=Message(role="assistant", content="<think>lost"), problem=FormatProblem(
    kind="unclosed", text=REQUEST))  # fmt: skip


def _play(*turns: Completion) -> tuple[list[list[tuple[str, str]]], Outcome]:
    model = _Turns(*turns)
    config = EpisodeConfig(context="notes")
    outcome = asyncio.run(Episode("Who?", model, _Pages(), config, seed=1).run())
    assert outcome.final.answer == "Mira" and outcome.context_strategy == "notes"
    return model.read, outcome


def test_a_turn_reads_the_last_notes_and_observations_alone() -> None:
    read, outcome = _play(
        _turn(1, "Notes:\n1) x is red\nNext 1)."), _turn(2, "reading\nNotes:\n1) x is blue"), _turn(3, "none"), ANSWER
    )
    assert read == [
        [("user", "Who?")],
        [("user", "Who?"), ("user", "Notes so far:\n1) x is red\nNext 1).\n\nseen q1")],
        [("user", "Who?"), ("user", "Notes so far:\n1) x is blue\n\nseen q2")],
        [("user", "Who?"), ("user", "Notes so far:\n1) x is blue\n\nseen q3")],
    ]
    assert [step.fresh for step in outcome.steps] == [False, True, True, True]


def test_after_a_turn_that_cannot_be_read_the_same_is_told_with_the_request() -> None:
    read, _ = _play(_turn(1, "Notes:\na"), WRONG, WRONG, _turn(2, "Notes:\nb"), ANSWER)
    told = "Notes so far:\na\n\nseen q1"
    assert [one[1:] for one in read] == [
        [],
        [("user", told)],
        [("user", f"{told}\n\n{REQUEST}")],
        [("user", f"{told}\n\n{REQUEST}\n\n{REQUEST}")],
        [("user", "Notes so far:\nb\n\nseen q2")],
    ]


def test_a_first_turn_that_cannot_be_read_leaves_the_request() -> None:
    read, _ = _play(WRONG, ANSWER)
    assert read[1] == [("user", "Who?"), ("user", REQUEST)]


def test_the_record_tells_what_was_read() -> None:
    read, outcome = _play(_turn(1, "Notes:\na"), WRONG, _turn(2, "Notes:\nb"), ANSWER)
    made = Trajectory(
        key="k", task="t", sample=0, question="Who?", model="m", protocol="native", context_strategy="notes",
        interface_version="1", seed=1, steps=outcome.steps, stop_reason=outcome.final.stop_reason,
    )  # fmt: skip
    assert [[(m.role, m.content) for m in one.read[1:]] for one in exchanges(made, SYSTEM)] == read


@pytest.mark.parametrize(
    ("thought", "notes"),
    [("", ""), ("no", ""), ("Notes:\na", "a"), ("x\nNotes:\na\nNotes:\nb\nc", "b\nc"), ("Notes:\n", "")],
)
def test_notes_go_from_their_last_mark_to_the_end(thought: str, notes: str) -> None:
    assert notes_of(thought) == notes
