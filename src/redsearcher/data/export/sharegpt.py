"""ShareGPT JSONL: `conversations` of from/value turns, calls as Hermes `<tool_call>` JSON."""

import json
from collections.abc import Sequence
from typing import Any

from redsearcher.records.chat import Message
from redsearcher.records.sample import Sample
from redsearcher.records.tool import ToolSchema

SPEAKER = {"system": "system", "user": "human", "assistant": "gpt", "tool": "tool"}


def to_sharegpt(sample: Sample, tools: Sequence[ToolSchema]) -> dict[str, Any]:
    """One row. `loss_mask[i]` is 1 where turn i is trained on: the policy's turns, never observations."""
    return {
        "id": sample.id,
        "conversations": [{"from": SPEAKER[m.role], "value": _value(m)} for m in sample.messages],
        "tools": json.dumps([tool.model_dump() for tool in tools], ensure_ascii=False),
        "loss_mask": list(sample.mask),
        "meta": sample.meta,
    }


def _value(message: Message) -> str:
    if message.role == "tool":
        return f"<tool_response>\n{message.content}\n</tool_response>"
    calls = [
        "<tool_call>\n"
        + json.dumps({"name": call.name, "arguments": call.arguments}, ensure_ascii=False)
        + "\n</tool_call>"
        for call in message.calls
    ]
    return "\n".join([message.content, *calls] if message.content else calls)
