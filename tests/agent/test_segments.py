"""A whole episode over token ids: segments in the record, and supervised encoding of that record gives them back."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redsearcher.agent.config import EpisodeConfig, RolloutConfig
from redsearcher.agent.episode import SYSTEM, Episode
from redsearcher.agent.rollout import roll_out
from redsearcher.core.rundir import RunDir
from redsearcher.llm.chat_template import NANO, ChatTemplate
from redsearcher.llm.encode import encode_trajectory
from redsearcher.llm.policy import TokenPolicy
from redsearcher.llm.protocol.react import REACT
from redsearcher.llm.render import Renderer, nano_renderer
from redsearcher.llm.scripted import ScriptedModel
from redsearcher.llm.text_chat import TextChat
from redsearcher.records.chat import Message
from redsearcher.records.tool import SEARCH, Observation, ToolCall, ToolSchema
from redsearcher.records.trajectory import StopReason, Trajectory
from tests.evaluation.toy import task
from tests.llm.toy_tokens import THINKING_2507, Parrot, published_templates, tokenizer

CALL = '<think>\nwhy\n</think>\n\n<tool_call>\n{"name": "search", "arguments": {"query": ["a"]}}\n</tool_call>'
ANSWER = "<think>\nsure\n</think>\n\n<answer>Mira</answer>"


class Pages:
    """Every call returns a page."""

    @property
    def schemas(self) -> tuple[ToolSchema, ...]:
        return (SEARCH,)

    async def call(self, call: ToolCall) -> Observation:
        return Observation(call_id=call.id, content=f"seen {call.arguments['query'][0]} " * 10)


CONTEXTS = st.fixed_dictionaries(
    {
        "context": st.sampled_from(["none", "discard_all", "keep_last", "summarise"]),
        "window": st.integers(400, 1500),
        "context_share": st.sampled_from([0.5, 0.8]),
        "max_rounds": st.integers(1, 6),
        "max_format_errors": st.integers(1, 4),
    }
)


@pytest.mark.parametrize("name", ["nano", "thinking_2507", "qwen3", "llama3", "gemma"])
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_whatever_happens_each_sampled_token_is_in_the_record_once(name: str, data: st.DataObject) -> None:
    templates = {"nano": NANO, "thinking_2507": THINKING_2507, **published_templates()}
    if name not in templates:
        pytest.skip("the trl package with its chat templates is not installed")
    known = tokenizer(templates[name])
    renderer = Renderer(known, ChatTemplate(templates[name]))
    said = st.one_of(
        st.sampled_from([CALL, CALL, CALL, ANSWER, "<think>", "plain"]).map(lambda t: known.encode(t + renderer.stop)),
        st.lists(st.integers(0, 479), max_size=30),
    )
    engine = Parrot(data.draw(st.lists(said, min_size=20, max_size=20)))
    limits = {**data.draw(CONTEXTS), "summariser": "rules", "max_tokens": 100}
    config = EpisodeConfig.parse(limits, "test")
    outcome = asyncio.run(Episode("Who?", TokenPolicy(engine, renderer), Pages(), config, seed=1).run())
    segments = outcome.segments or ()
    pairs = [(one, p) for s in segments for one, p, mask in zip(s.token_ids, s.logprobs, s.mask, strict=True) if mask]
    assert [one for one, _ in pairs] == [one for turn in engine.said for one in turn]
    assert [p for _, p in pairs] == engine.logprobs
    assert all(len(prompt) <= config.window for prompt in engine.prompts)
    assert outcome.final.stop_reason is not StopReason.INTERNAL_ERROR, outcome.detail


def _ids(text: str) -> list[int]:
    return tokenizer().encode(text)


def _roll(turns: list[str], folder: object, **episode: object) -> tuple[Trajectory, Parrot, TokenPolicy]:
    engine = Parrot([_ids(turn) for turn in turns])
    policy = TokenPolicy(engine, nano_renderer(tokenizer()))
    config = RolloutConfig(episode=EpisodeConfig.parse(dict(episode), "test"))
    with RunDir.open(folder, config).stage("trajectories", Trajectory, lambda t: t.key) as stage:  # type: ignore[arg-type]
        done = asyncio.run(roll_out([task(1)], policy, Pages(), "web", config, stage, lambda _: None))
    return done[0], engine, policy


def test_the_record_holds_what_was_sampled(tmp_path: object) -> None:
    turns = [CALL, "<tool_call>{broken", CALL, ANSWER]
    done, engine, policy = _roll([f"{turn}<|im_end|>" for turn in turns], tmp_path)
    assert (done.answer, done.protocol, done.stop_reason) == ("Mira", "hermes", StopReason.ANSWERED)
    assert [step.problem for step in done.steps] == [None, "bad_json", None, None]
    assert [step.segment for step in done.steps] == [0, 0, 0, 0]
    assert done.segments is not None
    masked = [one for one, mask in zip(done.segments[0].token_ids, done.segments[0].mask, strict=True) if mask]
    assert masked == [one for said in engine.said for one in said]
    again = encode_trajectory(policy.renderer, done, SYSTEM, (SEARCH,))
    assert [(s.token_ids, s.mask) for s in again] == [(s.token_ids, s.mask) for s in done.segments]


def test_discarding_begins_a_segment_and_the_window_rolls_back(tmp_path: object) -> None:
    turns = [f"{CALL}<|im_end|>"] * 6 + [f"{ANSWER}<|im_end|>"]
    n_open = nano_renderer(tokenizer()).count(
        [Message(role="system", content=SYSTEM), Message(role="user", content=task(1).question)]
    )
    window = n_open + 400
    done, engine, _ = _roll(turns, tmp_path, window=window, context="discard_all", context_share=0.8, max_tokens=100)
    assert done.segments is not None
    assert done.context_strategy == "discard_all"
    assert len(done.segments) == 1 + sum(step.fresh for step in done.steps) > 1
    assert max(map(len, engine.prompts)) <= window
    n_masked = sum(sum(segment.mask) for segment in done.segments)
    assert n_masked == sum(map(len, engine.said)) == done.usage.completion


def test_a_text_protocol_over_a_chat_endpoint() -> None:
    said = [
        'Thought: look\nAction: search\nAction Input: {"query": ["a"]}',
        "gibberish",
        "Thought: t\nFinal Answer: Mira",
    ]
    inner = ScriptedModel([Message(role="assistant", content=text) for text in said])
    episode = Episode("Who?", TextChat(inner, REACT), Pages(), EpisodeConfig(), seed=1)
    outcome = asyncio.run(episode.run())
    assert outcome.final.answer == "Mira"
    assert [step.problem for step in outcome.steps] == [None, "empty", None]
    assert outcome.steps[0].observations[0].content.startswith("seen a")
    assert outcome.segments is None


def test_the_answer_by_a_finish_call() -> None:
    def call(name: str, **arguments: object) -> ToolCall:
        return ToolCall(id=name, name=name, arguments=arguments)

    both = Message(role="assistant", calls=(call("search", query=["a"]), call("finish", answer="x")))
    done = Message(role="assistant", calls=(call("finish", answer=" Mira ", confidence=0.4),))
    config = EpisodeConfig(answer_by="call")
    outcome = asyncio.run(Episode("Who?", ScriptedModel([both, done]), Pages(), config, seed=1).run())
    assert [step.problem for step in outcome.steps] == ["call_and_answer", None]
    assert (outcome.final.answer, outcome.final.confidence) == ("Mira", 0.4)
    assert outcome.usage.calls_by_tool == {}
    silent = Message(role="assistant", calls=(call("finish", answer="", confidence=10**400),))
    outcome = asyncio.run(Episode("Who?", ScriptedModel([silent]), Pages(), config, seed=1).run())
    assert (outcome.final.stop_reason, outcome.final.confidence) == (StopReason.ABSTAINED, None)
