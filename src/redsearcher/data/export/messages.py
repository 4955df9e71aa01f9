"""OpenAI-style messages JSONL with native tool calls: what TRL and OpenAI fine-tuning read."""

from collections.abc import Sequence
from typing import Any

from redsearcher.llm.wire import to_openai_message, to_openai_tools
from redsearcher.records.sample import Sample
from redsearcher.records.tool import ToolSchema


def to_messages(sample: Sample, tools: Sequence[ToolSchema]) -> dict[str, Any]:
    """One row. `loss_mask[i]` is 1 where message i is trained on: the policy's turns, never observations."""
    return {
        "id": sample.id,
        "messages": [to_openai_message(message) for message in sample.messages],
        "tools": to_openai_tools(tools),
        "loss_mask": list(sample.mask),
        "meta": sample.meta,
    }
