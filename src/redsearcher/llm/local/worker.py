"""The engine's thread: requests join and leave a running batch between two tokens."""

import asyncio
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from typing import NamedTuple, Protocol

from redsearcher.errors import ModelError, RedsearcherError, boundary
from redsearcher.llm.local.plan import Chunk
from redsearcher.llm.local.request import Request, SampledToken
from redsearcher.llm.local.slots import SlotTable, pack
from redsearcher.records.chat import Sampling

_IDLE_S = 0.02
_PATIENCE_STEPS = 4
_GATHER_SHARE = 16
_MOST_TRIES = 64


class Device(Protocol):
    """What the worker drives: `Batch` over one cache."""

    def start(self, slots: Sequence[int], samplings: Sequence[Sampling]) -> None: ...
    def copy(self, source: int, target: int, n_tokens: int) -> None: ...
    def retire(self, slots: Sequence[int]) -> None: ...
    def reset(self) -> None: ...
    def prefill(self, chunks: Sequence[Chunk], finished: Sequence[int], *, greedy: bool) -> list[tuple[int, float]]: ...
    def decode(self, slots: Sequence[int], lengths: Sequence[int], *, greedy: bool) -> list[tuple[int, float]]: ...


class Counts(NamedTuple):
    """What the engine has done so far, in requests, tokens and steps."""

    requests: int = 0
    prompt: int = 0
    cached: int = 0
    sampled: int = 0
    prefill_steps: int = 0
    decode_steps: int = 0


class Worker:
    """Serves requests on its own thread until closed. An error fails the requests in flight, and serving goes on."""

    def __init__(
        self,
        open_device: Callable[[], AbstractContextManager[Device]],
        table: SlotTable,
        prefill_tokens: int,
        name: str,
    ) -> None:
        self._open_device, self._table, self._prefill_tokens, self._name = open_device, table, prefill_tokens, name
        self._wake = threading.Condition()
        self._arrived: deque[Request] = deque()
        self._waiting: list[Request] = []
        self._prefilling: list[Request] = []
        self._running: dict[int, Request] = {}
        self.trouble: str | None = None
        self._steps_waited = 0
        self.counts = Counts()
        self.step_began: float | None = None
        self._thread = threading.Thread(target=self._serve, name=f"engine {name}", daemon=True)
        self._thread.start()

    def submit(self, request: Request) -> None:
        """Queue a request. Raises ModelError once the worker is closed."""
        with self._wake:
            if self.trouble is not None:
                raise ModelError(f"engine {self._name} {self.trouble}")
            self._arrived.append(request)
            self._wake.notify()

    def close(self, why: str, wait_s: float) -> None:
        """Stop serving; requests in flight fail. Waits at most `wait_s` for the current step."""
        with self._wake:
            self.trouble = self.trouble or why
            self._wake.notify()
        self._thread.join(wait_s)

    def _serve(self) -> None:
        self.step_began = time.monotonic()
        try:
            with boundary(f"engine {self._name}", raises=ModelError):
                with self._open_device() as self._device:
                    self.step_began = None
                    while self._gather():
                        self._guarded_step()
                    # The cache may be most of the memory there is; whoever holds on to a closed engine gives it back.
                    del self._device
        except ModelError as error:
            self.trouble = self.trouble or f"broke: {error}"
        self._fail(ModelError(f"engine {self._name} {self.trouble or 'is closed'}"))

    def _gather(self) -> bool:
        """Take in what arrived, waiting while there is nothing to do. False once closed."""
        with self._wake:
            while not (self.trouble or self._arrived or self._waiting or self._prefilling or self._running):
                self._wake.wait()
            if self.trouble:
                return False
            self._waiting.extend(self._arrived)
            self._arrived.clear()
        return True

    def _guarded_step(self) -> None:
        self.step_began = time.monotonic()
        try:
            with boundary(f"engine {self._name}", raises=ModelError):
                self._drop_cancelled()
                self._admit()
                worked = False
                if self._prefilling and self._prefill_is_due():
                    self._prefill()
                    worked = True
                if self._running:
                    self._decode()
                    worked = True
        except RedsearcherError as error:
            self._fail(error)
            self._table.clear()
            self._device.reset()
            return
        finally:
            self.step_began = None
        if not worked:
            # Every request waits for a slot on hold.
            with self._wake:
                self._wake.wait(_IDLE_S)

    def _drop_cancelled(self) -> None:
        now = time.monotonic()
        self._waiting = [request for request in self._waiting if not request.cancelled]
        for request in [request for request in self._prefilling if request.cancelled]:
            self._prefilling.remove(request)
            self._table.abandon(request.slot, now)
        gone = [slot for slot, request in self._running.items() if request.cancelled]
        for slot in gone:
            request = self._running.pop(slot)
            self._table.release(slot, pack(request.token_ids), now)
        if gone:
            self._device.retire(gone)

    def _admit(self) -> None:
        now = time.monotonic()
        still: list[Request] = []
        joined: list[Request] = []
        for number, request in enumerate(self._waiting):
            if len(still) >= _MOST_TRIES or self._table.is_full:
                still += self._waiting[number:]
                break
            alone = not self._running and not self._prefilling
            placed = self._table.place(request.key, now, alone=alone)
            if placed is None:
                still.append(request)
                continue
            request.slot, request.n_cached, request.n_computed = placed.slot, placed.n_reused, placed.n_reused
            if placed.copy_from is not None:
                self._device.copy(placed.copy_from, placed.slot, placed.n_reused)
            self._prefilling.append(request)
            joined.append(request)
        self._waiting = still
        if joined:
            self._device.start([request.slot for request in joined], [request.sampling for request in joined])

    def _prefill_is_due(self) -> bool:
        """Prompts are gathered for a few steps while many sequences run, since a call costs the same for more."""
        self._steps_waited += 1
        due = len(self._prefilling) * _GATHER_SHARE >= len(self._running) or self._steps_waited >= _PATIENCE_STEPS
        if due:
            self._steps_waited = 0
        return due

    def _prefill(self) -> None:
        left, chunks, taken = self._prefill_tokens, [], []
        for request in self._prefilling:
            if left <= 0:
                break
            n = min(left, request.n_owed)
            start = request.n_computed
            chunks.append(Chunk(request.slot, start, request.prompt[start : start + n]))
            taken.append(request)
            left -= n
        ready = [index for index, (r, c) in enumerate(zip(taken, chunks, strict=True)) if r.n_owed == len(c.ids)]
        greedy = all(taken[index].sampling.temperature == 0 for index in ready)
        sampled = self._device.prefill(chunks, ready, greedy=greedy)
        for request, chunk in zip(taken, chunks, strict=True):
            request.n_computed += len(chunk.ids)
            self._table.advance(request.slot, request.n_computed)
        done = {taken[index].slot for index in ready}
        self._prefilling = [request for request in self._prefilling if request.slot not in done]
        for index in ready:
            self._running[taken[index].slot] = taken[index]
        self.counts = self.counts._replace(
            prefill_steps=self.counts.prefill_steps + 1,
            prompt=self.counts.prompt + sum(len(taken[index].prompt) for index in ready),
            cached=self.counts.cached + sum(taken[index].n_cached for index in ready),
        )
        self._deliver([taken[index] for index in ready], sampled)

    def _decode(self) -> None:
        requests = [self._running[slot] for slot in sorted(self._running)]
        greedy = all(request.sampling.temperature == 0 for request in requests)
        lengths = [len(request.prompt) + len(request.token_ids) for request in requests]
        sampled = self._device.decode([request.slot for request in requests], lengths, greedy=greedy)
        self.counts = self.counts._replace(decode_steps=self.counts.decode_steps + 1)
        self._deliver(requests, sampled)

    def _deliver(self, requests: Sequence[Request], sampled: Sequence[tuple[int, float]]) -> None:
        done, told = [], []
        for request, (token_id, logprob) in zip(requests, sampled, strict=True):
            if math.isnan(logprob):
                raise ModelError("the model gave no number for a token's probability; its weights may be damaged")
            request.token_ids.append(token_id)
            request.logprobs.append(logprob)
            if request.listener is not None:
                told.append((request, SampledToken(token_id, logprob)))
            if request.is_done:
                done.append(request)
        now = time.monotonic()
        for request in done:
            del self._running[request.slot]
            self._table.release(request.slot, pack(request.token_ids), now)
        if done:
            self._device.retire([request.slot for request in done])
        self.counts = self.counts._replace(
            requests=self.counts.requests + len(done), sampled=self.counts.sampled + len(sampled)
        )
        _send([*((request, token) for request, token in told), *((request, None) for request in done)])

    def _fail(self, error: RedsearcherError) -> None:
        with self._wake:
            failed = [*self._arrived, *self._waiting, *self._prefilling, *self._running.values()]
            self._arrived.clear()
        self._waiting, self._prefilling, self._running = [], [], {}
        _send([(request, error) for request in failed])


News = SampledToken | RedsearcherError | None


def _send(news: Sequence[tuple[Request, News]]) -> None:
    """Tell waiting tasks, with one call for each event loop: a token, an error, or (None) that the request is done."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Request, News]]] = {}
    for request, what in news:
        by_loop.setdefault(request.loop, []).append((request, what))
    for loop, part in by_loop.items():
        # A loop that was closed has nobody left who waits.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_tell, part)


def _tell(news: Sequence[tuple[Request, News]]) -> None:
    for request, what in news:
        if isinstance(what, SampledToken):
            if request.listener is not None and not request.cancelled:
                request.listener(what)
        elif request.future.done():
            continue
        elif what is None:
            request.future.set_result(request.result())
        else:
            request.future.set_exception(what)
