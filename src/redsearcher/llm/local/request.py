"""One prompt on its way through the engine."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from redsearcher.llm.local.slots import pack
from redsearcher.llm.token import Generated
from redsearcher.records.chat import Sampling


class SampledToken(NamedTuple):
    """One sampled token and its log-probability at temperature 1."""

    token_id: int
    logprob: float


Listener = Callable[[SampledToken], None]


@dataclass(slots=True, eq=False)
class Request:
    """What was asked, and what has been sampled so far. The engine's thread alone changes it, but for `cancelled`."""

    prompt: tuple[int, ...]
    sampling: Sampling
    stop: frozenset[int]
    n_most: int
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Generated]
    listener: Listener | None = None
    cancelled: bool = False
    key: bytes = b""
    slot: int = -1
    n_cached: int = 0
    n_computed: int = 0
    token_ids: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.key = pack(self.prompt)

    @property
    def n_owed(self) -> int:
        """Prompt tokens still to compute."""
        return len(self.prompt) - self.n_computed

    @property
    def stopped(self) -> bool:
        """Whether the last token ends it."""
        return self.token_ids[-1] in self.stop

    @property
    def is_done(self) -> bool:
        return len(self.token_ids) >= self.n_most or self.stopped

    def result(self) -> Generated:
        return Generated(
            token_ids=tuple(self.token_ids),
            logprobs=tuple(self.logprobs),
            finish_reason="stop" if self.stopped else "length",
            cached=self.n_cached,
        )
