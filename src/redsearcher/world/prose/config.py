"""Settings of the pages of a world."""

from pydantic import Field

from redsearcher.core.config import Config


class ProseConfig(Config):
    """How many pages there are, how the facts are spread over them, and how much says nothing."""

    seed: int = 0
    """Same seed and same facts, same pages."""
    pages_per_entity: float = Field(default=1.7, ge=1.0, le=4.0)
    """Pages about an entity on average, pages that exist for colour alone not counted."""
    coverage: float = Field(default=0.95, ge=0.0, le=1.0)
    """Probability that a fact is stated at all."""
    restated: float = Field(default=0.3, ge=0.0, le=1.0)
    """Probability that a stated fact is stated on a second page too."""
    page_share: float = Field(default=0.6, gt=0.0, le=1.0)
    """Largest share of an entity's facts that one ordinary page of it takes."""
    rich_share: float = Field(default=0.15, ge=0.0, le=1.0)
    """Share of pages that are rich: full film pages, family chronicles; `page_share` does not bind them."""
    noise_share: float = Field(default=0.1, ge=0.0, lt=0.9)
    """Share of all pages that state no fact: weather, opinion, letters, tourism."""
    colour_sentences: int = Field(default=11, ge=0, le=20)
    """Sentences without facts on an ordinary page, on average."""
    alias_share: float = Field(default=0.08, ge=0.0, le=1.0)
    """How often another page calls an entity by one of its aliases."""
    year: int = 2024
    """The year in which the pages are read: undated pages are written from it, news is not younger."""
