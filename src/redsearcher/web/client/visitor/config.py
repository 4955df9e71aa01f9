"""How much a visitor takes from a site, and for how long."""

from pydantic import Field

from redsearcher.core.config import Config


class VisitorConfig(Config):
    """Limits of opening one page, redirects included."""

    timeout_s: float = Field(default=20.0, gt=0)
    """Seconds for all of it: names, connections, redirects, the body to its end."""
    max_bytes: int = Field(default=5_000_000, ge=1)
    """Bytes that a site may send, headers included."""
    max_inflated: int = Field(default=20_000_000, ge=1)
    """Bytes that a body may have once it is decompressed."""
    max_redirects: int = Field(default=5, ge=0)
    """Redirects that are followed; each is checked like the first URL."""
    ports: tuple[int, ...] = (80, 443)
    """Ports that a URL may name."""
    user_agent: str = "Mozilla/5.0 (compatible; redsearcher)"
    """What sites are told of the visitor."""
