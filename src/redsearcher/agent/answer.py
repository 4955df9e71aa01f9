"""What a final turn says: an answer, an abstention, or that the question was not understood."""

import re
from typing import NamedTuple

from redsearcher.records.trajectory import StopReason

PARSE_FAILED = "I cannot parse the question:"
_ANSWER = re.compile(r"<answer>(.*?)</answer>", re.DOTALL)
_CONFIDENCE = re.compile(r"<confidence>\s*([01](?:\.\d+)?)\s*</confidence>")


class Final(NamedTuple):
    """The last turn, read: `confidence` in [0, 1] if stated."""

    answer: str | None
    confidence: float | None
    stop_reason: StopReason


def read_final(content: str) -> Final:
    """Read the last `<answer>`; without one the turn abstains, or says by PARSE_FAILED that it did not understand."""
    found = _ANSWER.findall(content)
    stated = _CONFIDENCE.search(content)
    confidence = float(stated.group(1)) if stated else None
    if found and found[-1].strip():
        return Final(found[-1].strip(), confidence, StopReason.ANSWERED)
    if content.startswith(PARSE_FAILED):
        return Final(None, None, StopReason.PARSE_FAILED)
    if not content.strip():
        return Final(None, None, StopReason.NO_ANSWER)
    return Final(None, confidence, StopReason.ABSTAINED)
