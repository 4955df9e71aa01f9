"""What a text protocol is: how a turn of a model that only writes text is read and written."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from redsearcher.records.chat import FormatProblem, Message
from redsearcher.records.tool import ToolSchema


class FormatKind(StrEnum):
    """Kinds of a FormatProblem."""

    UNCLOSED = "unclosed"
    STRAY_TAG = "stray_tag"
    BAD_JSON = "bad_json"
    BAD_CALL = "bad_call"
    UNKNOWN_TOOL = "unknown_tool"
    BAD_ARGUMENTS = "bad_arguments"
    CALL_AND_ANSWER = "call_and_answer"
    MADE_UP_OBSERVATION = "made_up_observation"
    CUT_OFF = "cut_off"
    EMPTY = "empty"


class TextProtocol(Protocol):
    """How text becomes a Message and a Message text.

    `parse` is total: any text gives an assistant's Message or a FormatProblem, in time linear in its length, and a
    call in the Message is one that the text makes outside of its thinking, of a tool in `tools`, with arguments that
    fit the tool's schema.
    """

    @property
    def name(self) -> str:
        """What trajectories say was spoken, such as `hermes`."""
        ...

    @property
    def uses_tool_turns(self) -> bool:
        """Whether observations go in turns of role `tool` where the template has them."""
        ...

    def parse(self, text: str, tools: Sequence[ToolSchema]) -> Message | FormatProblem:
        """Read an assistant's turn, its end-of-turn token left out."""
        ...

    def write(self, message: Message) -> str:
        """The text of an assistant's turn; `parse` reads it back, call ids aside."""
        ...

    def respond(self, contents: Sequence[str]) -> str:
        """Observations as one user turn, for templates that have no turn of their own for tools."""
        ...

    def instruct(self, tools: Sequence[ToolSchema]) -> str:
        """What the system message says about tools where the template does not; empty without tools."""
        ...
