"""Native tool calls: an endpoint parses the calls, we check what it hands over."""

from collections.abc import Sequence
from typing import NamedTuple

from redsearcher.llm.protocol.arguments import clean, decode_json, problem, read_call
from redsearcher.llm.protocol.base import FormatKind
from redsearcher.records.chat import FormatProblem, Message
from redsearcher.records.tool import ToolCall, ToolSchema

NAME = "native"


class RawCall(NamedTuple):
    """A call as an endpoint sends it: `arguments` is the text of a JSON object, or should be."""

    id: str
    name: str
    arguments: str


def read_native(
    content: str, thought: str, raw: Sequence[RawCall], tools: Sequence[ToolSchema]
) -> Message | FormatProblem:
    """The turn, or the FormatProblem of its first bad call. Total: whatever the endpoint sent, nothing is raised."""
    calls: list[ToolCall] = []
    for number, one in enumerate(raw, 1):
        try:
            text = one.arguments.strip() or "{}"
            arguments, end = decode_json(text)
        except ValueError as error:
            return problem(FormatKind.BAD_JSON, f"the arguments of {one.name[:60]} are no JSON object ({error}).")
        if text[end:].strip():
            return problem(FormatKind.BAD_JSON, f"the arguments of {one.name[:60]} are more than one JSON object.")
        call = read_call({"name": one.name, "arguments": arguments}, number, tools)
        if isinstance(call, FormatProblem):
            return call
        calls.append(call.model_copy(update={"id": one.id or call.id}))
    return Message(role="assistant", content=clean(content), thought=clean(thought), calls=tuple(calls))
