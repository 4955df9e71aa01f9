"""Token in, token out: what an engine does for one prompt. The seam between rendering and any engine."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol

from redsearcher.records.chat import Sampling


class Generated(NamedTuple):
    """What an engine sampled: ids (the stop id included where one was sampled), their log-probabilities under the
    sampling distribution's model (temperature 1), why it stopped, and how many prompt tokens came from a cache."""

    token_ids: tuple[int, ...]
    logprobs: tuple[float, ...]
    finish_reason: Literal["stop", "length"]
    cached: int = 0


class TokenEngine(Protocol):
    """Continues a sequence of token ids. Raises ModelError when it cannot (prompt too long, engine gone)."""

    @property
    def name(self) -> str:
        """What records say made them, such as `local:nano-2m`."""
        ...

    @property
    def window(self) -> int:
        """Tokens prompt and continuation may have together."""
        ...

    async def generate(self, prompt: Sequence[int], sampling: Sampling, stop: frozenset[int]) -> Generated:
        """Sample until a stop id or `sampling.max_tokens`; temperature 0 is greedy. The same seed repeats itself."""
        ...
