"""Sets of small numbers as the bits of an integer."""

from collections.abc import Iterable


def mask(numbers: Iterable[int]) -> int:
    """The set of those numbers as bits."""
    found = 0
    for number in numbers:
        found |= 1 << number
    return found


def bits(among: int) -> Iterable[int]:
    """The numbers in a bit set, ascending."""
    while among:
        lowest = among & -among
        yield lowest.bit_length() - 1
        among ^= lowest
