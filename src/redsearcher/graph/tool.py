"""Tool atoms: what a passed table of pure functions says of entities and of numbers that facts give."""

from collections.abc import Callable, Mapping
from itertools import product
from typing import Protocol, runtime_checkable

from redsearcher.errors import DataError
from redsearcher.graph import aggregate
from redsearcher.graph.source import FactSource
from redsearcher.records.aggregate import is_aggregate
from redsearcher.records.query import Constant, Query, ToolAtom, ToolExpression

ToolFunction = Callable[..., tuple[float, ...]]
"""Takes entity ids, texts and numbers; returns what the tool may say: no number where it knows nothing."""
Tools = Mapping[str, ToolFunction]
"""Pure functions by `tool.function`."""


@runtime_checkable
class ToolSource(Protocol):
    """A fact source that brings a table of tools along."""

    @property
    def tools(self) -> Tools:
        """Pure functions by `tool.function`."""
        ...


def tools_of(source: FactSource) -> Tools:
    """The tools that come with a source; none where it has no table."""
    return source.tools if isinstance(source, ToolSource) else {}


def values(call: ToolExpression, bound: Mapping[str, str], source: FactSource, tools: Tools) -> tuple[float, ...]:
    """Everything a call may return, given the entities of its variables: one number per combination of its inputs.

    Raises DataError for a function that the table lacks, or an aggregate that is none.
    """
    if is_aggregate(call):
        return aggregate.values(call, bound, source)
    function = function_of(call, tools)
    options: list[tuple[str | float, ...]] = []
    for operand in call.operands:
        if isinstance(operand, ToolExpression):
            options.append(values(operand, bound, source, tools))
        elif isinstance(operand, Constant):
            options.append((operand.text,))
        elif operand.property is None:
            options.append((bound[operand.variable],))
        else:
            options.append(source.literal(operand.property)[source.number(bound[operand.variable])])
    return tuple(dict.fromkeys(number for inputs in product(*options) for number in function(*inputs)))


def function_of(call: ToolExpression, tools: Tools) -> ToolFunction:
    """The pure function behind a call. Raises DataError where the table lacks it."""
    name = f"{call.tool}.{call.function}"
    if name not in tools:
        raise DataError(f"no tool function {name}; the table has {', '.join(sorted(tools)) or 'none'}")
    return tools[name]


def holds(atom: ToolAtom, bound: Mapping[str, str], source: FactSource, tools: Tools) -> bool:
    """Whether some number the call may return lies in the atom's range."""
    return any(atom.admits(number) for number in values(atom.call, bound, source, tools))


def n_tool_sources(query: Query) -> int:
    """Different tool calls whose outputs the constraints need; hints about names and aggregates are no calls."""
    calls = {
        call.model_dump_json()
        for constraint in query.constraints
        if isinstance(constraint, ToolAtom)
        for call in constraint.call.calls
        if call.tool not in ("name", "facts")
    }
    return len(calls)
