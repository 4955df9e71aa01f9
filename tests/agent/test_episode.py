"""The loop over a scripted model and toy tools that obey the protocols."""

import asyncio

import pytest

from redsearcher.agent.config import EpisodeConfig
from redsearcher.agent.episode import Episode, Outcome
from redsearcher.llm.scripted import ScriptedModel
from redsearcher.records.chat import Message
from redsearcher.records.tool import SEARCH, Observation, ToolCall, ToolSchema
from redsearcher.records.trajectory import StopReason


class Echo:
    """Returns the query; a query of `sleep` hangs, one of `burst` raises."""

    @property
    def schemas(self) -> tuple[ToolSchema, ...]:
        return (SEARCH,)

    async def call(self, call: ToolCall) -> Observation:
        query = call.arguments["query"][0]
        if query == "sleep":
            await asyncio.sleep(30)
        if query == "burst":
            raise RuntimeError("tool code is broken")
        return Observation(call_id=call.id, content=f"seen {query}")


def _search(*queries: str) -> Message:
    calls = tuple(ToolCall(id=f"c{n}", name="search", arguments={"query": [q]}) for n, q in enumerate(queries))
    return Message(role="assistant", content="looking", calls=calls)


def _say(text: str) -> Message:
    return Message(role="assistant", content=text)


def _play(turns: list[Message], **limits: float) -> Outcome:
    config = EpisodeConfig.parse(dict(limits), "test")
    return asyncio.run(Episode("Who?", ScriptedModel(turns), Echo(), config, seed=1).run())


def test_answer_after_calls() -> None:
    outcome = _play([_search("a", "b"), _say("so <answer> Mira </answer> <confidence>0.8</confidence>")])
    assert (outcome.final.answer, outcome.final.confidence) == ("Mira", 0.8)
    assert outcome.final.stop_reason is StopReason.ANSWERED
    assert [o.content for o in outcome.steps[0].observations] == ["seen a", "seen b"]
    assert outcome.usage.calls_by_tool == {"search": 2}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("I could not find it.", StopReason.ABSTAINED),
        ("", StopReason.NO_ANSWER),
        ("I cannot parse the question: odd", StopReason.PARSE_FAILED),
        ("<answer> </answer>", StopReason.ABSTAINED),
    ],
)
def test_no_answer(text: str, reason: StopReason) -> None:
    outcome = _play([_say(text)])
    assert outcome.final.answer is None
    assert outcome.final.stop_reason is reason


def test_over_the_limit_an_answer_is_forced() -> None:
    outcome = _play([_search("a"), _search("b"), _say("<answer>Mira</answer>")], max_tool_calls=2)
    assert outcome.final.answer == "Mira"
    assert outcome.detail == "answer forced after max_tool_calls"
    silent = _play([_search("a"), _say("no idea")], max_rounds=1)
    assert silent.final.stop_reason is StopReason.MAX_ROUNDS


def test_calls_beyond_the_budget_are_not_run() -> None:
    outcome = _play([_search("a", "b", "c"), _say("<answer>x</answer>")], max_tool_calls=2)
    assert [o.error for o in outcome.steps[0].observations] == [None, None, "over_budget"]
    assert outcome.usage.calls_by_tool == {"search": 2}


def test_a_slow_tool_is_an_observation_and_a_slow_episode_a_record() -> None:
    slow = _play([_search("sleep"), _say("<answer>x</answer>")], call_timeout_s=0.05)
    assert slow.steps[0].observations[0].error == "timeout"
    assert slow.final.answer == "x"
    ended = _play([_search("a", "sleep", "b")], wall_time_s=0.05)
    assert ended.final.stop_reason is StopReason.TIMEOUT
    assert [o.error for o in ended.steps[0].observations] == [None, "interrupted", "interrupted"]


def test_failures_are_records() -> None:
    assert _play([_search("a")]).final.stop_reason is StopReason.MODEL_ERROR
    broken = _play([_search("burst")])
    assert broken.final.stop_reason is StopReason.INTERNAL_ERROR
    assert "tool code is broken" in broken.detail


def test_tool_free_run_offers_no_tools() -> None:
    outcome = _play([_say("<answer>x</answer>")], max_tool_calls=0)
    assert outcome.final.answer == "x"
    assert outcome.usage.calls_by_tool == {}
