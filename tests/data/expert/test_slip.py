"""A turn said wrongly first: read, never learnt, and the right one comes after the loop's request."""

from random import Random

import pytest

from redsearcher.agent.episode import SYSTEM
from redsearcher.data.slip import after_slip
from redsearcher.data.stream import Attempt
from redsearcher.llm.encode import encode_trajectory, exchanges
from redsearcher.llm.render import nano_renderer
from redsearcher.records.trajectory import Trajectory
from tests.llm.toy_tokens import tokenizer


@pytest.fixture(scope="module")
def right(tried: list[Attempt]) -> list[Trajectory]:
    told = [attempt.trace.trajectory for attempt in tried if attempt.trace is not None]
    return [one for one in told if len(one.steps) > 1]


def test_one_turn_is_wrong_and_the_same_work_follows(right: list[Trajectory]) -> None:
    kinds = set()
    for number, one in enumerate(right):
        slipped = after_slip(one, Random(number))
        (at,) = (n for n, step in enumerate(slipped.steps) if step.problem)
        wrong, again = slipped.steps[at : at + 2]
        assert at > 0 and wrong.thought.startswith("<think>\n") and not wrong.calls
        assert again.asked.startswith("Format error: ") and again.model_copy(update={"asked": ""}) == one.steps[at]
        assert (*slipped.steps[:at], *slipped.steps[at + 2 :]) == (*one.steps[:at], *one.steps[at + 1 :])
        assert list(exchanges(slipped, SYSTEM))[at + 1].read[-1].content == again.asked
        kinds.add(wrong.problem)
    assert kinds == {"cut_off", "unclosed", "empty"}


def test_the_wrong_turn_is_read_and_not_learnt(right: list[Trajectory]) -> None:
    one = right[0]
    slipped = after_slip(one, Random(0))
    wrong = next(step for step in slipped.steps if step.problem)
    renderer = nano_renderer(tokenizer())
    (before,) = encode_trajectory(renderer, one, SYSTEM)
    (after,) = encode_trajectory(renderer, slipped, SYSTEM, unreadable=False)
    learnt = [[i for i, m in zip(part.token_ids, part.mask, strict=True) if m] for part in (before, after)]
    assert learnt[0] == learnt[1]
    assert wrong.thought in tokenizer().decode(list(after.token_ids))


def test_a_single_turn_stays_as_it_is(right: list[Trajectory]) -> None:
    alone = right[0].model_copy(update={"steps": right[0].steps[:1]})
    assert after_slip(alone, Random(0)) is alone
