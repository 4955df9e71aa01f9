"""Settings of supervised training from scratch."""

from typing import Literal

from pydantic import Field, model_validator

from redsearcher.agent.config import RolloutConfig
from redsearcher.core.config import Config


class ModelConfig(Config):
    """Sizes of a Qwen3 decoder with tied embeddings."""

    n_layers: int = Field(default=6, ge=1)
    """Decoder layers."""
    width: int = Field(default=192, ge=8)
    """Width of the residual stream."""
    n_heads: int = Field(default=6, ge=1)
    """Query heads."""
    n_kv_heads: int = Field(default=3, ge=1)
    """Key-value heads, each shared by n_heads / n_kv_heads query heads."""
    head_dim: int = Field(default=32, ge=8)
    """Width of one head."""
    feed_forward: int = Field(default=512, ge=8)
    """Inner width of the gated feed-forward."""
    window: int = Field(default=8192, ge=64)
    """Longest sequence in tokens; longer documents are left out of training and counted."""
    rope_theta: float = Field(default=10_000.0, gt=0)
    """Base of the rotary embedding. 10,000 is what every Qwen3 reader assumes where a file does not say."""

    @model_validator(mode="after")
    def _heads_divide(self) -> "ModelConfig":
        if self.n_heads % self.n_kv_heads:
            raise ValueError(f"n_heads {self.n_heads} must be a multiple of n_kv_heads {self.n_kv_heads}")
        if self.head_dim % 2:
            raise ValueError(f"head_dim {self.head_dim} must be even")
        return self


class OptimizerConfig(Config):
    """How weights are updated, and the learning rate over tokens."""

    kind: Literal["adamw", "muon"] = "adamw"
    """adamw for all weights; muon for the matrices, with updates of AdamW's size, and adamw for the rest."""
    peak_lr: float = Field(default=1.5e-3, gt=0)
    """Learning rate after warm-up."""
    warmup_tokens: int = Field(default=200_000, ge=0)
    """Tokens over which the rate rises from nothing."""
    schedule: Literal["linear", "wsd"] = "linear"
    """linear: falls to zero at the end of the budget; wsd: stays at the peak and falls over the last fifth."""
    weight_decay: float = Field(default=0.1, ge=0)
    """Decoupled decay of the matrices; norms and embeddings have none."""
    momentum: float = Field(default=0.95, ge=0, lt=1)
    """Muon's momentum."""
    beta1: float = Field(default=0.9, ge=0, lt=1)
    """AdamW's decay of the first moment."""
    beta2: float = Field(default=0.98, ge=0, lt=1)
    """AdamW's decay of the second moment."""
    clip: float = Field(default=1.0, gt=0)
    """Largest norm of the gradient."""


class SftConfig(Config):
    """One training run. The data folder, the device and the time budget are the command's."""

    name: str = "2m"
    """Scale, as files and records call the model."""
    model: ModelConfig = ModelConfig()
    """Sizes of the network."""
    optimizer: OptimizerConfig = OptimizerConfig()
    """How it learns."""
    seed: int = 0
    """Seed of the initial weights and of the order of documents."""
    budget_tokens: int = Field(default=20_000_000, ge=1)
    """Tokens to train on, prompts and observations included; the learning rate ends there."""
    row_tokens: int = Field(default=8192, ge=64)
    """Length of a packed row. No document is split, so it is at least the window."""
    batch_rows: int = Field(default=2, ge=1)
    """Rows per optimizer step."""
    micro_rows: int = Field(default=1, ge=1)
    """Rows per forward pass of a GPU; the gradient is summed over batch_rows / micro_rows of them. A CPU shares the
    documents of a step out among its threads."""
    open_shards: int = Field(default=32, ge=1)
    """Shards (worlds) that steps go round: of one at a time, the names would be learnt by heart, not looked up."""
    eval_every_tokens: int = Field(default=500_000, ge=1)
    """Tokens between two measurements of the held-out loss."""
    eval_tokens: int = Field(default=200_000, ge=1)
    """Held-out tokens measured at most."""
    export_every_tokens: int = Field(default=2_000_000, ge=1)
    """Tokens between two checkpoints that are kept."""
    save_every_s: float = Field(default=300.0, gt=0)
    """Seconds between two saved states to resume from; exports and the end save too."""
    log_every_steps: int = Field(default=10, ge=1)
    """Steps between two lines of the log."""

    rollout: RolloutConfig | None = None
    """How the policy is to be rolled out; goes into its folder, where `redsearcher rollout` finds it."""

    @model_validator(mode="after")
    def _fits(self) -> "SftConfig":
        if self.row_tokens < self.model.window:
            raise ValueError(f"row_tokens {self.row_tokens} must not be below model.window {self.model.window}")
        if self.batch_rows % self.micro_rows:
            raise ValueError(f"batch_rows {self.batch_rows} must be a multiple of micro_rows {self.micro_rows}")
        return self

    @property
    def batch_tokens(self) -> int:
        """Tokens of a full step."""
        return self.batch_rows * self.row_tokens
