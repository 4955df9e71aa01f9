"""What fuzzing is asked for."""

from typing import Self

from pydantic import Field, model_validator

from redsearcher.core.config import Config
from redsearcher.synthesis.fuzz.kit import EDITORS


class FuzzConfig(Config):
    """Settings of fuzzing."""

    editors: tuple[str, ...] = tuple(EDITORS)
    """Editors that may be used."""
    steps: int = Field(default=3, ge=1)
    """Edits made to one task at most, one after the other."""
    max_tries: int = Field(default=60, ge=1)
    """Changed queries proved per step and editor before the editor is given up."""
    max_gain: float = Field(default=0.05, ge=0, le=1)
    """A step may raise the lexical overlap with the evidence by so much; most lower it."""
    keep_cell: bool = True
    """Only accept edits that leave the task in its cell of (k, MSD)."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        if unknown := sorted(set(self.editors) - set(EDITORS)):
            raise ValueError(f"no editor {unknown[0]!r}; there are {', '.join(EDITORS)}")
        return self
