"""Completions over token ids, and the token engine that speaks them from afar."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openai import BadRequestError, OpenAI

from redsearcher.errors import ModelError
from redsearcher.llm.policy import TokenPolicy
from redsearcher.llm.remote import RemoteConfig, RemoteEngine
from redsearcher.records.chat import Sampling
from redsearcher.records.tool import SEARCH
from tests.llm.local.tiny import plain_greedy, plain_logprobs
from tests.llm.server.serving import CALL, QUESTION, Served

PROMPT = [30, 40, 50, 60]


@pytest.fixture
def client(served: Served) -> Iterator[OpenAI]:
    with OpenAI(base_url=served.url, api_key="none", max_retries=0) as opened:
        yield opened


def test_ids_go_in_and_come_out(client: OpenAI, served: Served) -> None:
    extra: Any = {"return_token_ids": True, "ignore_eos": True}
    reply: Any = client.completions.create(
        model="tiny", prompt=PROMPT, temperature=0, max_tokens=8, logprobs=0, extra_body=extra
    )
    choice = reply.choices[0]
    assert choice.token_ids == plain_greedy(served.loaded.model, PROMPT, 8)
    assert choice.prompt_token_ids == PROMPT
    expected = plain_logprobs(served.loaded.model, PROMPT, choice.token_ids)
    assert choice.logprobs.token_logprobs == pytest.approx(expected, abs=1e-4)
    assert len(choice.logprobs.tokens) == len(choice.logprobs.text_offset) == 8
    assert choice.finish_reason == "length"
    assert reply.usage.total_tokens == 12


def test_several_prompts_and_choices_keep_their_order(client: OpenAI) -> None:
    extra: Any = {"return_token_ids": True}
    reply: Any = client.completions.create(
        model="tiny", prompt=[PROMPT, [9, 8]], n=2, max_tokens=4, seed=3, temperature=1, extra_body=extra
    )
    assert [choice.prompt_token_ids for choice in reply.choices] == [PROMPT, PROMPT, [9, 8], [9, 8]]
    assert [choice.index for choice in reply.choices] == [0, 1, 2, 3]
    assert reply.usage.prompt_tokens == 6


def test_text_is_taken_and_streamed(client: OpenAI) -> None:
    whole = client.completions.create(model="tiny", prompt="Who built", temperature=0, max_tokens=20)
    with client.completions.create(
        model="tiny", prompt="Who built", temperature=0, max_tokens=20, stream=True
    ) as stream:
        assert "".join(chunk.choices[0].text for chunk in stream) == whole.choices[0].text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"prompt": []}, "prompt"),
        ({"prompt": [100_000]}, "outside the vocabulary"),
        ({"prompt": [-4]}, "prompt"),
        ({"prompt": [5] * 512}, "context length of 512"),
        ({"prompt": [[1], [2]], "stream": True}, "one choice"),
    ],
)
def test_bad_requests_are_told_what_is_wrong(client: OpenAI, change: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRequestError, match=words):
        client.completions.create(**{"model": "tiny", **change})


def test_the_remote_engine_is_the_local_one(served: Served) -> None:
    sampling = Sampling(temperature=0.9, top_p=0.9, max_tokens=12, seed=7)
    stop = frozenset({served.loaded.renderer.tokenizer.encode("e")[0]})

    async def run() -> None:
        remote = await RemoteEngine.open(RemoteConfig(base_url=served.url, model="tiny", max_retries=0))
        assert remote.window == 512
        for prompt in (PROMPT, [7, 8, 9], PROMPT[::-1]):
            far = await remote.generate(prompt, sampling, stop)
            near = await served.engine.generate(prompt, sampling, stop)
            assert (far.token_ids, far.finish_reason) == (near.token_ids, near.finish_reason)
            assert far.logprobs == pytest.approx(near.logprobs, abs=1e-4)
        with pytest.raises(ModelError, match="window of 512"):
            await remote.generate([1] * 512, sampling, stop)
        turn = await TokenPolicy(remote, served.loaded.renderer).complete(
            QUESTION, (SEARCH,), Sampling(temperature=0, max_tokens=90)
        )
        assert turn.message.calls[0].arguments == CALL.calls[0].arguments
        assert turn.segment is not None
        assert sum(turn.segment.mask) == turn.usage.completion
        await remote.aclose()

    asyncio.run(run())


def test_an_engine_that_is_not_there_is_a_model_error() -> None:
    async def run() -> None:
        config = RemoteConfig(base_url="http://127.0.0.1:9/v1", model="tiny", max_retries=0, timeout_s=2)
        with pytest.raises(ModelError, match="model tiny at http"):
            await RemoteEngine.open(config)

    asyncio.run(run())


def test_a_closed_engine_answers_503_and_is_unhealthy(folder: Path) -> None:
    import httpx

    with Served(folder) as server:
        asyncio.run(server.engine.aclose())
        body = {"model": "tiny", "prompt": PROMPT}
        reply = httpx.post(f"{server.url}/completions", json=body)
        assert (reply.status_code, reply.json()["error"]["type"]) == (503, "server_error")
        assert httpx.get(server.url.removesuffix("/v1") + "/health").status_code == 503
