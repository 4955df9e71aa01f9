"""Settings of noise."""

from pydantic import Field

from redsearcher.core.config import Config


class NoiseConfig(Config):
    """Pages of another corpus beside those of the world."""

    source: str
    """Where they come from: whatever a web can be built from."""
    ratio: float = Field(default=1.0, gt=0, le=10_000)
    """Pages of noise per page of the world."""
    seed: int = 0
    """Which of them are taken. A smaller ratio of the same seed takes some of those that a larger one takes."""
