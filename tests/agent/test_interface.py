"""What a policy is trained to read and write, pinned: a change needs a new INTERFACE_VERSION and a new checkpoint."""

from redsearcher.agent.answer import FINISH
from redsearcher.agent.episode import FORCE, SYSTEM
from redsearcher.core.hashing import content_hash
from redsearcher.llm.chat_template import NANO, ChatTemplate
from redsearcher.llm.encode import HIDDEN
from redsearcher.llm.protocol.hermes import HERMES
from redsearcher.records.chat import Message
from redsearcher.records.tool import INTERFACE_VERSION, SEARCH, ToolCall

PINNED = {"1": "d132cac6bfc2395b12a2"}


def test_the_conversation_a_policy_knows_has_not_changed() -> None:
    call = ToolCall(id="call_1", name="search", arguments={"query": ["a", "红"]})
    said = HERMES.write(Message(role="assistant", thought="why", content="so", calls=(call,)))
    turns = [
        {"role": "system", "content": SYSTEM},
        {"role": "user", "content": "Who?"},
        {"role": "assistant", "content": said},
        {"role": "tool", "content": HIDDEN},
        {"role": "tool", "content": "seen"},
        {"role": "user", "content": FORCE},
    ]
    shown = ChatTemplate(NANO).render(turns, (), generate=True)
    found = content_hash(shown, HERMES.instruct((SEARCH,)), HERMES.respond(["a", "b"]), FINISH.model_dump())
    assert PINNED[INTERFACE_VERSION] == found
