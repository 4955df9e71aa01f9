"""Our messages and tools in the OpenAI chat form, and back."""

import json
from collections.abc import Sequence
from typing import Any

from redsearcher.errors import ModelError
from redsearcher.records.chat import Message
from redsearcher.records.tool import ToolCall, ToolSchema


def to_openai_message(message: Message) -> dict[str, Any]:
    """A message as the chat completions API takes it; a thought travels as `reasoning_content`."""
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.call_id, "content": message.content}
    sent: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.thought:
        sent["reasoning_content"] = message.thought
    if message.calls:
        sent["tool_calls"] = [to_openai_call(call) for call in message.calls]
    return sent


def to_openai_call(call: ToolCall) -> dict[str, Any]:
    """A tool call with its arguments as a JSON string."""
    arguments = json.dumps(call.arguments, ensure_ascii=False)
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": arguments}}


def to_openai_tools(tools: Sequence[ToolSchema]) -> list[dict[str, Any]]:
    """Tool schemas as function definitions."""
    return [{"type": "function", "function": tool.model_dump()} for tool in tools]


def from_openai_message(message: Any) -> Message:
    """The assistant's turn of a chat completion (an SDK object). Raises ModelError on bad arguments of a call."""
    calls = []
    for call in message.tool_calls or ():
        try:
            arguments = json.loads(call.function.arguments or "{}")
        except json.JSONDecodeError as error:
            raise ModelError(f"arguments of tool call {call.function.name} are not JSON: {error}") from error
        if not isinstance(arguments, dict):
            raise ModelError(f"arguments of tool call {call.function.name} are no JSON object: {arguments!r}")
        calls.append(ToolCall(id=call.id, name=call.function.name, arguments=arguments))
    thought = getattr(message, "reasoning_content", None) or ""
    return Message(role="assistant", content=message.content or "", thought=thought, calls=tuple(calls))
