"""What clients may ask. Fields that are not listed are ignored, as the servers that clients know do."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

TokenIds = list[Annotated[int, Field(ge=0)]]


class Part(BaseModel):
    """A piece of a message's content; text alone is read."""

    type: Literal["text"]
    text: str


class CallFunction(BaseModel):
    """What an assistant's tool call calls; `arguments` is the text of a JSON object."""

    name: str
    arguments: str = "{}"


class Call(BaseModel):
    """A tool call that an assistant's earlier message made."""

    id: str
    function: CallFunction


class ChatMessage(BaseModel):
    """One message of a conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[Part] | None = None
    reasoning_content: str | None = None
    tool_calls: list[Call] | None = None
    tool_call_id: str | None = None

    @property
    def text(self) -> str:
        """The content as one text."""
        if isinstance(self.content, list):
            return "".join(part.text for part in self.content)
        return self.content or ""


class ToolFunction(BaseModel):
    """A function that the model may call."""

    name: str
    description: str = ""
    parameters: dict[str, Any] = {}


class Tool(BaseModel):
    """A tool; functions alone are known."""

    type: Literal["function"] = "function"
    function: ToolFunction


class StreamOptions(BaseModel):
    """What a stream ends with."""

    include_usage: bool = False


class Common(BaseModel):
    """What both kinds of completion take. `seed` unset draws a new one for each request."""

    model: str = ""
    temperature: float = Field(default=1.0, ge=0, le=10)
    top_p: float = Field(default=1.0, gt=0, le=1)
    seed: int | None = None
    n: int = Field(default=1, ge=1, le=64)
    stop: str | list[str] | None = None
    stream: bool = False
    stream_options: StreamOptions | None = None
    return_token_ids: bool = False

    @property
    def stop_texts(self) -> tuple[str, ...]:
        """Texts that end a turn and are no part of it."""
        found = [self.stop] if isinstance(self.stop, str) else self.stop or []
        return tuple(text for text in found if text)


class ChatRequest(Common):
    """Body of /v1/chat/completions."""

    messages: list[ChatMessage] = Field(min_length=1)
    tools: list[Tool] | None = None
    tool_choice: Any = None
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    logprobs: bool = False
    top_logprobs: int | None = Field(default=None, ge=0, le=0)


class CompletionRequest(Common):
    """Body of /v1/completions; `prompt` is text, token ids, or a list of either."""

    prompt: str | TokenIds | list[str] | list[TokenIds]
    max_tokens: int | None = Field(default=16, ge=1)
    logprobs: int | None = Field(default=None, ge=0, le=1)
    echo: Literal[False] = False
    stop_token_ids: TokenIds | None = None
    ignore_eos: bool = False
