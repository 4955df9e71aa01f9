"""What a `maps` call asks for."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Self

from redsearcher.errors import ToolError
from redsearcher.web import arguments
from redsearcher.world.places import MODES


class MapsAsk(NamedTuple):
    """A place, and maybe another to go to or a kind to look for around it; `mode` is what one travels by."""

    place: str
    other: str | None
    kind: str | None
    mode: str

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """Raises ToolError for what is no text, or no mode."""

        def text(name: str) -> str | None:
            return arguments.text(name, given[name]) if given.get(name) is not None else None

        place, other, kind = arguments.text("query", given["query"]), text("to"), text("nearest")
        mode = text("mode") or "car"
        if mode not in MODES:
            raise ToolError(f"mode must be one of {', '.join(MODES)}, came {mode[:40]!r}. Call it again.")
        return cls(place, other, kind, mode)
