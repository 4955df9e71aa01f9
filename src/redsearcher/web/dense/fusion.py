"""Several rankings become one: reciprocal-rank fusion (Cormack, Clarke and Buettcher, 2009)."""

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

T = TypeVar("T", bound=Hashable)
CONSTANT = 60


def fused(rankings: Sequence[tuple[float, Sequence[T]]], key: Callable[[T], int]) -> list[tuple[float, T]]:
    """Score (the sum of weight / (60 + rank)) and item, best first; equal scores in the order of `key`."""
    scores: dict[T, float] = {}
    for weight, ranking in rankings:
        for rank, item in enumerate(ranking, 1):
            scores[item] = scores.get(item, 0.0) + weight / (CONSTANT + rank)
    return sorted(((score, item) for item, score in scores.items()), key=lambda found: (-found[0], key(found[1])))
