"""Record base: frozen, unknown fields refused, one JSON line."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A noun that crosses layers. Equal records serialise to equal bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")
