"""A role over a real HTTP endpoint: every way a model can fail to answer has its own outcome."""

import asyncio
from typing import Any

import pytest
from pydantic import BaseModel

from redsearcher.errors import InputError
from redsearcher.llm.endpoint import EndpointConfig, EndpointModel
from redsearcher.llm.role import Reply, Role, RoleConfig, read_prompt
from tests.chat_server import Answer, Script, chat_server


class Colour(BaseModel):
    """What the test asks for."""

    name: str
    warmth: int


FAST = RoleConfig(tries=3, timeout_s=30, max_tokens=16)
GOOD = '{"name": "red", "warmth": 9}'


def _ask(script: Script, config: RoleConfig = FAST) -> Reply[Colour]:
    async def call(base_url: str) -> Reply[Colour]:
        model = EndpointModel(EndpointConfig(base_url=base_url, model="m", max_retries=0))
        try:
            return await Role(model, "Name a colour like $like.", Colour, config).ask(like="fire")
        finally:
            await model.aclose()

    with chat_server(script) as base_url:
        return asyncio.run(call(base_url))


def _each(*answers: Answer) -> Script:
    """The answers in turn, the last one for ever."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f"Sure. {GOOD} Anything else?",
        f'<think>{{"name": "no"}}</think>{GOOD}',
        '{"other": 1} ' + GOOD,
    ],
)
def test_json_is_found_in_whatever_stands_around_it(text: str) -> None:
    reply = _ask(_each(Answer(text)))
    assert (reply.outcome, reply.value) == ("answered", Colour(name="red", warmth=9))
    assert (reply.n_calls, reply.usage.prompt, reply.usage.completion) == (1, 100, 7)


def test_a_malformed_reply_is_sent_back_with_what_is_wrong() -> None:
    asked: list[list[dict[str, Any]]] = []

    def script(messages: list[dict[str, Any]]) -> Answer:
        asked.append(messages)
        return Answer('{"name": "red", "warmth": "very"}' if len(asked) == 1 else GOOD)

    reply = _ask(script)
    assert (reply.outcome, reply.n_calls, reply.usage.prompt) == ("answered", 2, 200)
    assert "Name a colour like fire." in asked[0][1]["content"]
    assert "warmth" in asked[1][-1]["content"]


@pytest.mark.parametrize(
    ("answer", "outcome", "n_calls", "words"),
    [
        (Answer("red, of course"), "malformed", 3, "no JSON"),
        (Answer('{"name": "red"}'), "malformed", 3, "warmth"),
        (Answer('{"name": "re', finish="length"), "truncated", 3, "cut at 64 tokens"),
        (Answer("I'm sorry, I can't help with colours."), "refused", 1, "sorry"),
        (Answer('{"refusal": "no colours"}'), "refused", 1, "no colours"),
        (Answer("", refusal="against policy"), "refused", 1, "provider"),
        (Answer("", finish="content_filter"), "refused", 1, "provider"),
        (Answer("抱歉，我无法回答。"), "refused", 1, "抱歉"),
        (Answer(status=500), "failed", 1, "unwell"),
        (Answer(GOOD, delay_s=0.5), "timeout", 2, "no reply within 0.1 s"),
    ],
)
def test_each_failure_is_an_outcome(answer: Answer, outcome: str, n_calls: int, words: str) -> None:
    config = FAST if outcome != "timeout" else RoleConfig(tries=2, timeout_s=0.1)
    reply = _ask(_each(answer), config)
    assert (reply.outcome, reply.value, reply.n_calls) == (outcome, None, n_calls)
    assert words in reply.detail


def test_a_longer_limit_mends_a_cut_reply() -> None:
    assert _ask(_each(Answer('{"name', finish="length"), Answer(GOOD))).outcome == "answered"


def test_prompts_are_strict() -> None:
    role = Role(EndpointModel(EndpointConfig(model="m")), "About $thing.", Colour)
    with pytest.raises(InputError, match="thing"):
        asyncio.run(role.ask(like="fire"))
    with pytest.raises(InputError, match="no prompt"):
        read_prompt("redsearcher.synthesis.verify", "nonesuch")
