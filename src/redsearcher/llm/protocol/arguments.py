"""Check a tool call that came as text: its JSON, its name, and its arguments against the tool's schema."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from redsearcher.llm.protocol.base import FormatKind
from redsearcher.records.chat import FormatProblem
from redsearcher.records.tool import ToolCall, ToolSchema

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
MOST_DEPTH = 64


def problem(kind: FormatKind, text: str) -> FormatProblem:
    """A FormatProblem in the voice the model hears it."""
    return FormatProblem(kind=kind.value, text=f"Format error: {text} Nothing was run. Write the turn again.")


def decode_json(text: str, start: int = 0) -> tuple[Any, int]:
    """The JSON value at `start` and where it ends. Line breaks inside strings pass. Raises ValueError."""
    try:
        value, end = _DECODER.raw_decode(text, start)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return tidy(value), end


def tidy(value: Any, depth: int = 0) -> Any:
    """The value with what no file can hold (lone surrogates) replaced. Raises ValueError past MOST_DEPTH levels."""
    if depth > MOST_DEPTH:
        raise ValueError("it is nested too deeply")
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [tidy(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {clean(key): tidy(item, depth + 1) for key, item in value.items()}
    return value


def clean(text: str) -> str:
    """The text with lone surrogates replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")


def read_call(value: Any, number: int, tools: Sequence[ToolSchema]) -> ToolCall | FormatProblem:
    """A call from its JSON object; `number` counts the calls of a turn from 1 and makes the id."""
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        return problem(FormatKind.BAD_CALL, 'a tool call is a JSON object with "name" and "arguments".')
    arguments = value.get("arguments", {})
    if isinstance(arguments, str):
        try:
            arguments, _ = decode_json(arguments.strip())
        except ValueError:
            arguments = None
    if not isinstance(arguments, dict):
        return problem(FormatKind.BAD_CALL, '"arguments" of a tool call must be a JSON object.')
    return check_call(value["name"], arguments, number, tools)


def check_call(
    name: str, arguments: Mapping[str, Any], number: int, tools: Sequence[ToolSchema]
) -> ToolCall | FormatProblem:
    """The call if there is such a tool and the arguments fit its schema."""
    schema = next((tool for tool in tools if tool.name == name), None)
    if schema is None:
        known = ", ".join(tool.name for tool in tools)
        offered = f"the tools are {known}." if known else "there are no tools here; answer without."
        return problem(FormatKind.UNKNOWN_TOOL, f"there is no tool {name[:60]!r}; {offered}")
    fault = find_fault(arguments, schema.parameters, "arguments")
    if fault is not None:
        return problem(FormatKind.BAD_ARGUMENTS, f"{name}: {fault}.")
    return ToolCall(id=f"call_{number}", name=name, arguments=dict(arguments))


def only_argument(tool: ToolSchema) -> str | None:
    """The argument that plain text stands for: the one required, or the only one; None if there is no such."""
    names = list(tool.parameters.get("required", ())) or list(tool.parameters.get("properties", {}))
    return names[0] if len(names) == 1 else None


def find_fault(value: Any, schema: Mapping[str, Any], where: str) -> str | None:
    """What is wrong with a value under a JSON schema, or None.

    Read are type, enum, properties, required, additionalProperties, items, minItems and maxItems. A string stands for
    a list of strings with one item, as the tools take it.
    """
    wanted = schema.get("type")
    kinds = [wanted] if isinstance(wanted, str) else list(wanted or ())
    if isinstance(value, str) and "array" in kinds and schema.get("items", {}).get("type") == "string":
        return None
    if kinds and not any(_is(value, kind) for kind in kinds):
        return f"{where} must be {' or '.join(kinds)}, came {_show(value)}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{where} must be one of {', '.join(map(str, schema['enum']))}, came {_show(value)}"
    if isinstance(value, Mapping):
        return _object_fault(value, schema, where)
    if isinstance(value, list):
        least, most = schema.get("minItems", 0), schema.get("maxItems", len(value))
        if not least <= len(value) <= most:
            return f"{where} has {len(value)} items, allowed are {least} to {most}"
        faults = (find_fault(item, schema.get("items", {}), f"{where}[{n}]") for n, item in enumerate(value))
        return next((fault for fault in faults if fault), None)
    return None


def _object_fault(value: Mapping[str, Any], schema: Mapping[str, Any], where: str) -> str | None:
    properties: Mapping[str, Any] = schema.get("properties", {})
    missing = [name for name in schema.get("required", ()) if name not in value]
    unknown = [name for name in value if name not in properties]
    if missing:
        return f"{where} lack {', '.join(missing)}"
    if unknown and schema.get("additionalProperties", True) is False:
        return f"{where} have no {', '.join(name[:40] for name in unknown[:5])}; known are {', '.join(properties)}"
    for name, item in value.items():
        fault = find_fault(item, properties.get(name, {}), name)
        if fault:
            return fault
    return None


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool) and kind in ("integer", "number"):
        return False
    return isinstance(value, TYPES.get(kind, (object,)))


def _show(value: Any) -> str:
    shown = json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON value")


_DECODER = json.JSONDecoder(strict=False, parse_constant=_refuse)
