"""A TokenEngine in this process: many episodes, one batch, exact ids and log-probabilities."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import torch

from redsearcher.errors import InputError, ModelError
from redsearcher.llm.local.batch import Batch
from redsearcher.llm.local.cache import SlotCache, n_positions
from redsearcher.llm.local.config import EngineConfig
from redsearcher.llm.local.request import Listener, Request, SampledToken
from redsearcher.llm.local.slots import SlotTable
from redsearcher.llm.local.watch import watch
from redsearcher.llm.local.weights import Shape, extract
from redsearcher.llm.local.worker import Counts, Worker
from redsearcher.llm.token import Generated
from redsearcher.records.chat import Sampling

_GIB = 1 << 30
_CPU_GIB, _CUDA_SHARE = 4.0, 0.6
_SMALL_MODEL = 100_000_000
_CLOSE_S = 10.0


class LocalEngine:
    """Continues token sequences with a transformers causal language model (Qwen3, Qwen2, Llama).

    A prompt that extends an earlier prompt and what was sampled for it is computed from where they part. Use it as an
    async context manager, or call `aclose`.
    """

    def __init__(self, model: Any, name: str, config: EngineConfig | None = None) -> None:
        """Copies the weights of `model`. Raises InputError if they cannot be computed here or do not fit."""
        config = config or EngineConfig()
        self._config, self._name = config, f"local:{name}"
        device = _device(config.device)
        on_cpu = device.type == "cpu"
        dtype = getattr(torch, config.dtype or ("float32" if on_cpu else "bfloat16"))
        weights = extract(model, device, dtype)
        self._vocab = weights.shape.vocab
        self._window = min(config.window or weights.shape.max_positions, weights.shape.max_positions)
        n_slots = _count_slots(config, weights.shape, self._window, device, dtype)
        threads = config.threads
        if threads is None and on_cpu and model.num_parameters() < _SMALL_MODEL:
            # Products this small gain little from more threads, which on a busy machine wait for each other.
            threads = 1

        window, cuda_graphs = self._window, not on_cpu and config.cuda_graphs

        @contextmanager
        def open_device() -> Iterator[Batch]:
            # On the worker's thread, whose own these settings are.
            if threads is not None:
                torch.set_num_threads(threads)
            if not on_cpu:
                torch.cuda.set_device(device)
                # It compiles a plan for every new shape, and prompts come in all shapes.
                torch.backends.cuda.enable_cudnn_sdp(False)
            with torch.inference_mode():
                cache = SlotCache(weights.shape, n_slots, window, device, dtype)
                yield Batch(weights, cache, padded=not on_cpu, cuda_graphs=cuda_graphs)

        table = SlotTable(n_slots, config.hold_s)
        prefill_tokens = config.prefill_tokens or (512 if on_cpu else 8192)
        self._worker = Worker(open_device, table, prefill_tokens, self._name)

    @property
    def name(self) -> str:
        return self._name

    @property
    def window(self) -> int:
        return self._window

    @property
    def vocab(self) -> int:
        """Token ids are below this."""
        return self._vocab

    @property
    def trouble(self) -> str | None:
        """Why it serves no more, or None while it does."""
        return self._worker.trouble

    @property
    def counts(self) -> Counts:
        """What it has done so far."""
        return self._worker.counts

    async def generate(self, prompt: Sequence[int], sampling: Sampling, stop: frozenset[int]) -> Generated:
        """Sample until a stop id or `sampling.max_tokens` or the window's end; temperature 0 is greedy.

        Raises ModelError for an empty prompt, ids outside the vocabulary, a prompt that fills the window, and when the
        engine breaks, hangs or is closed.
        """
        return await self._watch(self._submit(prompt, sampling, stop, None))

    async def stream(
        self, prompt: Sequence[int], sampling: Sampling, stop: frozenset[int]
    ) -> AsyncGenerator[SampledToken | Generated, None]:
        """Each token as it is sampled, then the whole. Raises as `generate` does."""
        queue: asyncio.Queue[SampledToken | None] = asyncio.Queue()
        request = self._submit(prompt, sampling, stop, queue.put_nowait)
        whole = asyncio.ensure_future(self._watch(request))
        whole.add_done_callback(lambda _: queue.put_nowait(None))
        try:
            while (token := await queue.get()) is not None:
                yield token
            yield await whole
        finally:
            request.cancelled = True
            whole.cancel()

    async def aclose(self) -> None:
        """Stop; requests in flight raise ModelError."""
        await asyncio.to_thread(self._worker.close, "is closed", _CLOSE_S)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def _watch(self, request: Request) -> Coroutine[Any, Any, Generated]:
        return watch(request, self._worker, self._config.step_timeout_s)

    def _submit(
        self, prompt: Sequence[int], sampling: Sampling, stop: frozenset[int], listener: Listener | None
    ) -> Request:
        room = self._window - len(prompt)
        if not prompt:
            raise ModelError("the prompt is empty; expected at least one token id")
        if room < 1:
            raise ModelError(f"the prompt has {len(prompt)} tokens; {self._name} has a window of {self._window}")
        if sampling.max_tokens < 1:
            raise ModelError(f"max_tokens is {sampling.max_tokens}; expected at least 1")
        if min(prompt) < 0 or max(prompt) >= self._vocab:
            raise ModelError(f"the prompt has ids outside 0 to {self._vocab - 1}, the vocabulary of {self._name}")
        loop = asyncio.get_running_loop()
        n_most = min(room, sampling.max_tokens)
        request = Request(tuple(prompt), sampling, stop, n_most, loop, loop.create_future(), listener)
        self._worker.submit(request)
        return request


def _device(name: str) -> torch.device:
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise InputError(f"device {name!r} is unknown; expected cpu, cuda or cuda:N") from error
    if device.type not in ("cpu", "cuda"):
        raise InputError(f"device {name!r} is not served; expected cpu, cuda or cuda:N")
    if device.type == "cuda" and not torch.cuda.is_available():
        raise InputError(f"device {name!r} was asked for, but torch sees no CUDA device here")
    if device.type == "cuda" and device.index is None:
        return torch.device("cuda", torch.cuda.current_device())
    return device


def _count_slots(config: EngineConfig, shape: Shape, window: int, device: torch.device, dtype: torch.dtype) -> int:
    """As many slots as wanted and as fit. Raises InputError if not one fits."""
    on_cpu = device.type == "cpu"
    if config.memory_gib is not None:
        budget = config.memory_gib * _GIB
    else:
        budget = _CPU_GIB * _GIB if on_cpu else _free_on(device) * _CUDA_SHARE
    each = shape.cache_bytes(n_positions(window), dtype.itemsize)
    fit = int(budget // each)
    if fit < 1:
        raise InputError(
            f"one sequence of {window} tokens takes {each / _GIB:.1f} GiB of cache, the bound is {budget / _GIB:.1f}; "
            "lower `window` or raise `memory_gib`"
        )
    return min(config.slots or (64 if on_cpu else 512), fit)


def _free_on(device: torch.device) -> int:
    torch.cuda.empty_cache()
    return int(torch.cuda.mem_get_info(device)[0])
