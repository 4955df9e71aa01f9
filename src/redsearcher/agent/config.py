"""Settings of an episode and of a rollout run."""

from typing import Literal

from pydantic import Field

from redsearcher.core.config import Config
from redsearcher.web.config import ShownConfig


class EpisodeConfig(Config):
    """Limits, context management and sampling of one episode; sampling defaults are the paper's."""

    max_rounds: int = Field(default=50, ge=1)
    """Model turns before an answer is forced."""
    max_tool_calls: int = Field(default=60, ge=0)
    """Tool calls before an answer is forced; 0 is the tool-free run."""
    tools: tuple[str, ...] | None = None
    """Names of the tools that are offered, all unless given; an empty list is the tool-free run."""
    shown: ShownConfig | None = None
    """How much a tool call shows, as the web's own config says unless given."""
    max_format_errors: int = Field(default=3, ge=1)
    """Turns in a row that cannot be read before the episode ends; each is explained to the model."""
    wall_time_s: float = Field(default=600.0, gt=0)
    """Seconds before the episode is ended and recorded as timed out."""
    call_timeout_s: float = Field(default=60.0, gt=0)
    """Seconds one tool call may take."""
    window: int = Field(default=131_072, ge=64)
    """Tokens the conversation may have; a model whose window is smaller sets the limit."""
    context: Literal["none", "discard_all", "keep_last", "summarise", "notes"] = "none"
    """What makes room when the conversation is over `context_share` of the window."""
    context_share: float = Field(default=0.75, gt=0, le=1)
    """Share of the window at which context management steps in."""
    keep_last: int = Field(default=5, ge=1)
    """keep_last: rounds whose observations stay."""
    summariser: Literal["model", "rules"] = "model"
    """summarise: who writes the notes, the episode's own model or rules."""
    answer_by: Literal["tag", "call"] = "tag"
    """The final answer stands in <answer>, or is the argument of a `finish` call."""
    temperature: float = Field(default=0.85, ge=0)
    """Sampling temperature."""
    top_p: float = Field(default=0.95, gt=0, le=1)
    """Nucleus sampling mass."""
    max_tokens: int = Field(default=8192, ge=1)
    """Tokens one turn may have."""


class RolloutConfig(Config):
    """How many episodes per task, with which model and limits."""

    samples: int = Field(default=1, ge=1)
    """Episodes per task."""
    concurrency: int = Field(default=16, ge=1)
    """Episodes in flight."""
    seed: int = 0
    """Seed of the samples; sample i of a task has a seed of its own."""
    episode: EpisodeConfig = EpisodeConfig()
    """Limits of one episode."""
