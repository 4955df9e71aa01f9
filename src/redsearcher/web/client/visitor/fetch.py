"""Fetching one document from the public web: redirects, limits, decompression."""

import ssl
import zlib
from collections.abc import Iterable
from http import HTTPStatus
from typing import NamedTuple

import httpcore

from redsearcher.errors import ToolError
from redsearcher.web.client.visitor.config import VisitorConfig
from redsearcher.web.client.visitor.place import Target, next_target, not_public, read_target, refused
from redsearcher.web.client.visitor.wire import (
    Allowance,
    CheckedBackend,
    Dial,
    NotPublicError,
    Resolve,
    TooMuchError,
    dial_here,
    resolve_here,
)

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ACCEPT = "text/html,application/xhtml+xml,text/*;q=0.9,application/json;q=0.9,*/*;q=0.1"
_WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


class Fetched(NamedTuple):
    """A document as a site gave it, decompressed; `kind` is the Content-Type."""

    url: str
    kind: str
    body: bytes


class Fetcher:
    """Fetches documents. Threads share it; every fetch has connections of its own."""

    def __init__(self, config: VisitorConfig, resolve: Resolve = resolve_here, dial: Dial = dial_here) -> None:
        self._config, self._resolve, self._dial = config, resolve, dial
        self._tls = ssl.create_default_context()

    def fetch(self, url: str) -> Fetched:
        """The document at a URL. Raises ToolError, which says what keeps it from being had."""
        config = self._config
        target = read_target(url, config.ports)
        allowance = Allowance(config.timeout_s, config.max_bytes)
        backend = CheckedBackend(allowance, self._resolve, self._dial)
        try:
            with httpcore.ConnectionPool(ssl_context=self._tls, network_backend=backend) as pool:
                for _ in range(config.max_redirects + 1):
                    found = self._ask(pool, target)
                    if isinstance(found, Fetched):
                        return found
                    target = found
        except NotPublicError as error:
            raise not_public(target.url) from error
        except TooMuchError as error:
            raise ToolError(f"{target.url} is larger than {config.max_bytes:,} bytes. Open another page.") from error
        except httpcore.TimeoutException as error:
            raise ToolError(f"{target.url} did not answer within {config.timeout_s:g} s. Open another page.") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
            raise ToolError(f"{target.url} cannot be reached ({_short(error)}). Open another page.") from error
        raise ToolError(f"{url[:300]} leads on and on, over {config.max_redirects} redirects. Open another page.")

    def _ask(self, pool: httpcore.ConnectionPool, target: Target) -> "Fetched | Target":
        """What is there, or where it says to go. Raises ToolError."""
        headers: dict[bytes | str, bytes | str] = {
            "Host": target.authority,
            "User-Agent": self._config.user_agent,
            "Accept": _ACCEPT,
            "Accept-Encoding": "gzip, deflate",
            "Connection": "close",
        }
        address = httpcore.URL(
            scheme=target.scheme.encode(),
            host=target.host.encode(),
            port=target.port,
            target=target.path.encode("ascii"),
        )
        with pool.stream("GET", address, headers=headers) as reply:
            given = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in reply.headers}
            if reply.status in _REDIRECTS and given.get("location"):
                return next_target(target, given["location"], self._config.ports)
            if not 200 <= reply.status < 300:
                raise ToolError(f"{target.url} answered {_status(reply.status)}. Open another page.")
            body = self._inflated(target, given.get("content-encoding", ""), reply.iter_stream())
        return Fetched(target.url, given.get("content-type", ""), body)

    def _inflated(self, target: Target, encoding: str, pieces: Iterable[bytes]) -> bytes:
        name = encoding.strip().lower()
        if name in ("", "identity"):
            return b"".join(pieces)
        if name not in _WINDOWS:
            raise refused(target.url, f"comes encoded as {name[:40]!r}, which was not asked for")
        try:
            return inflate(pieces, _WINDOWS[name], self._config.max_inflated)
        except TooMuchError as error:
            most = self._config.max_inflated
            raise ToolError(f"{target.url} unpacks to over {most:,} bytes. Open another page.") from error
        except (zlib.error, EOFError) as error:
            raise ToolError(f"{target.url} is not packed as it says. Open another page.") from error


def inflate(pieces: Iterable[bytes], window: int, most: int) -> bytes:
    """Decompress, never more than `most` bytes. Raises TooMuchError, zlib.error, EOFError for one that breaks off."""
    unpacker, found, length = zlib.decompressobj(window), [], 0
    for piece in pieces:
        rest = piece
        while rest:
            if unpacker.eof:  # another member of a gzip file
                unpacker = zlib.decompressobj(window)
            out = unpacker.decompress(rest, most + 1 - length)
            found.append(out)
            length += len(out)
            if length > most:
                raise TooMuchError
            rest = unpacker.unconsumed_tail or unpacker.unused_data
    if not unpacker.eof:
        raise EOFError
    return b"".join(found)


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
