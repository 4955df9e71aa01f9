"""Seeded randomness: an argument everywhere, never a global."""

import random

from redsearcher.core.hashing import content_hash


def derive(seed: int, *path: str | int) -> random.Random:
    """A generator that depends on `seed` and `path` alone: `derive(7, "synth", 3)` is the same on every machine."""
    return random.Random(int(content_hash(seed, *path), 16))


def derive_seed(seed: int, *path: str | int) -> int:
    """A 32-bit seed for code that wants a number."""
    return int(content_hash(seed, *path)[:8], 16)
