"""Ranges around a number, from vague to exact, with round ends."""

import math
from collections.abc import Sequence
from random import Random

SHARES = (0.4, 0.2, 0.1, 0.05, 0.02)


def windows(
    value: float, rng: Random, shares: Sequence[float] = SHARES, least: float = 1.0
) -> list[tuple[float, float]]:
    """One range per share of the value, that wide, off centre, its ends multiples of a round step of at least `least`.

    Each lies around the value with some room, so that what a tool shows after rounding is inside too.
    """
    found: list[tuple[float, float]] = []
    for share in shares:
        width = abs(value) * share
        step = max(round_step(width / 4), least)
        start = value - width * rng.uniform(0.25, 0.75)
        low, high = math.floor(start / step) * step, math.ceil((start + width) / step) * step
        span = (_clean(min(low, math.floor(value / step) * step)), _clean(max(high, math.ceil(value / step) * step)))
        if span not in found and span[0] < span[1]:
            found.append(span)
    return found


def around(value: int, reaches: Sequence[int] = (3, 2, 1, 0)) -> list[tuple[float, float]]:
    """Ranges of whole numbers around a whole number: `value` give or take each reach, none below zero."""
    return [(float(max(value - reach, 0)), float(value + reach)) for reach in reaches]


def round_step(width: float) -> float:
    """The largest 1, 2 or 5 times a power of ten that is at most `width`."""
    if width <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(width))
    return max(step * power for step in (1, 2, 5) if step * power <= width * (1 + 1e-9))


def _clean(number: float) -> float:
    return float(f"{number:.10g}")
