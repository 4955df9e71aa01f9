"""Which pages make good seeds."""

from pydantic import Field

from redsearcher.core.config import Config


class SeedConfig(Config):
    """Bounds of the seed cascade."""

    min_chars: int = Field(default=120, ge=0)
    """Shorter main texts say too little to ask about."""
    max_chars: int = Field(default=60_000, ge=1)
    """Longer ones are about things everybody has written about."""
    max_line_share: float = Field(default=0.6, gt=0, le=1)
    """A page more of whose lines than this are list items or table rows is a list."""
    min_facts: int = Field(default=2, ge=0)
    """Things with fewer facts cannot be reached in two ways."""
    max_facts: int = Field(default=150, ge=1)
    """Things with more are hubs: naming a fact of them narrows nothing."""
    max_pages: int = Field(default=400, ge=1)
    """Things that more pages speak of are too well known."""
