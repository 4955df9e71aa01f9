"""What goes to a model and comes back: Message, Sampling, Completion."""

from typing import Literal

from redsearcher.records.base import Record
from redsearcher.records.tool import ToolCall


class Message(Record):
    """One chat turn. `thought` is the model's reasoning where the endpoint separates it."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str = ""
    thought: str = ""
    calls: tuple[ToolCall, ...] = ()
    call_id: str | None = None


class Sampling(Record):
    """How to sample; the paper's defaults. `seed` makes a deterministic model repeat itself."""

    temperature: float = 0.85
    top_p: float = 0.95
    max_tokens: int = 8192
    seed: int = 0


class Usage(Record):
    """Tokens of one or more model calls, and tool calls by name."""

    prompt: int = 0
    cached: int = 0
    completion: int = 0
    calls_by_tool: dict[str, int] = {}


class Segment(Record):
    """A maximal run of turns as one token sequence: ids, log-probabilities, mask (1 where sampled), all of length T."""

    token_ids: tuple[int, ...]
    logprobs: tuple[float, ...]
    mask: tuple[int, ...]


class Completion(Record):
    """A model's turn; `segment` where the engine takes and gives token ids."""

    message: Message
    finish_reason: Literal["stop", "tool_calls", "length", "error"] = "stop"
    usage: Usage = Usage()
    segment: Segment | None = None
