"""Proportions and means with their uncertainty."""

import math
from collections.abc import Sequence
from typing import NamedTuple

Z95 = 1.959963984540054


class Estimate(NamedTuple):
    """A figure with a 95 % interval over `n` independent units; `value` is None where n is 0."""

    value: float | None
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        if self.value is None:
            return "–"
        return f"{self.value:.0%} [{self.low:.0%}, {self.high:.0%}] n={self.n}"


def proportion(values: Sequence[float]) -> Estimate:
    """Share of ones with Wilson's score interval (Wilson 1927). `values` are 0 or 1, one per independent unit."""
    n = len(values)
    if n == 0:
        return Estimate(None, 0.0, 1.0, 0)
    share = sum(values) / n
    scale = 1 + Z95**2 / n
    centre = (share + Z95**2 / (2 * n)) / scale
    half = Z95 / scale * math.sqrt(share * (1 - share) / n + Z95**2 / (4 * n**2))
    return Estimate(share, max(0.0, centre - half), min(1.0, centre + half), n)


def mean(values: Sequence[float]) -> Estimate:
    """Mean with a normal 95 % interval from the standard error over units."""
    n = len(values)
    if n == 0:
        return Estimate(None, math.nan, math.nan, 0)
    centre = sum(values) / n
    if n == 1:
        return Estimate(centre, centre, centre, 1)
    error = math.sqrt(sum((v - centre) ** 2 for v in values) / (n - 1) / n)
    return Estimate(centre, centre - Z95 * error, centre + Z95 * error, n)
