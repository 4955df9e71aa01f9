"""Where a visitor may go: plain http and https, by name or address, on the public internet alone."""

import ipaddress
import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from redsearcher.errors import ToolError

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
MAX_URL = 4096
DEFAULT_PORTS = {"http": 80, "https": 443}
_LOCAL = frozenset(
    ("localhost", "local", "localdomain", "internal", "intranet", "private", "lan", "home", "corp", "arpa", "onion")
)
"""Last labels of names that mean something on one network only."""
_BAD_CHARS = re.compile(r"[\x00-\x20\x7f\\<>\"^`{|}]")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_UNICAST6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC = tuple(
    map(
        ipaddress.ip_network,
        (
            "100.64.0.0/10",  # carriers' own
            "168.63.129.16/32",  # what a cloud asks its machines by, on a public address
            "192.0.0.0/24",  # protocols' own, a cloud's metadata among them
            "192.88.99.0/24",  # relays from IPv4 to IPv6
            "2001::/23",  # Teredo, ORCHID and others that are no places
            "2002::/16",  # an IPv4 address within
            "2001:db8::/32",
            "3fff::/20",
        ),
    )
)
_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})


class Target(NamedTuple):
    """A URL taken apart once, so that what is checked is what is asked for."""

    scheme: str
    host: str
    """In lower case, in ASCII, without brackets or a dot at its end."""
    port: int
    path: str
    """With the query, percent-encoded."""

    @property
    def address(self) -> IPAddress | None:
        """The address, where the host is one."""
        try:
            return ipaddress.ip_address(self.host)
        except ValueError:
            return None

    @property
    def authority(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL again."""
        return f"{self.scheme}://{self.authority}{self.path}"


def read_target(url: str, ports: Sequence[int] = (80, 443)) -> Target:
    """Take a URL apart. Raises ToolError for one that is none, or leads where no visitor goes."""
    given = url.strip()
    if len(given) > MAX_URL:
        raise refused(given, f"is longer than {MAX_URL:,} characters")
    if _BAD_CHARS.search(given):
        raise refused(given, "has characters that no URL has")
    try:
        parts = urlsplit(given)
        port = parts.port
    except ValueError as error:
        raise refused(given, "is no URL") from error
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS:
        raise refused(given, "is neither http nor https")
    if "@" in parts.netloc:
        raise refused(given, "holds a user's name")
    host = _host(given, parts.netloc)
    if port is not None and port not in ports:
        raise refused(given, f"names port {port}")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?[]')}" if parts.query else ""
    target = Target(scheme, host, port or DEFAULT_PORTS[scheme], path + query)
    if (address := target.address) is not None and not is_public(address):
        raise not_public(given)
    return target


def next_target(target: Target, location: str, ports: Sequence[int]) -> Target:
    """Where a redirect leads, checked like any other place. Raises ToolError."""
    return read_target(urljoin(target.url, location.strip()), ports)


def is_public(address: IPAddress) -> bool:
    """Whether an address is one host on the public internet, whatever another address it may hold within."""
    if any(address.version == net.version and address in net for net in _NOT_PUBLIC) or address.is_multicast:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_reserved
    if address not in _UNICAST6 or address.scope_id is not None:
        return False  # loopback, link-local, unique local, mapped and translated IPv4 all lie elsewhere
    return address.is_global and (int(address) >> 32) & 0xFFFF_FFFF not in _ISATAP


def refused(url: str, why: str) -> ToolError:
    """A URL that cannot be opened."""
    return ToolError(f"{url[:300]!r} {why}. Open a public http or https URL.")


def not_public(url: str) -> ToolError:
    """A place that is not on the public internet; nothing is said of what it is."""
    return refused(url, "is not on the public web")


def _host(url: str, netloc: str) -> str:
    if netloc.startswith("["):
        inside, bracket, _ = netloc[1:].partition("]")
        try:
            if not bracket or "%" in inside:
                raise ValueError(inside)
            return str(ipaddress.IPv6Address(inside))
        except ValueError as error:
            raise refused(url, "names no host") from error
    name = _ascii(url, netloc.rpartition(":")[0] if ":" in netloc else netloc)
    if not _HOST.fullmatch(name) or len(name) > 253:
        raise refused(url, "names no host")
    last = name.rpartition(".")[2]
    if _NUMBER.fullmatch(last):  # an address then, and in one way of writing only: others are read in many ways
        try:
            return str(ipaddress.IPv4Address(name))
        except ValueError as error:
            raise refused(url, "writes an address in a strange way") from error
    if last in _LOCAL or last == name:
        raise not_public(url)
    return name


def _ascii(url: str, name: str) -> str:
    if name.isascii():
        return name.lower().removesuffix(".")
    import idna

    try:
        return idna.encode(name, uts46=True).decode("ascii").lower().removesuffix(".")
    except (idna.IDNAError, UnicodeError) as error:
        raise refused(url, "names no host") from error
