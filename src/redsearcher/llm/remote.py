"""A TokenEngine over HTTP: token ids to /v1/completions and back, in vLLM's shape, which our own server speaks too."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any, Literal, Self
from urllib.parse import quote

from redsearcher.errors import ModelError, boundary
from redsearcher.llm.api import Api, ApiConfig, encoded
from redsearcher.llm.token import Generated
from redsearcher.records.chat import Sampling

_FINISH: dict[str | None, Literal["stop", "length"]] = {"stop": "stop", "length": "length"}


class RemoteConfig(ApiConfig):
    """Where token ids are continued: vLLM 0.10.2 or later, or `redsearcher model serve`."""

    window: int | None = None
    """Tokens prompt and continuation may have together; what the endpoint says of the model unless given."""


class RemoteEngine:
    """Sends rendered prompts and gets sampled ids and log-probabilities back; made by `open`, closed by `aclose`."""

    def __init__(self, config: RemoteConfig, api: Api, window: int) -> None:
        self._config, self._api, self._window = config, api, window

    @classmethod
    async def open(cls, config: RemoteConfig) -> Self:
        """Connect and learn the window. Raises ModelError if the endpoint does not answer or does not say."""
        api = Api(config)
        window = config.window
        async with AsyncExitStack() as stack:
            stack.push_async_callback(api.aclose)
            if window is None:
                with boundary(f"asking {config.base_url} about model {config.model}", raises=ModelError):
                    window = (await api.get(f"/models/{quote(config.model)}")).get("max_model_len")
            if not isinstance(window, int):
                raise ModelError(f"{config.base_url} does not say the window of {config.model}; set `window`")
            stack.pop_all()
        return cls(config, api, window)

    @property
    def name(self) -> str:
        return f"llm:{self._config.model}"

    @property
    def window(self) -> int:
        return self._window

    async def generate(self, prompt: Sequence[int], sampling: Sampling, stop: frozenset[int]) -> Generated:
        """Sample until a stop id or `sampling.max_tokens`. Raises ModelError if the endpoint fails or gives no ids."""
        room = self._window - len(prompt)
        if room < 1:
            raise ModelError(f"the prompt has {len(prompt)} tokens; {self.name} has a window of {self._window}")
        request = {
            "model": self._config.model,
            "prompt": list(prompt),
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "max_tokens": min(sampling.max_tokens, room),
            "seed": sampling.seed,
            "logprobs": 0,
            "return_token_ids": True,
            "stop_token_ids": sorted(stop),
            "ignore_eos": True,
        }
        reply = await self._api.post("/completions", encoded(request))
        with boundary(f"the answer of model {self._config.model} at {self._config.base_url}", raises=ModelError):
            return self._read(reply)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._api.aclose()

    def _read(self, reply: Any) -> Generated:
        choice: dict[str, Any] = (reply.get("choices") or ({},))[0]
        token_ids, logprobs = choice.get("token_ids"), (choice.get("logprobs") or {}).get("token_logprobs")
        if not token_ids or not logprobs or len(token_ids) != len(logprobs):
            raise ModelError(
                f"{self._config.base_url} gave no token ids with log-probabilities; expected vLLM 0.10.2 or later, or "
                "`redsearcher model serve`"
            )
        finish = _FINISH.get(choice.get("finish_reason"))
        if finish is None:
            raise ModelError(f"model {self._config.model} ended a turn with {choice.get('finish_reason')!r}")
        cached = ((reply.get("usage") or {}).get("prompt_tokens_details") or {}).get("cached_tokens") or 0
        return Generated(tuple(token_ids), tuple(logprobs), finish, cached)
