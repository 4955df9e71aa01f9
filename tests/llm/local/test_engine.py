"""The engine against plain transformers, alone and in company, over turns, with what goes wrong."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any

import pytest

from redsearcher.errors import InputError, ModelError
from redsearcher.llm.local.config import EngineConfig
from redsearcher.llm.token import Generated
from redsearcher.records.chat import Sampling
from tests.llm.local.tiny import VOCAB, plain_greedy, plain_logprobs, tiny_model

GREEDY = Sampling(temperature=0, max_tokens=12)
NEVER: frozenset[int] = frozenset()


def _engine(model: Any, **settings: Any) -> Any:
    from redsearcher.llm.local.engine import LocalEngine

    return LocalEngine(model, "tiny", EngineConfig(**settings))


def _prompts(n: int, seed: int = 0) -> list[list[int]]:
    rng = random.Random(seed)
    return [[rng.randrange(VOCAB) for _ in range(rng.randrange(1, 60))] for _ in range(n)]


def _generate(model: Any, prompts: Sequence[Sequence[int]], sampling: Sampling, **settings: Any) -> list[Generated]:
    async def run() -> list[Generated]:
        async with _engine(model, **settings) as engine:
            return await asyncio.gather(*(engine.generate(prompt, sampling, NEVER) for prompt in prompts))

    return asyncio.run(run())


@pytest.mark.parametrize("family", ["qwen3", "qwen2", "llama"])
def test_greedy_tokens_and_logprobs_are_those_of_transformers(family: str) -> None:
    model = tiny_model(family)
    prompts = _prompts(12)
    for prompt, made in zip(prompts, _generate(model, prompts, GREEDY, prefill_tokens=32, slots=5), strict=True):
        assert list(made.token_ids) == plain_greedy(model, prompt, 12)
        assert made.logprobs == pytest.approx(plain_logprobs(model, prompt, made.token_ids), abs=1e-4)
        assert made.finish_reason == "length"


def test_padded_shapes_compute_the_same() -> None:
    """The layout that CUDA uses, on the CPU."""
    import torch

    from redsearcher.llm.local.batch import Batch
    from redsearcher.llm.local.cache import SlotCache
    from redsearcher.llm.local.plan import Chunk
    from redsearcher.llm.local.weights import extract

    model = tiny_model()
    weights = extract(model, torch.device("cpu"), torch.float32)
    prompts = [prompt for prompt in _prompts(6, seed=4) if len(prompt) > 2]
    with torch.inference_mode():
        batch = Batch(weights, SlotCache(weights.shape, 12, 256, torch.device("cpu"), torch.float32), padded=True)
        slots = [2 * n for n in range(len(prompts))]
        batch.start(slots, [GREEDY] * len(slots))
        cut = [len(prompt) // 2 for prompt in prompts]
        rows = list(zip(slots, prompts, cut, strict=True))
        assert batch.prefill([Chunk(s, 0, p[:c]) for s, p, c in rows], [], greedy=True) == []
        rest = [Chunk(s, c, p[c:]) for s, p, c in rows]
        made = [[one] for one in batch.prefill(rest, range(len(rest)), greedy=True)]
        for _ in range(9):
            lengths = [len(prompt) + len(one) for prompt, one in zip(prompts, made, strict=True)]
            for one, new in zip(made, batch.decode(slots, lengths, greedy=True), strict=True):
                one.append(new)
    for prompt, one in zip(prompts, made, strict=True):
        ids = [token for token, _ in one]
        assert ids == plain_greedy(model, prompt, 10)
        assert [logprob for _, logprob in one] == pytest.approx(plain_logprobs(model, prompt, ids), abs=1e-4)


def test_company_does_not_change_a_draw() -> None:
    model = tiny_model()
    prompts = _prompts(10, seed=1)
    sampling = Sampling(temperature=0.9, top_p=0.9, max_tokens=15, seed=11)
    together = _generate(model, prompts, sampling)
    alone = [_generate(model, [prompt], sampling)[0] for prompt in prompts[:3]]
    assert [made.token_ids for made in together[:3]] == [made.token_ids for made in alone]
    other = _generate(model, prompts[:1], sampling.model_copy(update={"seed": 12}))
    assert other[0].token_ids != together[0].token_ids


def test_the_next_turn_computes_only_what_is_new() -> None:
    model = tiny_model()

    async def run() -> None:
        async with _engine(model, slots=4) as engine:
            for prompt in _prompts(6, seed=2):
                first = await engine.generate(prompt, GREEDY, NEVER)
                longer = [*prompt, *first.token_ids, 5, 6, 7]
                second = await engine.generate(longer, GREEDY, NEVER)
                assert second.cached == len(prompt) + 11
                assert list(second.token_ids) == plain_greedy(model, longer, 12)
                twin = await engine.generate([*prompt, *first.token_ids, 8], GREEDY, NEVER)
                assert list(twin.token_ids) == plain_greedy(model, [*prompt, *first.token_ids, 8], 12)

    asyncio.run(run())


def test_requests_join_and_leave_while_others_run() -> None:
    model = tiny_model()
    prompts = _prompts(30, seed=3)

    async def one(engine: Any, number: int) -> None:
        await asyncio.sleep(0.002 * number)
        made = await engine.generate(prompts[number], GREEDY.model_copy(update={"max_tokens": 1 + number}), NEVER)
        assert list(made.token_ids) == plain_greedy(model, prompts[number], 1 + number)

    async def run() -> None:
        async with _engine(model, slots=7, hold_s=0.01) as engine:
            await asyncio.gather(*(one(engine, number) for number in range(len(prompts))))
            assert engine.counts.requests == 30

    asyncio.run(run())


def test_a_stop_id_ends_the_turn_and_is_part_of_it() -> None:
    model = tiny_model()
    prompt = _prompts(1)[0]
    expected = plain_greedy(model, prompt, 12)
    stop = expected[4]

    async def run() -> Generated:
        async with _engine(model) as engine:
            return await engine.generate(prompt, GREEDY, frozenset({stop}))

    made = asyncio.run(run())
    assert list(made.token_ids) == expected[: expected.index(stop) + 1]
    assert made.finish_reason == "stop"


def test_the_window_ends_a_turn() -> None:
    made = _generate(tiny_model(window=40), [[1] * 36], Sampling(max_tokens=100))[0]
    assert len(made.token_ids) == 4
    assert made.finish_reason == "length"


def test_streaming_gives_each_token_and_the_whole() -> None:
    from redsearcher.llm.local.request import SampledToken

    async def run() -> None:
        async with _engine(tiny_model()) as engine:
            seen: list[Any] = [item async for item in engine.stream([1, 2, 3], GREEDY, NEVER)]
            whole = seen.pop()
            assert isinstance(whole, Generated)
            assert [item.token_id for item in seen] == list(whole.token_ids)
            assert all(isinstance(item, SampledToken) for item in seen)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("prompt", "words"),
    [([], "empty"), ([VOCAB], "outside 0 to 299"), ([-1], "outside"), ([1] * 40, "40 tokens.*window of 40")],
)
def test_unusable_prompts_are_refused(prompt: list[int], words: str) -> None:
    with pytest.raises(ModelError, match=words):
        _generate(tiny_model(window=40), [prompt], GREEDY)


def test_a_cancelled_request_frees_its_slot() -> None:
    async def run() -> None:
        async with _engine(tiny_model(window=4000), slots=1) as engine:
            long = asyncio.create_task(engine.generate([1, 2], Sampling(max_tokens=3900), NEVER))
            await asyncio.sleep(0.05)
            long.cancel()
            made = await asyncio.wait_for(engine.generate([3, 4], GREEDY, NEVER), 10)
            assert len(made.token_ids) == 12

    asyncio.run(run())


def test_closing_fails_what_is_in_flight_and_what_comes_later() -> None:
    async def run() -> None:
        engine = _engine(tiny_model(window=4000))
        long = asyncio.create_task(engine.generate([1, 2], Sampling(max_tokens=3900), NEVER))
        await asyncio.sleep(0.05)
        await engine.aclose()
        with pytest.raises(ModelError, match="closed"):
            await long
        with pytest.raises(ModelError, match="closed"):
            await engine.generate([1], GREEDY, NEVER)

    asyncio.run(run())


def test_what_does_not_fit_is_refused_with_the_remedy() -> None:
    with pytest.raises(InputError, match="lower `window` or raise `memory_gib`"):
        _engine(tiny_model(), memory_gib=1e-6)
    with pytest.raises(InputError, match="expected cpu, cuda"):
        _engine(tiny_model(), device="meta")
    with pytest.raises(InputError, match=r"torch sees no CUDA device|unknown"):
        _engine(tiny_model(), device="cuda:9" if not _has_cuda() else "nonsense")


def test_damaged_weights_fail_the_request_and_not_the_engine() -> None:
    import torch

    model = tiny_model()
    # Untied, so that token 7 spoils its own rows alone.
    model.lm_head.weight = torch.nn.Parameter(model.lm_head.weight.detach().clone())
    with torch.no_grad():
        model.model.embed_tokens.weight[7] = float("nan")

    async def run() -> None:
        async with _engine(model) as engine:
            with pytest.raises(ModelError, match="damaged"):
                await engine.generate([7] * 50, GREEDY, NEVER)
            made = await engine.generate([8, 9], GREEDY, NEVER)
            assert len(made.token_ids) == 12

    asyncio.run(run())


def _has_cuda() -> bool:
    import torch

    return bool(torch.cuda.is_available())
