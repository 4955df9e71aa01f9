"""JSON over HTTP to an OpenAI-compatible API: many calls at once over kept connections, tried again where it may help.

Over aiohttp, whose parser is compiled: a call costs a fifth of the CPU time of the OpenAI SDK's own transport, and none
of the models that the SDK puts around requests and replies (`benchmarks/overhead.py`).
"""

import asyncio
import json
import os
import random
import ssl
from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from redsearcher.core.config import Config
from redsearcher.errors import ModelError, boundary
from redsearcher.llm.router.address import BaseUrl

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

_TRY_AGAIN = frozenset({408, 409, 429})
_FIRST_WAIT_S, _LONGEST_WAIT_S, _LONGEST_ASKED_S = 0.5, 8.0, 60.0
_CONNECT_S = 30.0


class ApiConfig(Config):
    """Where an API is, and how patient to be with it."""

    base_url: BaseUrl = "http://127.0.0.1:8000/v1"
    """Root of the OpenAI-compatible API; a list of them, or several with commas, is a pool of engines."""
    model: str
    """The model's name as the endpoint knows it."""
    api_key_env: str = "OPENAI_API_KEY"
    """Environment variable that holds the key; unset means no key is needed."""
    timeout_s: float = 600.0
    """Limit of one try of one call in seconds."""
    max_retries: int = 4
    """Retries of one call on connection errors, 408, 409, 429 and 5xx, with back-off or as the server asks."""


class StatusError(ModelError):
    """The API answered with another status than 2xx. The text holds what it said."""

    def __init__(self, text: str, status: int, wait_s: float | None = None) -> None:
        super().__init__(text)
        self.status, self.wait_s = status, wait_s


class Api:
    """One API. Its connections belong to the event loop of the first call; `aclose` ends them."""

    def __init__(self, config: ApiConfig) -> None:
        self._config = config
        self._session: ClientSession | None = None
        self._root = config.base_url.rstrip("/")
        self._what = f"model {config.model} at {config.base_url}"

    async def post(self, path: str, body: bytes) -> Any:
        """What the API answers to a JSON body. Raises StatusError for its refusals, ModelError where no JSON comes."""
        return await self._ask("POST", path, body)

    async def get(self, path: str) -> Any:
        """What the API answers. Raises as `post` does."""
        return await self._ask("GET", path, None)

    async def aclose(self) -> None:
        """Close the connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _ask(self, method: str, path: str, body: bytes | None) -> Any:
        from aiohttp import ClientConnectionError, ClientPayloadError

        for attempt in count(1):
            try:
                with boundary(self._what, raises=ModelError):
                    return await self._try(method, path, body)
            except ModelError as error:
                status = error.status if isinstance(error, StatusError) else 0
                lost = isinstance(error.__cause__, ClientConnectionError | ClientPayloadError | TimeoutError)
                if attempt > self._config.max_retries or not (lost or status in _TRY_AGAIN or status >= 500):
                    raise
                asked = error.wait_s if isinstance(error, StatusError) else None
            await asyncio.sleep(_wait_s(attempt) if asked is None else asked)
        raise AssertionError("unreachable")

    async def _try(self, method: str, path: str, body: bytes | None) -> Any:
        from aiohttp import ClientConnectorError

        session = self._session or self._open()
        try:
            async with session.request(method, self._root + path, data=body) as reply:
                said = await reply.read()
        except ClientConnectorError as error:
            why = os.strerror(error.os_error.errno) if error.os_error.errno else str(error.os_error)
            raise ModelError(f"{self._what}: {why}") from error
        except TimeoutError as error:
            raise TimeoutError(f"no answer within {self._config.timeout_s:g} s") from error
        if not reply.ok:
            raise StatusError(f"{self._what}: status {reply.status}: {_told(said)}", reply.status, _asked_s(reply))
        return json.loads(said)

    def _open(self) -> "ClientSession":
        from aiohttp import ClientSession, ClientTimeout, TCPConnector

        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Authorization": f"Bearer {os.environ.get(self._config.api_key_env) or 'none'}",
        }
        self._session = ClientSession(
            connector=TCPConnector(limit=0, ssl=_trusted() if self._root.startswith("https:") else True),
            headers=headers,
            timeout=ClientTimeout(total=self._config.timeout_s, sock_connect=_CONNECT_S),
            proxy=_proxy(self._root),
        )
        return self._session


def encoded(value: object) -> bytes:
    """JSON as the wire takes it. Raises UnicodeEncodeError for text that is no Unicode (half a surrogate pair)."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def encoded_with(request: dict[str, object], name: str, items: Sequence[bytes]) -> bytes:
    """A request's JSON with one more field: a list whose items are JSON already."""
    return b'%s,"%s":[%s]}' % (encoded(request)[:-1], name.encode(), b",".join(items))


def _told(said: bytes) -> str:
    """What an error says in one line: the message of the usual shapes, else the start of the body."""
    text = said.decode("utf-8", "replace")
    try:
        found = json.loads(text)
    except ValueError:
        found = text
    for name in ("error", "message", "detail"):
        if isinstance(found, dict) and name in found:
            found = found[name]
    return " ".join(str(found).split())[:500] or "no message"


def _asked_s(reply: "ClientResponse") -> float | None:
    """Seconds to wait, where the server names a number that is worth waiting for."""
    try:
        wait_s = float(reply.headers.get("Retry-After", ""))
    except ValueError:
        return None
    return wait_s if 0 < wait_s <= _LONGEST_ASKED_S else None


def _wait_s(attempt: int) -> float:
    longest = min(_FIRST_WAIT_S * 2.0 ** (attempt - 1), _LONGEST_WAIT_S)
    return longest * random.uniform(0.75, 1.0)


def _proxy(url: str) -> str | None:
    """The proxy that the environment names for an address; aiohttp itself would look it up anew for every call."""
    parts = urlsplit(url)
    return None if proxy_bypass(parts.netloc) else getproxies().get(parts.scheme)


def _trusted() -> ssl.SSLContext:
    """The system's authorities and, as Pythons from installers know none, those of certifi."""
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
