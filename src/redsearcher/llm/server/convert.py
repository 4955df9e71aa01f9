"""Requests into our messages, tools and sampling."""

import json
import secrets
from collections.abc import Sequence

from redsearcher.core.rng import derive_seed
from redsearcher.llm.server.failure import ApiError
from redsearcher.llm.server.schema import Call, ChatMessage, ChatRequest, Common
from redsearcher.records.chat import Message, Sampling
from redsearcher.records.tool import ToolCall, ToolSchema


def read_messages(messages: Sequence[ChatMessage]) -> tuple[Message, ...]:
    """The conversation. Raises ApiError naming the message whose tool calls cannot be read."""
    return tuple(_read_message(message, number) for number, message in enumerate(messages))


def read_tools(request: ChatRequest) -> tuple[ToolSchema, ...]:
    """The tools on offer; none with `tool_choice` "none". Raises ApiError for a forced choice, which nothing here
    can enforce."""
    choice = request.tool_choice
    if choice == "none" or not request.tools:
        return ()
    if choice not in (None, "auto"):
        text = f"tool_choice {json.dumps(choice)} is not supported; expected auto or none"
        raise ApiError(400, text, "tool_choice", "unsupported_value")
    return tuple(
        ToolSchema(name=f.name, description=f.description, parameters=f.parameters)
        for f in (tool.function for tool in request.tools)
    )


def seeds(request: Common, n: int) -> list[int]:
    """A seed for each of `n` choices: the request's own for the first, derived ones for the rest."""
    first = secrets.randbits(31) if request.seed is None else request.seed
    return [first, *(derive_seed(first, "choice", number) for number in range(1, n))]


def read_sampling(request: Common, max_tokens: int, seed: int) -> Sampling:
    """How one choice is sampled."""
    return Sampling(temperature=request.temperature, top_p=request.top_p, max_tokens=max_tokens, seed=seed)


def _read_message(message: ChatMessage, number: int) -> Message:
    if message.role == "tool":
        return Message(role="tool", content=message.text, call_id=message.tool_call_id)
    if message.role != "assistant":
        role = "system" if message.role == "developer" else message.role
        return Message(role=role, content=message.text)
    calls = tuple(_read_call(call, number) for call in message.tool_calls or ())
    return Message(role="assistant", content=message.text, thought=message.reasoning_content or "", calls=calls)


def _read_call(call: Call, number: int) -> ToolCall:
    where = f"messages.{number}.tool_calls"
    try:
        arguments = json.loads(call.function.arguments or "{}")
    except json.JSONDecodeError as error:
        raise ApiError(400, f"arguments of {call.function.name} are not JSON: {error}", where) from error
    if not isinstance(arguments, dict):
        raise ApiError(400, f"arguments of {call.function.name} are no JSON object", where)
    return ToolCall(id=call.id, name=call.function.name, arguments=arguments)
