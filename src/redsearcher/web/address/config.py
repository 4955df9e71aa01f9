"""Settings of addresses."""

from pydantic import Field

from redsearcher.core.config import Config


class AddressConfig(Config):
    """Pages and links stand under invented addresses, which only who has the seed can lead back."""

    seed: int = Field(ge=0, lt=2**63)
    """What the addresses are drawn from, and the key to lead them back: keep it from those who search. Take a long one
    (63 bits at most) where they might try seeds."""
    n_hosts: int = Field(default=60, ge=1, le=10_000)
    """Hosts per kind of site."""
