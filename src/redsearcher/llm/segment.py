"""Merge the turns of an episode into segments: maximal runs in which every prompt extends what came before it."""

from array import array
from collections.abc import Sequence

from redsearcher.records.chat import Segment


def turn_segment(prompt: Sequence[int], sampled: Sequence[int], logprobs: Sequence[float]) -> Segment:
    """One turn: the whole prompt with mask 0 and logprob 0, then the sampled tokens with mask 1."""
    # Not validated: a long conversation makes one of these every turn, all of it numbers that came as numbers.
    return Segment.model_construct(
        token_ids=(*prompt, *sampled),
        logprobs=(*(0.0,) * len(prompt), *logprobs),
        mask=(*(0,) * len(prompt), *(1,) * len(sampled)),
    )


class SegmentMerger:
    """Takes the turns in order; every sampled token ends up masked in exactly once, in the segment of its turn."""

    def __init__(self) -> None:
        self._done: list[Segment] = []
        self._ids, self._logprobs, self._mask = array("q"), array("d"), array("b")

    def add(self, turn: Segment) -> int:
        """Add a turn whose `token_ids` are its whole prompt and what was sampled; returns its segment's number."""
        known = len(self._ids)
        ids = array("q", turn.token_ids)
        begins = turn.mask.index(1) if 1 in turn.mask[-1:] else len(turn.mask)
        if not known or begins < known or ids[:known] != self._ids:
            self._close()
            known = 0
        self._ids.extend(ids[known:])
        self._logprobs.extend(turn.logprobs[known:])
        self._mask.extend(turn.mask[known:])
        return len(self._done)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """All segments so far."""
        return (*self._done, *self._open())

    def _open(self) -> tuple[Segment, ...]:
        if not self._ids:
            return ()
        return (Segment(token_ids=tuple(self._ids), logprobs=tuple(self._logprobs), mask=tuple(self._mask)),)

    def _close(self) -> None:
        self._done.extend(self._open())
        self._ids, self._logprobs, self._mask = array("q"), array("d"), array("b")
