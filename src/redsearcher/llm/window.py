"""Models that know how many tokens a conversation has and how many fit."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from redsearcher.errors import ModelError
from redsearcher.records.chat import Message
from redsearcher.records.tool import ToolSchema


class WindowError(ModelError):
    """The prompt leaves no room in the model's window."""


@runtime_checkable
class KnowsTokens(Protocol):
    """A ChatModel that renders its prompts itself."""

    @property
    def window(self) -> int:
        """Tokens a prompt and its continuation may have together."""
        ...

    def count(self, messages: Sequence[Message], tools: Sequence[ToolSchema]) -> int:
        """Tokens of the prompt for the next turn."""
        ...


@runtime_checkable
class SpeaksText(Protocol):
    """A ChatModel that reads tool calls from text."""

    @property
    def protocol(self) -> str:
        """Name of the text protocol."""
        ...
