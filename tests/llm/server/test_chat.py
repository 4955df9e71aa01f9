"""Chat completions, driven by the openai client over loopback."""

import asyncio
from typing import Any

import pytest
from openai import AsyncOpenAI, BadRequestError, NotFoundError, OpenAI

from redsearcher.llm.endpoint import EndpointConfig, EndpointModel
from redsearcher.llm.wire import to_openai_tools
from redsearcher.records.chat import Message, Sampling
from redsearcher.records.tool import SEARCH
from tests.llm.local.tiny import plain_logprobs
from tests.llm.server.serving import QUESTION, Served

TOOLS: Any = to_openai_tools([SEARCH])
ASK: Any = [{"role": "user", "content": QUESTION[0].content}]
OBSERVED = {"role": "tool", "tool_call_id": "x", "content": "Anna Varn built it."}


@pytest.fixture
def client(served: Served) -> Any:
    with OpenAI(base_url=served.url, api_key="none", max_retries=0) as opened:
        yield opened


def test_a_tool_is_called_and_its_result_answered(client: OpenAI) -> None:
    first = client.chat.completions.create(model="tiny", messages=ASK, tools=TOOLS, temperature=0)
    choice = first.choices[0]
    assert choice.finish_reason == "tool_calls"
    assert choice.message.tool_calls is not None
    call: Any = choice.message.tool_calls[0]
    assert (call.function.name, call.function.arguments) == ("search", '{"query": ["bridge"]}')
    assert choice.message.reasoning_content == "I should search."  # type: ignore[attr-defined]
    said = choice.message.model_dump(exclude_none=True)
    second = client.chat.completions.create(model="tiny", messages=[*ASK, said, OBSERVED], tools=TOOLS, temperature=0)
    assert second.choices[0].message.content == "<answer>Anna Varn, 一座山</answer>"
    assert second.choices[0].finish_reason == "stop"
    assert first.usage is not None
    assert second.usage is not None
    assert second.usage.prompt_tokens_details is not None
    # All but the last token of the first turn was kept.
    assert second.usage.prompt_tokens_details.cached_tokens == first.usage.total_tokens - 1


@pytest.mark.parametrize("turn", [1, 2])
def test_a_stream_adds_up_to_the_whole_turn(client: OpenAI, turn: int) -> None:
    messages: Any = ASK
    whole = client.chat.completions.create(model="tiny", messages=messages, tools=TOOLS, temperature=0)
    if turn == 2:
        messages = [*ASK, whole.choices[0].message.model_dump(exclude_none=True), OBSERVED]
        whole = client.chat.completions.create(model="tiny", messages=messages, tools=TOOLS, temperature=0)
    content, thought, calls, finish, n_content = "", "", [], None, 0
    usage = None
    with client.chat.completions.create(
        model="tiny", messages=messages, tools=TOOLS, temperature=0, stream=True,
        stream_options={"include_usage": True},
    ) as stream:  # fmt: skip
        for chunk in stream:
            usage = chunk.usage or usage
            for choice in chunk.choices:
                n_content += bool(choice.delta.content)
                content += choice.delta.content or ""
                thought += getattr(choice.delta, "reasoning_content", None) or ""
                calls += choice.delta.tool_calls or []
                finish = choice.finish_reason or finish
    message: Any = whole.choices[0].message
    assert content == (message.content or "")
    assert thought == message.reasoning_content
    assert [call.function.arguments for call in calls] == [c.function.arguments for c in message.tool_calls or []]
    assert finish == whole.choices[0].finish_reason
    assert usage is not None
    assert whole.usage is not None
    assert usage.completion_tokens == whole.usage.completion_tokens
    assert turn == 1 or n_content > 3


def test_log_probabilities_are_the_models(client: OpenAI, served: Served) -> None:
    reply: Any = client.chat.completions.create(
        model="tiny", messages=ASK, max_tokens=9, seed=5, logprobs=True, extra_body={"return_token_ids": True}
    )
    told = reply.choices[0].logprobs.content
    sampled = reply.choices[0].token_ids
    assert len(told) == len(sampled) == reply.usage.completion_tokens
    expected = plain_logprobs(served.loaded.model, reply.prompt_token_ids, sampled)
    assert [token.logprob for token in told] == pytest.approx(expected, abs=1e-4)


def test_a_seed_repeats_itself_and_choices_differ(client: OpenAI) -> None:
    def ask(seed: int, n: int = 1) -> list[str | None]:
        reply = client.chat.completions.create(
            model="tiny", messages=[{"role": "user", "content": "Else?"}], max_tokens=12, seed=seed, n=n, temperature=3
        )
        return [choice.message.content for choice in reply.choices]

    assert ask(1) == ask(1)
    assert ask(1) != ask(2)
    three = ask(1, n=3)
    assert three[0] == ask(1)[0]
    assert len(set(three)) == 3


def test_a_stop_text_ends_the_turn_before_it(client: OpenAI) -> None:
    reply = client.chat.completions.create(model="tiny", messages=ASK, tools=TOOLS, temperature=0, stop=["should"])
    assert reply.choices[0].message.content == "<think>\nI "
    assert reply.choices[0].finish_reason == "stop"


def test_many_conversations_at_once(served: Served) -> None:
    async def run() -> None:
        async with AsyncOpenAI(base_url=served.url, api_key="none", max_retries=0) as client:

            async def one(number: int) -> str | None:
                messages: Any = [{"role": "user", "content": f"Question {number}?"}]
                reply = await client.chat.completions.create(
                    model="tiny", messages=messages, max_tokens=10, seed=number, temperature=1
                )
                return reply.choices[0].message.content

            together = await asyncio.gather(*(one(number) for number in range(40)))
            assert [await one(number) for number in (0, 20, 39)] == [together[0], together[20], together[39]]

    asyncio.run(run())


def test_a_client_that_goes_away_stops_its_choices(served: Served) -> None:
    import time

    import httpx

    body = {"model": "tiny", "messages": ASK, "n": 64, "temperature": 5, "logprobs": False, "max_tokens": 450}
    begun = served.engine.counts
    with pytest.raises(httpx.TimeoutException):
        httpx.post(f"{served.url}/chat/completions", json=body, timeout=0.3)
    n_seen, n_before = served.engine.counts.sampled, -1
    while n_seen != n_before:
        time.sleep(0.3)
        n_seen, n_before = served.engine.counts.sampled, n_seen
    assert served.engine.counts.requests - begun.requests < 64


def test_our_own_client_drives_it(served: Served) -> None:
    async def run() -> None:
        model = EndpointModel(EndpointConfig(base_url=served.url, model="tiny", max_retries=0))
        sampling = Sampling(temperature=0, max_tokens=100)
        first = await model.complete(QUESTION, (SEARCH,), sampling)
        assert first.finish_reason == "tool_calls"
        observed = Message(role="tool", content="Anna Varn built it.", call_id=first.message.calls[0].id)
        second = await model.complete([*QUESTION, first.message, observed], (SEARCH,), sampling)
        assert "Anna Varn" in second.message.content
        assert second.usage.cached > 0
        await model.aclose()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "wizard", "content": "x"}]}, r"messages\.0\.role"),
        ({"temperature": -1}, "temperature"),
        ({"top_p": 0}, "top_p"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"tool_choice": "required", "tools": TOOLS}, "tool_choice"),
        ({"logprobs": True, "top_logprobs": 5}, "top_logprobs"),
        ({"n": 2, "stream": True}, "n = 1"),
        ({"messages": [{"role": "user", "content": "long " * 600}]}, "context length of 512"),
        (
            {
                "messages": [
                    {
                        "role": "assistant",
                        "tool_calls": [{"id": "c", "type": "function", "function": {"name": "s", "arguments": "{"}}],
                    }
                ]
            },
            "not JSON",
        ),
    ],
)
def test_bad_requests_are_told_what_is_wrong(client: OpenAI, change: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRequestError, match=words) as caught:
        client.chat.completions.create(**{"model": "tiny", "messages": ASK, **change})
    assert caught.value.body is not None
    assert caught.value.type == "invalid_request_error"


def test_an_unknown_model_is_not_found(client: OpenAI) -> None:
    with pytest.raises(NotFoundError, match="this server has 'tiny'"):
        client.chat.completions.create(model="gpt", messages=ASK)


def test_it_lists_its_model_and_is_healthy(client: OpenAI, served: Served) -> None:
    import httpx

    assert [model.id for model in client.models.list()] == ["tiny"]
    assert client.models.retrieve("tiny").max_model_len == 512  # type: ignore[attr-defined]
    assert httpx.get(served.url.removesuffix("/v1") + "/health").json() == {"status": "ok"}
