"""Settings of the dense index: which encoder, and how its vectors are kept."""

from typing import Literal

from pydantic import Field

from redsearcher.core.config import Config
from redsearcher.core.hashing import content_hash

LSA_WEIGHT = 0.03
"""The largest of 1, 0.1, 0.03 and 0.01 at which `lsa` beside words finds no less than bm25s on three corpora
(docs/search.md)."""


class DenseConfig(Config):
    """A dense index over the pages of a web."""

    encoder: str
    """`lsa` (fitted on the pages themselves), a folder or name that sentence-transformers loads, or the root of an
    OpenAI-compatible API (`http://host/v1`)."""
    model: str = ""
    """Name of the model at an API."""
    api_key_env: str = "OPENAI_API_KEY"
    """Environment variable that holds the API's key; unset means no key is needed."""
    n_dims: int = Field(default=512, ge=2)
    """Dimensions of `lsa`; other encoders have their own."""
    fit_pages: int = Field(default=100_000, ge=1)
    """Pages that `lsa` is fitted on at most, spread evenly over the web."""
    page_chars: int = Field(default=2_000, ge=100)
    """Characters of title and text that stand for a page."""
    kept_as: Literal["i8", "f16"] = "f16"
    """Numbers of the vectors on disk: half the bytes with i8, whose rounding costs a little recall."""
    weight: float = Field(default=1.0, gt=0, le=1)
    """Of the dense ranking in the fusion; that of the words has 1. One weaker than words, as `lsa` is, wants less."""
    depth: int = Field(default=100, ge=10)
    """Pages of each ranking that take part in the fused one."""

    @property
    def vectors(self) -> str:
        """Content hash of what the vectors depend on: all but how they are used."""
        return content_hash(self.model_dump(mode="json", exclude={"weight", "depth", "api_key_env"}))
