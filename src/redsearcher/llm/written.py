"""Messages as JSON of the chat API, each written once: a conversation sends all of its messages in every turn."""

import weakref

from redsearcher.llm.api import encoded
from redsearcher.llm.wire import to_openai_message
from redsearcher.records.chat import Message


class Written:
    """The JSON of messages, kept for as long as the messages themselves live."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[weakref.ref[Message], bytes]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, message: Message) -> bytes:
        """A message as JSON. Raises UnicodeEncodeError for text that is no Unicode (half a surrogate pair)."""
        place = id(message)
        found = self._kept.get(place)
        if found is not None:
            return found[1]
        written = encoded(to_openai_message(message))
        self._kept[place] = (weakref.ref(message, lambda _: self._kept.pop(place, None)), written)
        return written
