"""Where a web is reached, and with how much patience."""

import os

from pydantic import Field

from redsearcher.core.config import Config

KEY_ENV = "REDSEARCHER_WEB_KEY"


class LineConfig(Config):
    """Patience with a service, which may be slow, busy or away for a moment."""

    timeout_s: float = Field(default=20.0, gt=0)
    """Seconds one try may take."""
    max_retries: int = Field(default=6, ge=0)
    """Further tries after connection errors, 429 and 5xx, with back-off."""
    patience_s: float = Field(default=45.0, gt=0)
    """Seconds after which no further try begins. An agent waits for a tool call for a minute, unless told otherwise."""
    connections: int = Field(default=128, ge=1)
    """Connections that are kept open."""
    max_requests: int | None = Field(default=None, ge=1)
    """Requests a run may send, tries included, over all its processes and resumptions. None: as many as it likes."""


class ServerConfig(Config):
    """A web that `redsearcher web serve` serves."""

    url: str
    """Root of the server."""
    key_env: str = KEY_ENV
    """Environment variable that holds the key; unset means none is needed."""
    line: LineConfig = LineConfig()
    """Patience."""

    @property
    def root(self) -> str:
        """The URL without a slash at its end."""
        return self.url.rstrip("/")


def key_in(variable: str) -> str | None:
    """The key that an environment variable holds, if any."""
    return os.environ.get(variable, "").strip() or None
