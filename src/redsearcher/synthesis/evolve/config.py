"""What tool-enforced evolution is asked for."""

from typing import Self

from pydantic import Field, model_validator

from redsearcher.core.config import Config
from redsearcher.synthesis.evolve.kit import EDITORS, TOOLS


class EvolveConfig(Config):
    """Settings of tool-enforced evolution."""

    tools: tuple[str, ...] = TOOLS
    """Tools that tasks may come to need."""
    editors: tuple[str, ...] = ()
    """Editors that may be used; empty: all whose tools are allowed."""
    steps: int = Field(default=1, ge=1)
    """Edits made to one task, one after the other."""
    max_tries: int = Field(default=80, ge=1)
    """Changed queries proved per step and editor before the editor is given up."""
    keep_cell: bool = True
    """Only accept edits that leave the task in its cell of (k, MSD)."""
    keep_unchanged: bool = False
    """Keep tasks that no editor could change; they then need no tool."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        if unknown := sorted(set(self.tools) - set(TOOLS)):
            raise ValueError(f"no tool {unknown[0]!r} to enforce; there are {', '.join(TOOLS)}")
        if unknown := sorted(set(self.editors) - set(EDITORS)):
            raise ValueError(f"no editor {unknown[0]!r}; there are {', '.join(EDITORS)}")
        if not self.chosen:
            raise ValueError("no editor gets by with these tools")
        return self

    @property
    def chosen(self) -> tuple[str, ...]:
        """Names of the editors in use."""
        fitting = (name for name, editor in EDITORS.items() if set(editor.tools) <= set(self.tools))
        return tuple(name for name in fitting if not self.editors or name in self.editors)
