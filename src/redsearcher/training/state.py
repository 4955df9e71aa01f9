"""Where a run stands: what a killed run needs to go on as if nothing had happened."""

import os
from pathlib import Path
from typing import Any

import torch
from pydantic import BaseModel

from redsearcher.errors import DataError, boundary
from redsearcher.training.optimizer import Optimizer


class Position(BaseModel):
    """How far a run is. `turns` counts the whole passes over each shard, `opened` says which step is next of
    those that are being read, in the order in which their turn comes."""

    step: int = 0
    tokens: int = 0
    policy_tokens: int = 0
    seconds: float = 0.0
    opened: dict[str, int] = {}
    turns: dict[str, int] = {}
    best_heldout: float | None = None


def save_state(path: Path, model: torch.nn.Module, optimizer: Optimizer, position: Position) -> None:
    """Write weights, moments, generators and position; the old state is there until the new one is whole."""
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("wb") as file:
        torch.save(
            {
                "model": model.state_dict(),
                "optimizer": optimizer.state_dict(),
                "generator": torch.get_rng_state(),
                "position": position.model_dump(),
            },
            file,
        )
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def load_state(path: Path, model: torch.nn.Module, optimizer: Optimizer) -> Position:
    """Put a saved state back. Raises DataError if the file is damaged or of another model."""
    with boundary(f"reading {path}; delete it to begin anew", raises=DataError):
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["generator"])
        return Position.model_validate(state["position"])
