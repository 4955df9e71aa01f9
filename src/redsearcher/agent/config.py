"""Settings of an episode and of a rollout run."""

from pydantic import Field

from redsearcher.core.config import Config


class EpisodeConfig(Config):
    """Limits and sampling of one episode; sampling defaults are the paper's."""

    max_rounds: int = Field(default=50, ge=1)
    """Model turns with tool calls before an answer is forced."""
    max_tool_calls: int = Field(default=60, ge=0)
    """Tool calls before an answer is forced; 0 is the tool-free run."""
    wall_time_s: float = Field(default=600.0, gt=0)
    """Seconds before the episode is ended and recorded as timed out."""
    call_timeout_s: float = Field(default=60.0, gt=0)
    """Seconds one tool call may take."""
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
