"""Flag abnormal trajectories: repetition, over-length, many tool failures, format errors (paper §5, RL)."""

import zlib
from collections import Counter

from pydantic import Field

from redsearcher.core.config import Config
from redsearcher.records.trajectory import Abnormality, StopReason, Trajectory

IMPLEMENTATION = "rules"


class AbnormalConfig(Config):
    """From where on a trajectory counts as abnormal."""

    same_calls: int = Field(default=4, ge=2)
    """Equal calls (name and arguments) that make a repetition."""
    text_bytes: int = Field(default=400, ge=1)
    """Shorter turns are not looked at for repetition inside them."""
    compressed_share: float = Field(default=0.12, gt=0, lt=1)
    """A turn that deflates to less than this share of its bytes repeats itself."""
    failed_calls: int = Field(default=5, ge=1)
    """Failed tool calls that are many, however many there were in all."""
    failed_share: float = Field(default=0.5, gt=0, le=1)
    """Share of failed calls that is many, from three failed ones on."""
    format_errors: int = Field(default=3, ge=1)
    """Turns that could not be read."""


def abnormality(trajectory: Trajectory, config: AbnormalConfig | None = None) -> Abnormality:
    """What is odd about a trajectory, kinds in a fixed order; none if nothing is."""
    config = config or AbnormalConfig()
    problems = [step.problem for step in trajectory.steps if step.problem]
    n_failed, n_calls = trajectory.n_failed_calls, trajectory.n_tool_calls
    many_failed = n_failed >= config.failed_calls or (n_failed >= 3 and n_failed >= config.failed_share * n_calls)
    found = {
        "repetition": _repeats(trajectory, config),
        "over_length": trajectory.stop_reason is StopReason.MAX_TOKENS or "cut_off" in problems,
        "tool_failures": many_failed,
        "format_errors": trajectory.stop_reason is StopReason.FORMAT_ERROR or len(problems) >= config.format_errors,
    }
    return Abnormality(
        trajectory=trajectory.key,
        task=trajectory.task,
        sample=trajectory.sample,
        kinds=tuple(kind for kind, holds in found.items() if holds),
        implementation=IMPLEMENTATION,
    )


def _repeats(trajectory: Trajectory, config: AbnormalConfig) -> bool:
    calls = Counter(call.signature for step in trajectory.steps for call in step.calls)
    if calls and max(calls.values()) >= config.same_calls:
        return True
    texts = (step.thought.encode("utf-8", "replace") for step in trajectory.steps)
    return any(
        len(text) >= config.text_bytes and len(zlib.compress(text)) < config.compressed_share * len(text)
        for text in texts
    )
