"""Supervised ids are the very ids that a rollout of the same words leaves."""

import asyncio

import pytest

from redsearcher.llm.encode import encode_trajectory, exchanges
from redsearcher.llm.policy import TokenPolicy
from redsearcher.llm.render import nano_renderer
from redsearcher.llm.segment import SegmentMerger
from redsearcher.records.chat import Message, Sampling, Segment
from redsearcher.records.tool import SEARCH, Observation, ToolCall
from redsearcher.records.trajectory import Step, StopReason, Trajectory
from tests.llm.toy_tokens import Parrot, tokenizer

SYSTEM = "You search."


def _step(number: int, **read: object) -> Step:
    call = ToolCall(id=f"c{number}", name="search", arguments={"query": [f"q{number}"]})
    seen = Observation(call_id=call.id, content=f"seen {number}")
    return Step(thought=f"thought {number}", calls=(call,), observations=(seen,), **read)  # type: ignore[arg-type]


def _trajectory(*steps: Step, detail: str = "") -> Trajectory:
    last = Step(thought="so it is\n<answer>Mira</answer> surely")
    return Trajectory(
        key="k", task="t", sample=0, question="Who wrote it?", model="rules", protocol="native", seed=1,
        context_strategy="none", interface_version="1", steps=(*steps, last), answer="Mira",
        stop_reason=StopReason.ANSWERED, detail=detail,
    )  # fmt: skip


def _texts(segment: Segment, wanted: int) -> list[str]:
    runs: list[list[int]] = []
    before = None
    for one, mask in zip(segment.token_ids, segment.mask, strict=True):
        if mask == wanted:
            runs = runs if before == wanted else [*runs, []]
            runs[-1].append(one)
        before = mask
    return [tokenizer().decode(run) for run in runs]


def test_the_mask_is_on_the_words_of_the_policy_and_their_end() -> None:
    segments = encode_trajectory(nano_renderer(tokenizer()), _trajectory(_step(1), _step(2)), SYSTEM)
    assert len(segments) == 1
    said = _texts(segments[0], 1)
    assert said[0].startswith("<think>\nthought 1\n</think>\n\n<tool_call>\n")
    assert all(text.endswith("<|im_end|>") for text in said)
    assert said[2] == "<think>\nso it is\n</think>\n\n<answer>Mira</answer> surely<|im_end|>"
    read = _texts(segments[0], 0)
    assert read[1] == (
        "\n<|im_start|>user\n<tool_response>\nseen 1\n</tool_response><|im_end|>\n<|im_start|>assistant\n"
    )


@pytest.mark.parametrize(
    ("steps", "n_segments"),
    [
        ((_step(1), _step(2), _step(3)), 1),
        ((_step(1), _step(2, fresh=True, asked="start anew"), _step(3)), 2),
        ((_step(1), _step(2), _step(3, hidden=1)), 3),
        ((_step(1), _step(2), _step(3, rolled_back=1, asked="answer now")), 2),
        ((_step(1), Step(thought="gibber", problem="empty"), _step(3, asked="Format error")), 1),
    ],
)
def test_supervised_ids_are_the_ids_of_a_rollout(steps: tuple[Step, ...], n_segments: int) -> None:
    renderer = nano_renderer(tokenizer())
    trajectory = _trajectory(*steps)
    supervised = encode_trajectory(renderer, trajectory, SYSTEM, (SEARCH,))
    assert len(supervised) == n_segments
    told = list(exchanges(trajectory, SYSTEM))
    engine = Parrot([renderer.encode_turn(said) for _, _, said in told])
    policy, merger = TokenPolicy(engine, renderer), SegmentMerger()
    turns: dict[str, Message] = {}
    for _, read, said in told:
        messages = [turns.get(m.model_dump_json(), m) for m in read]
        turn = asyncio.run(policy.complete(messages, (SEARCH,), Sampling()))
        assert turn.segment is not None
        merger.add(turn.segment)
        turns[said.model_dump_json()] = turn.message
    assert [(s.token_ids, s.mask) for s in merger.segments] == [(s.token_ids, s.mask) for s in supervised]


def test_a_forced_answer_is_asked_for_where_the_record_does_not_say_how() -> None:
    trajectory = _trajectory(_step(1), detail="answer forced after max_tool_calls")
    segment = encode_trajectory(nano_renderer(tokenizer()), trajectory, SYSTEM, force="Answer now.")[0]
    assert "Answer now." in _texts(segment, 0)[-1]
