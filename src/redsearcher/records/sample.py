"""Sample: what a trainer reads."""

from typing import Any

from redsearcher.records.base import Record
from redsearcher.records.chat import Message


class Sample(Record):
    """Messages with a mask: `mask[i]` is 1 where message i was produced by the policy and is trained on."""

    id: str
    source: str
    stage: str
    messages: tuple[Message, ...]
    mask: tuple[int, ...]
    weight: float = 1.0
    meta: dict[str, Any] = {}
