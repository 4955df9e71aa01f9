"""Words spelled anew, so that they stay speakable and mean nothing."""

from random import Random

_KINDS = ("aeiou", "bcdfghjklmnpqrstvwxyz")


def cipher(rng: Random) -> dict[int, int]:
    """A table for `str.translate`: other vowels for vowels, other consonants for consonants."""
    table: dict[int, int] = {}
    for letters in _KINDS:
        others = "".join(rng.sample(letters, len(letters)))
        table |= str.maketrans(letters + letters.upper(), others + others.upper())
    return table
