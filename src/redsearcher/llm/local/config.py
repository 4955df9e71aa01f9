"""Settings of the local engine."""

from typing import Literal

from pydantic import Field

from redsearcher.core.config import Config


class EngineConfig(Config):
    """Where the model computes, and how much it keeps. None means: what suits the device."""

    device: str = "cpu"
    """A torch device: cpu, cuda, cuda:1."""
    dtype: Literal["float32", "bfloat16", "float16"] | None = None
    """Number format of weights and cache; float32 on CPU, bfloat16 on CUDA unless given."""
    slots: int | None = Field(default=None, ge=1)
    """Sequences held at most, running or kept for their prefix; 64 on CPU, 512 on CUDA unless given."""
    window: int | None = Field(default=None, ge=2)
    """Tokens one sequence may have; the model's own limit unless given."""
    memory_gib: float | None = Field(default=None, gt=0)
    """Upper bound of the key-value cache; 4 on CPU, six tenths of what is free on CUDA unless given. Fewer slots are
    made where `slots` of them would not fit."""
    prefill_tokens: int | None = Field(default=None, ge=1)
    """Prompt tokens computed between two decode steps; 512 on CPU, 8192 on CUDA unless given."""
    threads: int | None = Field(default=None, ge=1)
    """CPU threads of the engine's thread; torch's default unless given."""
    cuda_graphs: bool = True
    """Replay decode steps as CUDA graphs; without effect on CPU."""
    hold_s: float = Field(default=0.2, ge=0)
    """How long a sequence that stopped is safe from eviction while others run, so that an episode that is waiting for
    a tool finds its prefix again."""
    step_timeout_s: float = Field(default=120.0, gt=0)
    """A step that takes longer counts as hung: its requests fail and the engine is closed."""
