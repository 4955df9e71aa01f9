"""How the loop sees tools: a table of schemas and one call."""

from typing import Protocol

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
