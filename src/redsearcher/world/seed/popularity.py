"""Popularity bounds: too little known to be reached in two ways, or so well known that nothing narrows it."""

from redsearcher.world.seed.config import SeedConfig


def out_of_bounds(n_facts: int, n_pages: int, config: SeedConfig) -> str | None:
    """Why a thing with so many facts, spoken of on so many pages, is no seed; None if it is one."""
    if n_facts < config.min_facts:
        return "too few facts"
    if n_facts > config.max_facts:
        return "too many facts"
    return "on too many pages" if n_pages > config.max_pages else None
