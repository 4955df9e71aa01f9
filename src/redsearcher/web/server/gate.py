"""Who may ask, and how often: the keys of a server and their quotas."""

import hashlib
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from redsearcher.core.config import Config
from redsearcher.errors import InputError
from redsearcher.web.server.failure import ApiError
from redsearcher.web.server.quota import Buckets, Rate


class KeyConfig(Config):
    """One key and its quota."""

    name: str = Field(min_length=1)
    """What metrics call its holder."""
    key_env: str = ""
    """Environment variable that holds the key."""
    sha256: str = Field(default="", pattern="^([0-9a-f]{64})?$")
    """Or the key's SHA-256 in hex, so that the file tells nobody the key."""
    per_minute: int | None = Field(default=None, ge=1)
    """Requests per minute; None: as many as it likes."""
    per_day: int | None = Field(default=None, ge=1)
    """Requests per day."""
    burst: int | None = Field(default=None, ge=1)
    """Requests at once; as many as per minute unless given."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.key_env) == bool(self.sha256):
            raise ValueError(f"key {self.name!r} needs key_env or sha256, and one of them only")
        return self

    @property
    def digest(self) -> bytes:
        """SHA-256 of the key. Raises InputError where the variable is empty."""
        if self.sha256:
            return bytes.fromhex(self.sha256)
        value = os.environ.get(self.key_env, "").strip()
        if not value:
            raise InputError(f"key {self.name!r}: variable {self.key_env} holds nothing; set it to the key")
        return _digest(value.encode())


class KeysConfig(Config):
    """The keys of a server."""

    keys: tuple[KeyConfig, ...] = Field(min_length=1)
    """Each with its quota."""
    state: str = ""
    """File that keeps the counts beyond the life of the server; none unless given."""

    @model_validator(mode="after")
    def _apart(self) -> Self:
        names = [key.name for key in self.keys]
        if len(set(names)) < len(names):
            raise ValueError("two keys have one name; give each its own")
        return self


class Gate:
    """Lets requests in that show a key, as often as its quota says. Without keys it lets in everyone."""

    def __init__(self, digests: dict[bytes, tuple[str, int | None]], buckets: Buckets | None = None) -> None:
        """`digests`: name and number in the buckets by a key's SHA-256."""
        self._digests, self._buckets = digests, buckets
        self.told: Callable[[str, str], None] = lambda name, outcome: None
        """Told the name of a key, and what its request came to: `admitted` or `over_quota`."""

    def admit(self, headers: dict[bytes, bytes], *, counted: bool = True) -> None:
        """Raises ApiError: 401 without a key that is known, 429 where its quota is used up, if the request counts."""
        if not self._digests:
            return
        kind, _, token = headers.get(b"authorization", b"").partition(b" ")
        given = token.strip() if kind.lower() == b"bearer" else headers.get(b"x-api-key", b"")
        known = self._digests.get(_digest(given))  # equal digests, so timing tells nothing of a key
        if known is None:
            raise ApiError(401, "this server needs a key, as `Authorization: Bearer KEY` or `X-API-KEY: KEY`")
        if not counted:
            return
        name, number = known
        wait_s = self._buckets.take(number) if self._buckets is not None and number is not None else 0.0
        self.told(name, "over_quota" if wait_s else "admitted")
        if wait_s:
            raise ApiError(429, f"the quota of {name} is used up", retry_after_s=math.ceil(wait_s))

    def close(self) -> None:
        """Close the file of counts."""
        if self._buckets is not None:
            self._buckets.close()


def make_gate(key: str | None, keys: KeysConfig | None = None, counts: Path | None = None) -> Gate:
    """A gate for one key without quota, for several with theirs, or for both; `counts` is the file of the quotas.

    Raises InputError where a key cannot be had, or two are the same.
    """
    digests: dict[bytes, tuple[str, int | None]] = {} if key is None else {_digest(key.encode()): ("key", None)}
    if keys is None or counts is None:
        return Gate(digests)
    for number, one in enumerate(keys.keys):
        if one.digest in digests:
            raise InputError(f"key {one.name!r} is the same as another; give each holder a key of its own")
        digests[one.digest] = (one.name, number)
    rates = [Rate(one.per_minute, one.per_day, one.burst) for one in keys.keys]
    return Gate(digests, Buckets(Path(keys.state) if keys.state else counts, rates))


def _digest(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()
