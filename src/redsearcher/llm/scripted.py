"""A ChatModel that replays given turns: for tests and for driving the loop without a model."""

from collections.abc import Sequence

from redsearcher.errors import ModelError
from redsearcher.records.chat import Completion, Message, Sampling
from redsearcher.records.tool import ToolSchema


class ScriptedModel:
    """Answers with turn number t of the script, t being how often the assistant has spoken so far."""

    def __init__(self, turns: Sequence[Message], name: str = "scripted") -> None:
        self._turns = tuple(turns)
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    async def complete(
        self, messages: Sequence[Message], tools: Sequence[ToolSchema], sampling: Sampling
    ) -> Completion:
        spoken = sum(1 for message in messages if message.role == "assistant")
        if spoken >= len(self._turns):
            raise ModelError(f"the script has {len(self._turns)} turns, turn {spoken + 1} was asked for")
        turn = self._turns[spoken]
        return Completion(message=turn, finish_reason="tool_calls" if turn.calls else "stop")
