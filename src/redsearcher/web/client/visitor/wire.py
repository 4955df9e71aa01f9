"""Connections of a visitor: to addresses that were checked, within limits on time and bytes."""

import socket
import ssl
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from ipaddress import ip_address
from typing import Any

import httpcore

from redsearcher.web.client.visitor.place import is_public

Resolve = Callable[[str], list[str]]
"""The addresses of a name. Raises OSError where it has none."""
Dial = Callable[[str, int, float], httpcore.NetworkStream]
"""A connection to an address and a port, within so many seconds."""
_RESOLVERS = ThreadPoolExecutor(16, thread_name_prefix="resolve")


class NotPublicError(Exception):
    """A name that leads to an address which is not public."""


class TooMuchError(Exception):
    """More bytes than a site may send."""


def resolve_here(host: str) -> list[str]:
    """By this machine's resolver."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


def dial_here(address: str, port: int, timeout_s: float) -> httpcore.NetworkStream:
    """A TCP connection from this machine, past any proxy."""
    return httpcore.SyncBackend().connect_tcp(address, port, timeout=timeout_s)


class Allowance:
    """What is left of the time and the bytes of one visit."""

    def __init__(self, timeout_s: float, max_bytes: int) -> None:
        self._end, self._left = time.monotonic() + timeout_s, max_bytes

    def left_s(self) -> float:
        """Seconds left. Raises httpcore.ReadTimeout where there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time of the visit is over")
        return left

    def took(self, n_bytes: int) -> None:
        """Count bytes. Raises TooMuchError."""
        self._left -= n_bytes
        if self._left < 0:
            raise TooMuchError


class CheckedBackend(httpcore.NetworkBackend):
    """Resolves a name once, looks at every address, and connects to one of those it looked at: the name cannot lead
    elsewhere in between."""

    def __init__(self, allowance: Allowance, resolve: Resolve, dial: Dial) -> None:
        self._allowance, self._resolve, self._dial = allowance, resolve, dial

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        """Raises NotPublicError, httpcore.ConnectError, httpcore.ConnectTimeout."""
        trouble: Exception = httpcore.ConnectError("no address")
        for address in self._checked(host):
            try:
                return Limited(self._dial(address, port, self._allowance.left_s()), self._allowance)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                trouble = error
        raise trouble

    def _checked(self, host: str) -> list[str]:
        found = [host] if _is_address(host) else self._looked_up(host)
        if any("%" in address or not is_public(ip_address(address)) for address in found):
            raise NotPublicError
        return found

    def _looked_up(self, host: str) -> list[str]:
        looking = _RESOLVERS.submit(self._resolve, host)
        try:
            return looking.result(self._allowance.left_s())
        except NotInTime as error:
            raise httpcore.ConnectTimeout("the name was not resolved in time") from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("the name is unknown") from error

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        """Never."""
        raise NotPublicError

    def sleep(self, seconds: float) -> None:
        """Between tries, of which there are none."""


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


class Limited(httpcore.NetworkStream):
    """A connection whose every wait and byte counts."""

    def __init__(self, inner: httpcore.NetworkStream, allowance: Allowance) -> None:
        self._inner, self._allowance = inner, allowance

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        found = self._inner.read(max_bytes, self._allowance.left_s())
        self._allowance.took(len(found))
        return found

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._allowance.left_s())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._allowance.left_s())
        return Limited(inner, self._allowance)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
