"""The engine's thread with a toy device: errors, hangs, order; no torch needed."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import pytest

from redsearcher.errors import ModelError
from redsearcher.llm.local.plan import Chunk
from redsearcher.llm.local.request import Request
from redsearcher.llm.local.slots import SlotTable
from redsearcher.llm.local.watch import watch
from redsearcher.llm.local.worker import Worker
from redsearcher.llm.token import Generated
from redsearcher.records.chat import Sampling

T = TypeVar("T")
Ask = Callable[[Sequence[int], int], Awaitable[Generated]]
POISON, TAR = 666, 777


class Toy:
    """Counts up from the prompt's last id; fails on POISON, and stops at TAR until it is let go."""

    def __init__(self) -> None:
        self.last: dict[int, int] = {}
        self.widest, self.prefilled, self.copied = 0, 0, 0
        self.let_go = threading.Event()

    def start(self, slots: Sequence[int], samplings: Sequence[Sampling]) -> None: ...

    def copy(self, source: int, target: int, n_tokens: int) -> None:
        self.copied += n_tokens

    def retire(self, slots: Sequence[int]) -> None: ...

    def reset(self) -> None:
        self.last.clear()

    def prefill(self, chunks: Sequence[Chunk], finished: Sequence[int], *, greedy: bool) -> list[tuple[int, float]]:
        for chunk in chunks:
            self.prefilled += len(chunk.ids)
            self.last[chunk.slot] = chunk.ids[-1]
            if POISON in chunk.ids:
                raise RuntimeError("the device is on fire")
            if TAR in chunk.ids:
                self.let_go.wait(20)
        return self.decode([chunks[index].slot for index in finished], [], greedy=greedy)

    def decode(self, slots: Sequence[int], lengths: Sequence[int], *, greedy: bool) -> list[tuple[int, float]]:
        time.sleep(0.0005)
        self.widest = max(self.widest, len(slots))
        for slot in slots:
            self.last[slot] += 1
        return [(self.last[slot], -0.5) for slot in slots]


def _run(use: Callable[[Ask, Worker], Awaitable[T]], toy: Toy, n_slots: int = 4, limit_s: float = 10.0) -> T:
    @contextmanager
    def opened() -> Iterator[Toy]:
        yield toy

    worker = Worker(opened, SlotTable(n_slots, 0.0), 16, "toy")

    async def ask(prompt: Sequence[int], n_tokens: int) -> Generated:
        loop = asyncio.get_running_loop()
        request = Request(tuple(prompt), Sampling(), frozenset(), n_tokens, loop, loop.create_future())
        worker.submit(request)
        return await watch(request, worker, limit_s)

    async def run() -> T:
        return await use(ask, worker)

    try:
        return asyncio.run(run())
    finally:
        toy.let_go.set()
        worker.close("is closed", 10)


def test_sequences_share_a_batch_and_keep_apart() -> None:
    toy = Toy()

    async def use(ask: Ask, worker: Worker) -> None:
        made = await asyncio.gather(*(ask([number * 100], 20) for number in range(1, 11)))
        for number, one in enumerate(made, 1):
            assert one.token_ids == tuple(range(number * 100 + 1, number * 100 + 21))
            assert one.logprobs == (-0.5,) * 20

    _run(use, toy)
    assert toy.widest == 4


def test_a_shared_beginning_is_computed_once() -> None:
    toy = Toy()

    async def use(ask: Ask, worker: Worker) -> None:
        made = await asyncio.gather(*(ask([*range(48), 50 + number], 5) for number in range(4)))
        assert sorted(one.cached for one in made) == [0, 48, 48, 48]

    _run(use, toy)
    assert toy.prefilled == 49 + 3
    assert toy.copied == 3 * 48


def test_a_failing_step_fails_its_requests_and_serving_goes_on() -> None:
    async def use(ask: Ask, worker: Worker) -> None:
        with pytest.raises(ModelError, match="RuntimeError: the device is on fire"):
            await ask([1, POISON], 5)
        assert (await ask([1, 2], 2)).token_ids == (3, 4)

    _run(use, Toy())


def test_a_hang_fails_every_request_and_closes_the_engine() -> None:
    async def use(ask: Ask, worker: Worker) -> None:
        began = time.monotonic()
        results = await asyncio.gather(*(ask([number, TAR], 5) for number in range(5)), return_exceptions=True)
        assert time.monotonic() - began < 5
        assert all(isinstance(result, ModelError) and "hung" in str(result) for result in results)
        assert worker.trouble is not None
        with pytest.raises(ModelError, match="hung"):
            await ask([1], 1)

    _run(use, Toy(), limit_s=0.3)


def test_a_device_that_cannot_be_opened_fails_the_requests() -> None:
    @contextmanager
    def broken() -> Iterator[Toy]:
        raise RuntimeError("no memory")
        yield Toy()

    async def run() -> None:
        worker = Worker(broken, SlotTable(1, 0.0), 16, "toy")
        loop = asyncio.get_running_loop()
        request = Request((1,), Sampling(), frozenset(), 1, loop, loop.create_future())
        with pytest.raises(ModelError, match="no memory"):
            worker.submit(request)
            await watch(request, worker, 5)

    asyncio.run(run())
