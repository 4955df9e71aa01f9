"""Settings of a fictional world."""

from typing import Literal

from pydantic import Field

from redsearcher.core.config import Config


class FictionConfig(Config):
    """How large a world, in which language, and how much of it is there to mislead."""

    lang: Literal["en", "zh"] = "en"
    """Language of every label, alias and description."""
    n_entities: int = Field(default=3000, ge=200)
    """How many entities the world has, near misses included."""
    seed: int = 0
    """Same seed, same world."""
    near_miss_share: float = Field(default=0.3, ge=0.0, le=0.6)
    """Share of the entities that are planted near misses: copies that satisfy all but one fact of a dense subgraph."""
    namesake_share: float = Field(default=0.03, ge=0.0, le=0.2)
    """Share of people and films that bear, exactly or nearly, the name of another one."""
    clique_share: float = Field(default=0.65, ge=0.0, le=1.0)
    """Share of the near misses that surround 4-cliques; the rest surrounds triangles and 4-cycles."""
