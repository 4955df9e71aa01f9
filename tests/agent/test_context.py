"""Context management: what each strategy drops, when, and that the record tells it all."""

import asyncio
from collections.abc import Sequence

import pytest

from redsearcher.agent.config import EpisodeConfig
from redsearcher.agent.episode import FORCE, SYSTEM, Episode, Outcome
from redsearcher.llm.encode import HIDDEN, exchanges
from redsearcher.llm.window import WindowError
from redsearcher.records.chat import Completion, FormatProblem, Message, Sampling, Usage
from redsearcher.records.tool import SEARCH, Observation, ToolCall, ToolSchema
from redsearcher.records.trajectory import StopReason, Trajectory

NOTES = "notes: Mira is likely"


class Pages:
    """Every call returns a page of 100 characters."""

    @property
    def schemas(self) -> tuple[ToolSchema, ...]:
        return (SEARCH,)

    async def call(self, call: ToolCall) -> Observation:
        return Observation(call_id=call.id, content=f"{call.arguments['query'][0]} ".ljust(100, "x"))


class Searcher:
    """Searches until it is told to answer or has searched `n_calls` times; a token is a character."""

    def __init__(self, n_calls: int, knows_tokens: bool = True) -> None:
        self.left, self.read = n_calls, list[tuple[Message, ...]]()
        if knows_tokens:
            self.window, self.count = 100_000, _chars

    @property
    def name(self) -> str:
        return "searcher"

    async def complete(
        self, messages: Sequence[Message], tools: Sequence[ToolSchema], sampling: Sampling
    ) -> Completion:
        usage = Usage(prompt=_chars(messages, tools), completion=10)
        if "for yourself" in messages[-1].content:
            return Completion(message=Message(role="assistant", content=NOTES), usage=usage)
        self.read.append(tuple(messages))
        self.left -= 1
        if self.left < 0 or not tools:
            return Completion(message=Message(role="assistant", content="<answer>Mira</answer>"), usage=usage)
        call = ToolCall(id=f"c{self.left}", name="search", arguments={"query": [f"q{self.left}"]})
        return Completion(message=Message(role="assistant", thought="look", calls=(call,)), usage=usage)


def _chars(messages: Sequence[Message], tools: Sequence[ToolSchema]) -> int:
    return sum(len(m.content) + len(m.thought) + sum(len(c.signature) for c in m.calls) for m in messages)


BASE = _chars([Message(role="system", content=SYSTEM), Message(role="user", content="Who?")], ())


def _play(model: Searcher, room: int, **limits: object) -> Outcome:
    config = EpisodeConfig.parse({"window": BASE + room, "max_tokens": 64, **limits}, "test")
    return asyncio.run(Episode("Who?", model, Pages(), config, seed=1).run())


def _rebuilt(outcome: Outcome) -> list[tuple[Message, ...]]:
    made = Trajectory(
        key="k", task="t", sample=0, question="Who?", model="m", protocol="native", context_strategy="x",
        interface_version="1", seed=1, steps=outcome.steps, stop_reason=outcome.final.stop_reason,
    )  # fmt: skip
    return [read for _, read, _ in exchanges(made, SYSTEM)]


def _said(messages: Sequence[Message]) -> list[tuple[str, str]]:
    return [(m.role, m.content) for m in messages if m.role != "assistant"]


@pytest.mark.parametrize("knows_tokens", [True, False])
@pytest.mark.parametrize("context", ["none", "discard_all", "keep_last", "summarise"])
def test_the_record_rebuilds_every_prompt(context: str, knows_tokens: bool) -> None:
    model = Searcher(9, knows_tokens)
    outcome = _play(model, 1000, context=context, context_share=0.7, keep_last=1)
    assert outcome.final.answer == "Mira"
    assert [_said(read) for read in _rebuilt(outcome)] == [_said(read) for read in model.read]


def test_discard_all_goes_on_from_the_question() -> None:
    model = Searcher(9)
    outcome = _play(model, 1000, context="discard_all", context_share=0.7)
    fresh = [n for n, step in enumerate(outcome.steps) if step.fresh]
    assert len(fresh) >= 1
    first = model.read[fresh[0]]
    assert [m.role for m in first] == ["system", "user", "user"]
    assert f"({fresh[0]} rounds, {fresh[0]} tool calls)" in first[2].content
    assert outcome.context_strategy == "discard_all"


def test_keep_last_hides_old_observations_only() -> None:
    model = Searcher(9)
    outcome = _play(model, 1500, context="keep_last", context_share=0.75, keep_last=2)
    hidden = [sum(m.content == HIDDEN for m in read) for read in model.read]
    assert max(hidden) >= 2 and hidden == sorted(hidden)
    last = [m for m in model.read[-1] if m.role == "tool"]
    assert all(m.content != HIDDEN for m in last[-2:])
    assert outcome.context_strategy == "keep_last_2"


@pytest.mark.parametrize(("summariser", "note"), [("model", NOTES), ("rules", 'search {"query": ["q8"]}')])
def test_summarise_puts_notes_in_place_of_the_rounds(summariser: str, note: str) -> None:
    model = Searcher(9)
    outcome = _play(model, 1200, context="summarise", context_share=0.5, summariser=summariser)
    fresh = next(step for step in outcome.steps if step.fresh)
    assert note in fresh.asked
    assert outcome.context_strategy == f"summarise:{'searcher' if summariser == 'model' else 'rules'}"


def test_over_the_window_the_last_round_is_rolled_back_and_an_answer_forced() -> None:
    model = Searcher(99)
    outcome = _play(model, 700, context="none")
    assert outcome.detail == "answer forced after max_tokens"
    assert outcome.final.answer == "Mira"
    last = outcome.steps[-1]
    assert last.rolled_back >= 1 and last.asked == FORCE
    assert _chars(model.read[-1], ()) <= BASE + 700
    assert [_said(read) for read in _rebuilt(outcome)] == [_said(read) for read in model.read]


def test_a_question_that_fills_the_window_ends_at_once() -> None:
    outcome = _play(Searcher(9), 1)
    assert outcome.final.stop_reason is StopReason.MAX_TOKENS
    assert outcome.steps == ()


class Full(Searcher):
    """An endpoint that refuses prompts of more than five messages."""

    async def complete(
        self, messages: Sequence[Message], tools: Sequence[ToolSchema], sampling: Sampling
    ) -> Completion:
        if len(messages) > 5:
            raise WindowError("too long")
        return await super().complete(messages, tools, sampling)


def test_a_refused_prompt_is_rolled_back_too() -> None:
    outcome = _play(Full(9, knows_tokens=False), 100_000)
    assert (outcome.final.answer, outcome.detail) == ("Mira", "answer forced after max_tokens")


class Babbler(Searcher):
    """Writes what cannot be read, `n_calls` times; then searches once and answers."""

    async def complete(
        self, messages: Sequence[Message], tools: Sequence[ToolSchema], sampling: Sampling
    ) -> Completion:
        turn = await super().complete(messages, tools, sampling)
        if self.left < 0:
            return turn
        call = ToolCall(id="never", name="search", arguments={"query": ["never"]})
        said = Message(role="assistant", content="bla", calls=(call,))
        return turn.model_copy(update={"message": said, "problem": FormatProblem(kind="empty", text="Say more.")})


def test_format_errors_go_back_to_the_model_and_end_the_episode_in_a_row() -> None:
    model = Babbler(2)
    outcome = _play(model, 100_000)
    assert outcome.final.answer == "Mira"
    assert [step.problem for step in outcome.steps] == ["empty", "empty", None]
    assert [m.content for m in model.read[-1][2:]] == ["bla", "Say more.", "bla", "Say more."]
    assert outcome.usage.calls_by_tool == {}
    ended = _play(Babbler(9), 100_000, max_format_errors=3)
    assert ended.final.stop_reason is StopReason.FORMAT_ERROR
    assert len(ended.steps) == 3 and ended.detail == "3 in a row, the last empty"
