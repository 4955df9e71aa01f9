"""What a tool is to the toolbox: a schema and a call that answers in text."""

from typing import Protocol

from redsearcher.records.tool import Observation, ToolCall, ToolSchema


class Tool(Protocol):
    """One tool. Calls may come from several threads at once."""

    @property
    def schema(self) -> ToolSchema:
        """What a model may call."""
        ...

    def run(self, call: ToolCall) -> Observation:
        """Answer one call whose argument names were checked. Raises ToolError for arguments it cannot use."""
        ...

    def close(self) -> None:
        """Let go of what it holds; a later call takes it up again."""
        ...
