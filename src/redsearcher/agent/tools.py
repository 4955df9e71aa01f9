"""How the loop sees tools: a table of schemas and one call."""

from collections.abc import Sequence
from typing import Protocol

from redsearcher.errors import InputError
from redsearcher.records.tool import Observation, ToolCall, ToolSchema


class Tools(Protocol):
    """The tools of one episode. A failed call is an Observation with an error, not an exception."""

    @property
    def schemas(self) -> tuple[ToolSchema, ...]:
        """What the model may call."""
        ...

    async def call(self, call: ToolCall) -> Observation:
        """Run one call."""
        ...


class Subset:
    """Some of the tools; calling another one is an Observation with an error. Raises InputError for a strange name."""

    def __init__(self, tools: Tools, names: Sequence[str]) -> None:
        known = {schema.name: schema for schema in tools.schemas}
        strange = [name for name in names if name not in known]
        if strange:
            raise InputError(f"tool {strange[0]!r} is unknown; expected {', '.join(known)}, or none")
        self._tools = tools
        self._schemas = tuple(known[name] for name in known if name in names)

    @property
    def schemas(self) -> tuple[ToolSchema, ...]:
        """What the model may call."""
        return self._schemas

    async def call(self, call: ToolCall) -> Observation:
        """Run one call of the subset."""
        if any(schema.name == call.name for schema in self._schemas):
            return await self._tools.call(call)
        offered = ", ".join(schema.name for schema in self._schemas)
        text = f"Error: there is no tool {call.name[:60]!r}; the tools are {offered}. Call one of them."
        return Observation(call_id=call.id, content=text, error="unknown_tool")
