"""Hermes / Qwen3 text: <think>, then <tool_call> JSON (with <code> for a tool that takes code) or an <answer>."""

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from redsearcher.llm.protocol.arguments import clean, decode_json, problem, read_call
from redsearcher.llm.protocol.base import FormatKind
from redsearcher.records.chat import FormatProblem, Message
from redsearcher.records.tool import ToolCall, ToolSchema

_TAG = re.compile(r"</?think>|</?tool_call>|</?answer>|</?tool_response>")
_CODE = re.compile(r"\s*<code>")
_CODE_END = re.compile(r"</code>\s*</tool_call>")
_CALL_END = re.compile(r"\s*</tool_call>")
_SPACE = re.compile(r"\s*")


class _Call(NamedTuple):
    value: Any
    end: int


class Hermes:
    """The protocol of Qwen and Hermes models.

    Tool calls inside <think> are not read. A </think> without an opening closes a thought that the prompt opened.
    """

    name = "hermes"
    uses_tool_turns = True

    def parse(self, text: str, tools: Sequence[ToolSchema]) -> Message | FormatProblem:
        """Calls in order, or content. Any mistake in a turn makes the whole turn a FormatProblem."""
        text = clean(text)
        split = _scan(text)
        if isinstance(split, FormatProblem):
            return split
        thoughts, contents, values = split
        content = "".join(contents).strip()
        thought = "\n".join(part for part in (raw.strip() for raw in thoughts) if part)
        calls: list[ToolCall] = []
        for number, value in enumerate(values, 1):
            call = read_call(value, number, tools)
            if isinstance(call, FormatProblem):
                return call
            calls.append(call)
        if calls and "<answer>" in content:
            return problem(FormatKind.CALL_AND_ANSWER, "a turn either calls tools or answers, not both.")
        if not calls and not content:
            return problem(FormatKind.EMPTY, "the turn holds neither a <tool_call> nor an <answer>.")
        return Message(role="assistant", content=content, thought=thought, calls=tuple(calls))

    def write(self, message: Message) -> str:
        """Thought, content and calls, as Qwen3's template prints them."""
        parts = [message.content] if message.content else []
        parts += [f"<tool_call>\n{_call_json(call)}\n</tool_call>" for call in message.calls]
        thought = message.thought.replace("</think>", "</ think>")
        opening = f"<think>\n{thought}\n</think>\n\n" if thought else ""
        return opening + "\n".join(parts)

    def respond(self, contents: Sequence[str]) -> str:
        """Observations in <tool_response>, one after the other."""
        return "\n".join(f"<tool_response>\n{content}\n</tool_response>" for content in contents)

    def instruct(self, tools: Sequence[ToolSchema]) -> str:
        """The tools as JSON lines and how to call them."""
        if not tools:
            return ""
        listed = "\n".join(json.dumps({"type": "function", "function": t.model_dump()}) for t in tools)
        code = [t.name for t in tools if "code" in t.parameters.get("properties", {})]
        extra = (
            f"\nFor {code[0]}, code may stand in <code>...</code> after the JSON, inside <tool_call>." if code else ""
        )
        return (
            f"# Tools\n<tools>\n{listed}\n</tools>\nTo call a tool write, for each call,\n"
            f'<tool_call>\n{{"name": "TOOL", "arguments": {{...}}}}\n</tool_call>{extra}'
        )


def _scan(text: str) -> tuple[list[str], list[str], list[Any]] | FormatProblem:
    """Cut the text at its top-level tags: thoughts, contents, JSON values of calls. Linear: no place is read twice."""
    thoughts: list[str] = []
    contents: list[str] = []
    calls: list[Any] = []
    at = 0
    closing, opening = text.find("</think>"), text.find("<think>")
    if closing >= 0 and not 0 <= opening < closing:
        thoughts.append(text[:closing])
        at = closing + len("</think>")
    while (tag := _TAG.search(text, at)) is not None:
        found = tag.group()
        contents.append(text[at : tag.start()])
        if found == "<think>":
            end = text.find("</think>", tag.end())
            if end < 0:
                return problem(FormatKind.UNCLOSED, "<think> is not closed, so the turn is cut off or all thought.")
            thoughts.append(text[tag.end() : end])
            at = end + len("</think>")
        elif found == "<answer>":
            end = text.find("</answer>", tag.end())
            if end < 0:
                return problem(FormatKind.UNCLOSED, "<answer> is not closed.")
            at = end + len("</answer>")
            contents.append(text[tag.start() : at])
        elif found == "<tool_call>":
            call = _call_at(text, tag.end())
            if isinstance(call, FormatProblem):
                return call
            calls.append(call.value)
            at = call.end
        elif found in ("<tool_response>", "</tool_response>"):
            return problem(FormatKind.MADE_UP_OBSERVATION, "<tool_response> is written by the tools, not by you.")
        else:
            return problem(FormatKind.STRAY_TAG, f"a {found} closes nothing.")
    contents.append(text[at:])
    return thoughts, contents, calls


def _call_at(text: str, start: int) -> _Call | FormatProblem:
    """The call whose body starts at `start`: its JSON value, code merged into the arguments, and where it ends."""
    body = _SPACE.match(text, start)
    start = body.end() if body else start
    if start >= len(text):
        return problem(FormatKind.UNCLOSED, "<tool_call> is not closed.")
    try:
        value, at = decode_json(text, start)
    except ValueError as error:
        reason = str(error).splitlines()[0]
        return problem(FormatKind.BAD_JSON, f"what follows <tool_call> is no JSON object ({reason[:120]}).")
    opened = _CODE.match(text, at)
    if opened is not None:
        closed = _CODE_END.search(text, opened.end())
        if closed is None:
            return problem(FormatKind.UNCLOSED, "<code> must end with </code> and </tool_call>.")
        return _with_code(value, text[opened.end() : closed.start()].strip("\n"), closed.end())
    end = _CALL_END.match(text, at)
    if end is None:
        return problem(FormatKind.UNCLOSED, "the JSON of a <tool_call> must be followed by </tool_call>.")
    return _Call(value, end.end())


def _with_code(value: Any, code: str, end: int) -> _Call | FormatProblem:
    arguments = value.get("arguments", {}) if isinstance(value, dict) else None
    if not isinstance(arguments, dict) or arguments.get("code"):
        return problem(FormatKind.BAD_CALL, "code stands either in the arguments or in <code>, after a JSON object.")
    return _Call({**value, "arguments": {**arguments, "code": code}}, end)


def _call_json(call: ToolCall) -> str:
    return json.dumps({"name": call.name, "arguments": call.arguments}, ensure_ascii=False)


HERMES = Hermes()
