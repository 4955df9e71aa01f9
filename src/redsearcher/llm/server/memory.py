"""What the server sampled, found again by the conversation that carries it: chat clients send text, not ids."""

from collections import OrderedDict
from collections.abc import Sequence

from redsearcher.core.hashing import content_hash
from redsearcher.records.chat import Message, Sampled
from redsearcher.records.tool import ToolSchema


class TurnMemory:
    """The most recent turns by conversation. A turn comes back exactly where everything up to it is the same."""

    def __init__(self, n_turns: int = 16_384) -> None:
        self._n_turns = n_turns
        self._turns: OrderedDict[str, Sampled] = OrderedDict()

    def recall(self, messages: Sequence[Message], tools: Sequence[ToolSchema]) -> tuple[Message, ...]:
        """The conversation with the ids that were sampled for its turns put back."""
        found = []
        for message, key in zip(messages, _keys(messages, tools), strict=True):
            sampled = self._turns.get(key) if message.role == "assistant" else None
            if sampled is not None:
                self._turns.move_to_end(key)
                message = message.model_copy(update={"sampled": sampled})
            found.append(message)
        return tuple(found)

    def keep(self, messages: Sequence[Message], tools: Sequence[ToolSchema], turn: Message) -> None:
        """Remember what was sampled for `turn`, which answers `messages`."""
        if turn.sampled is None:
            return
        self._turns[_keys([*messages, turn], tools)[-1]] = turn.sampled
        while len(self._turns) > self._n_turns:
            self._turns.popitem(last=False)


def _keys(messages: Sequence[Message], tools: Sequence[ToolSchema]) -> list[str]:
    key = content_hash([tool.model_dump() for tool in tools])
    keys = []
    for message in messages:
        key = content_hash(key, message.model_dump(mode="json"))
        keys.append(key)
    return keys
