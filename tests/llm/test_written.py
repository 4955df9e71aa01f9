"""Messages as JSON, written once."""

import gc
import json

from redsearcher.llm.wire import to_openai_message
from redsearcher.llm.written import Written
from redsearcher.records.chat import Message
from redsearcher.records.tool import ToolCall


def test_a_message_is_written_once_and_forgotten_with_it() -> None:
    written = Written()
    call = ToolCall(id="c", name="search", arguments={"query": ["é"]})
    messages = [Message(role="user", content="Wer?"), Message(role="assistant", thought="so", calls=(call,))]
    first = [written.of(message) for message in messages]
    assert [json.loads(one) for one in first] == [to_openai_message(message) for message in messages]
    assert all(written.of(message) is one for message, one in zip(messages, first, strict=True))
    messages.pop(0)
    gc.collect()
    assert len(written) == 1


def test_messages_that_are_equal_or_take_a_dead_one_s_place_are_told_apart() -> None:
    written = Written()
    for number in range(2_000):
        assert json.loads(written.of(Message(role="user", content=str(number))))["content"] == str(number)
    assert len(written) <= 1
