"""The learning rate over the budget."""

from redsearcher.training.config import OptimizerConfig

DECAY_SHARE = 0.2


def learning_rate(config: OptimizerConfig, n_tokens: int, progress: float) -> float:
    """Rate after `n_tokens`, at `progress` (0 to 1) of the budget of tokens or time, whichever is nearer its end."""
    warm = min(1.0, (n_tokens + 1) / config.warmup_tokens) if config.warmup_tokens else 1.0
    left = max(0.0, 1.0 - progress)
    if config.schedule == "wsd":
        left = min(1.0, left / DECAY_SHARE)
    return config.peak_lr * min(warm, left)
