"""What a final turn says: an answer, an abstention, or that the question was not understood."""

import re
from typing import NamedTuple

from redsearcher.records.tool import ToolCall, ToolSchema
from redsearcher.records.trajectory import StopReason

PARSE_FAILED = "I cannot parse the question:"
_ANSWER = re.compile(r"<answer>(.*?)</answer>", re.DOTALL)
_CONFIDENCE = re.compile(r"<confidence>\s*([01](?:\.\d+)?)\s*</confidence>")

FINISH = ToolSchema(
    name="finish",
    description="End the search with the final answer, or with none if the evidence could not be found.",
    parameters={
        "type": "object",
        "properties": {
            "answer": {"type": "string", "description": "The answer alone; empty to abstain."},
            "confidence": {"type": "number", "description": "How sure you are, from 0 to 1."},
        },
        "required": ["answer"],
        "additionalProperties": False,
    },
)


class Final(NamedTuple):
    """The last turn, read: `confidence` in [0, 1] if stated."""

    answer: str | None
    confidence: float | None
    stop_reason: StopReason


def read_final(content: str) -> Final:
    """Read the last `<answer>`; without one the turn abstains, or says by PARSE_FAILED that it did not understand."""
    found = _ANSWER.findall(content)
    stated = _CONFIDENCE.search(content)
    confidence = _in_range(float(stated.group(1))) if stated else None
    if found and found[-1].strip():
        return Final(found[-1].strip(), confidence, StopReason.ANSWERED)
    if content.startswith(PARSE_FAILED):
        return Final(None, None, StopReason.PARSE_FAILED)
    if not content.strip():
        return Final(None, None, StopReason.NO_ANSWER)
    return Final(None, confidence, StopReason.ABSTAINED)


def read_finish(call: ToolCall) -> Final:
    """Read a `finish` call; an answer that is empty or no text abstains."""
    answer, stated = call.arguments.get("answer"), call.arguments.get("confidence")
    confidence = _in_range(stated) if isinstance(stated, int | float) else None
    if isinstance(answer, str) and answer.strip():
        return Final(answer.strip(), confidence, StopReason.ANSWERED)
    return Final(None, confidence, StopReason.ABSTAINED)


def _in_range(confidence: float) -> float | None:
    return float(confidence) if 0 <= confidence <= 1 else None
