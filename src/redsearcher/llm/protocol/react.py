"""ReAct in plain text: Thought, Action and Action Input (or `Action: tool[input]`), Final Answer."""

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from redsearcher.llm.protocol.arguments import check_call, clean, decode_json, only_argument, problem
from redsearcher.llm.protocol.base import FormatKind
from redsearcher.records.chat import FormatProblem, Message
from redsearcher.records.tool import ToolCall, ToolSchema

_MARK = re.compile(r"^(Thought|Action Input|Action|Observation|Final Answer|Answer):[ \t]*", re.MULTILINE)
_FENCE = re.compile(r"\A```(?:json)?\s*\n(.*?)\n?```\Z", re.DOTALL)
_FINISH = ("finish", "final answer")


class _Part(NamedTuple):
    kind: str
    text: str


class React:
    """One or several Thought / Action / Action Input, or a Final Answer; marks count at the start of a line only.

    `Action: finish[x]` is a final answer. What stands in <think> before the marks is thought, never run.
    """

    name = "react"
    uses_tool_turns = False

    def parse(self, text: str, tools: Sequence[ToolSchema]) -> Message | FormatProblem:
        """Calls in order, or the answer between <answer> tags as content. A mistake spoils the whole turn."""
        text = clean(text)
        head, closed, rest = text.rpartition("</think>")
        if not closed and text.lstrip().startswith("<think>"):
            return problem(FormatKind.UNCLOSED, "<think> is not closed.")
        thoughts = [head.replace("<think>", "").replace("</think>", "").strip()]
        parts = _split(rest)
        calls: list[ToolCall] = []
        answer: str | None = None
        at = 0
        while at < len(parts):
            kind, body = parts[at]
            given = parts[at + 1].text if at + 1 < len(parts) and parts[at + 1].kind == "Action Input" else None
            at += 1
            if kind in ("", "Thought"):
                thoughts.append(body)
            elif kind in ("Final Answer", "Answer"):
                answer = body
            elif kind == "Observation":
                return problem(FormatKind.MADE_UP_OBSERVATION, "observations are written by the tools, not by you.")
            elif kind == "Action Input":
                return problem(FormatKind.BAD_CALL, "an Action Input needs an Action before it.")
            else:
                call = _read_action(body, given, len(calls) + 1, tools)
                if isinstance(call, FormatProblem):
                    return call
                at += given is not None
                if isinstance(call, str):
                    answer = call
                else:
                    calls.append(call)
        return _message(thoughts, calls, answer)

    def write(self, message: Message) -> str:
        """Thought, then actions or the final answer; marks inside the thought are indented out of the way."""
        thought = _MARK.sub(lambda mark: f" {mark.group()}", message.thought)
        lines = [f"Thought: {thought}"] if thought else []
        for call in message.calls:
            arguments = json.dumps(call.arguments, ensure_ascii=False)
            lines += [f"Action: {call.name}", f"Action Input: {arguments}"]
        if not message.calls:
            answer = re.fullmatch(r"<answer>(.*)</answer>", message.content, re.DOTALL)
            lines.append(f"Final Answer: {answer.group(1) if answer else message.content}")
        return "\n".join(lines)

    def respond(self, contents: Sequence[str]) -> str:
        """Observations, one after the other."""
        return "\n".join(f"Observation: {content}" for content in contents)

    def instruct(self, tools: Sequence[ToolSchema]) -> str:
        """The tools and the form of a turn."""
        form = "When you know the answer write\nThought: why\nFinal Answer: the answer alone"
        if not tools:
            return form
        listed = "\n".join(f"{t.name}: {t.description} Input: {json.dumps(t.parameters)}" for t in tools)
        return (
            f"Tools:\n{listed}\nTo use a tool write\nThought: what is known and what is missing\nAction: the tool\n"
            f"Action Input: its input as one JSON object\nand stop; the Observation comes from outside.\n{form}"
        )


def _split(text: str) -> list[_Part]:
    marks = list(_MARK.finditer(text))
    lead = text[: marks[0].start()] if marks else text
    parts = [_Part("", lead.strip())] if lead.strip() else []
    ends = [mark.start() for mark in marks[1:]] + [len(text)] * bool(marks)
    return parts + [_Part(mark[1], text[mark.end() : end].strip()) for mark, end in zip(marks, ends, strict=True)]


def _read_action(
    action: str, given: str | None, number: int, tools: Sequence[ToolSchema]
) -> ToolCall | FormatProblem | str:
    """A call, or the answer of a finish action. Without an Action Input the action is `tool[input]`."""
    name = action.strip("`").strip()
    if given is None:
        head, bracket, inside = action.partition("[")
        if not bracket or not inside.rstrip().endswith("]"):
            return problem(FormatKind.BAD_CALL, "an Action needs an Action Input, or the form tool[input].")
        name, given = head.strip(), inside.rstrip()[:-1]
    offered = {tool.name: tool for tool in tools}
    if name.lower() in _FINISH and name not in offered:
        return given.strip()
    arguments = _arguments(given, offered.get(name))
    if isinstance(arguments, FormatProblem):
        return arguments
    return check_call(name, arguments, number, tools)


def _arguments(given: str, tool: ToolSchema | None) -> dict[str, Any] | FormatProblem:
    fenced = _FENCE.match(given)
    text = fenced.group(1) if fenced else given
    value: Any = text
    try:
        found, end = decode_json(text)
        value = found if not text[end:].strip() else text
    except ValueError:
        pass
    if isinstance(value, dict):
        return value
    if text.lstrip().startswith("{"):
        return problem(FormatKind.BAD_JSON, "the Action Input is no whole JSON object.")
    name = only_argument(tool) if tool else "input"
    if name is None:
        return problem(FormatKind.BAD_ARGUMENTS, "this tool takes several arguments: give a JSON object.")
    return {name: value if isinstance(value, list) else text}


def _message(thoughts: list[str], calls: list[ToolCall], answer: str | None) -> Message | FormatProblem:
    thought = "\n".join(part for part in thoughts if part)
    if calls and answer is not None:
        return problem(FormatKind.CALL_AND_ANSWER, "a turn either acts or gives the Final Answer, not both.")
    if answer is not None:
        content = answer if "<answer>" in answer else f"<answer>{answer}</answer>"
        return Message(role="assistant", thought=thought, content=content)
    if not calls:
        return problem(FormatKind.EMPTY, "the turn holds neither an Action nor a Final Answer.")
    return Message(role="assistant", thought=thought, calls=tuple(calls))


REACT = React()
