"""Length bounds of the main text."""

from redsearcher.world.seed.config import SeedConfig


def too_short_or_long(text: str, config: SeedConfig) -> str | None:
    """Why the text is out of bounds, or None; blanks at either end do not count."""
    n_chars = len(text.strip())
    if n_chars < config.min_chars:
        return "too short"
    return "too long" if n_chars > config.max_chars else None
