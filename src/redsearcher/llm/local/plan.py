"""How rows are laid out: which slots decode together, which prompts are computed together."""

from collections.abc import Sequence
from typing import NamedTuple

# One more padded token to attend to against one more call per layer: neighbours are joined while that saves.
_JOIN_WASTE_TOKENS = 256
_LEAST_QUERIES = 16
_LEAST_LENGTH = 256


class Chunk(NamedTuple):
    """Prompt tokens `ids` of the sequence in `slot`, the first of them at position `start`."""

    slot: int
    start: int
    ids: Sequence[int]

    @property
    def end(self) -> int:
        return self.start + len(self.ids)


class Run(NamedTuple):
    """Neighbouring slots `low` to `high` (exclusive) decoded together over `length` tokens."""

    low: int
    high: int
    length: int


def plan_runs(slots: Sequence[int], lengths: Sequence[int]) -> list[Run]:
    """Group ascending slots into ranges that are read in place, padding where that is cheaper than another call."""
    runs: list[Run] = []
    for slot, length in zip(slots, lengths, strict=True):
        if runs:
            low, high, longest = runs[-1]
            joined = max(longest, length)
            waste = (slot + 1 - low) * joined - (high - low) * longest - length
            if waste <= _JOIN_WASTE_TOKENS:
                runs[-1] = Run(low, slot + 1, joined)
                continue
        runs.append(Run(slot, slot + 1, length))
    return runs


def plan_groups(chunks: Sequence[Chunk]) -> dict[int, list[int]]:
    """Indices of chunks by the padded number of queries that they are computed with."""
    groups: dict[int, list[int]] = {}
    for index, chunk in enumerate(chunks):
        groups.setdefault(round_up(len(chunk.ids), _LEAST_QUERIES), []).append(index)
    return groups


def round_up(n: int, least: int) -> int:
    """The next of least * 1, 1.5, 2, 3, 4, 6, 8, ...: few sizes, at most half wasted."""
    size = least
    while size < n:
        half_more = size + size // 2
        if half_more >= n:
            return half_more
        size *= 2
    return size


def round_length(n: int, most: int) -> int:
    """A padded number of tokens to attend over, at most `most`."""
    return min(round_up(n, _LEAST_LENGTH), most)
