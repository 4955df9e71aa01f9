"""A ChatModel behind any OpenAI-compatible base URL: vLLM, SGLang, a provider, our own server."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

from redsearcher.errors import ModelError, boundary
from redsearcher.llm.api import Api, ApiConfig, encoded_with
from redsearcher.llm.window import WindowError
from redsearcher.llm.wire import from_openai_message, to_openai_tools
from redsearcher.llm.written import Written
from redsearcher.records.chat import Completion, FormatProblem, Message, Sampling, Usage
from redsearcher.records.tool import ToolSchema

_TOO_LONG = ("context_length_exceeded", "context length", "context window", "max_model_len", "prompt is too long")
"""How servers say that a prompt leaves no room in the window."""
FINISH = {"stop": "stop", "tool_calls": "tool_calls", "length": "length"}


class EndpointConfig(ApiConfig):
    """Where a model is served."""


class EndpointModel:
    """Calls chat completions; one client, many conversations. A call that cannot be read is the turn's problem."""

    def __init__(self, config: EndpointConfig) -> None:
        self._config = config
        self._api, self._written = Api(config), Written()

    @property
    def name(self) -> str:
        return f"llm:{self._config.model}"

    async def complete(
        self, messages: Sequence[Message], tools: Sequence[ToolSchema], sampling: Sampling
    ) -> Completion:
        """The next turn. Raises ModelError, WindowError where the endpoint says that the prompt is too long."""
        request: dict[str, Any] = {
            "model": self._config.model,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "max_tokens": sampling.max_tokens,
            "seed": sampling.seed,
        }
        if tools:
            request["tools"] = to_openai_tools(tools)
        with boundary("writing the conversation as JSON", raises=ModelError):
            body = encoded_with(request, "messages", [self._written.of(message) for message in messages])
        try:
            reply = await self._api.post("/chat/completions", body)
        except ModelError as error:
            if any(words in str(error).lower() for words in _TOO_LONG):
                raise WindowError(str(error)) from error
            raise
        with boundary(f"the answer of model {self._config.model} at {self._config.base_url}", raises=ModelError):
            return self._read(reply, tools)

    def _read(self, reply: Any, tools: Sequence[ToolSchema]) -> Completion:
        if not isinstance(reply, dict) or not reply.get("choices"):
            raise ModelError(f"model {self._config.model} answered without choices")
        choice = reply["choices"][0]
        message = choice["message"]
        reason = "error" if message.get("refusal") else FINISH.get(choice.get("finish_reason"), "error")
        finish = cast(Literal["stop", "tool_calls", "length", "error"], reason)
        usage, found = _usage(reply.get("usage")), from_openai_message(message, tools)
        if isinstance(found, FormatProblem):
            said = Message(role="assistant", content=message.get("content") or "")
            return Completion(message=said, finish_reason=finish, usage=usage, problem=found)
        return Completion(message=found, finish_reason=finish, usage=usage)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._api.aclose()


def _usage(usage: Mapping[str, Any] | None) -> Usage:
    if usage is None:
        return Usage()
    cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
    return Usage(prompt=usage["prompt_tokens"], cached=cached, completion=usage["completion_tokens"])
