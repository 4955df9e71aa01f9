"""A keyed permutation of 64-bit numbers: without the key its outputs look drawn at random, with it they lead back."""

from hashlib import blake2b

BITS = 64
_HALF, _MASK, _ROUNDS = 32, 0xFFFF_FFFF, 6


class Permutation:
    """A Feistel network of six rounds whose round function is BLAKE2b under the key (Luby and Rackoff, 1988).

    A bijection of `[0, 2**64)` whatever the round function is, so distinct numbers never meet.
    """

    def __init__(self, key: bytes) -> None:
        self._rounds = [blake2b(key + bytes([number]), digest_size=32).digest() for number in range(_ROUNDS)]

    def forward(self, number: int) -> int:
        """The number's image."""
        left, right = number >> _HALF, number & _MASK
        for key in self._rounds:
            left, right = right, left ^ _mixed(key, right)
        return left << _HALF | right

    def back(self, number: int) -> int:
        """The number of that image."""
        left, right = number >> _HALF, number & _MASK
        for key in reversed(self._rounds):
            left, right = right ^ _mixed(key, left), left
        return left << _HALF | right


def _mixed(key: bytes, half: int) -> int:
    return int.from_bytes(blake2b(key + half.to_bytes(4, "big"), digest_size=4).digest(), "big")
