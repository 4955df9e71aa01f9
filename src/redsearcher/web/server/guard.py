"""What every request passes: the meter, the gate, the limit on its size, the faults of the wire."""

from collections.abc import MutableMapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from redsearcher.web.server.failure import ApiError, reply
from redsearcher.web.server.gate import Gate
from redsearcher.web.server.meter import Meter
from redsearcher.web.server.wire import Wire

OPEN = frozenset({"/health", "/openapi.json"})
"""Paths that need no key."""
UNCOUNTED = OPEN | {"/metrics"}
"""Paths that no quota counts."""
MAX_BODY = 1 << 20
GONE = 499
"""Status under which a request is counted whose sender left before it was read, as nginx counts it."""


class _GoneError(Exception):
    """The sender left."""


class Guard:
    """Wraps an application. Bodies are read whole before it sees them: they are small, and a large one ends here."""

    def __init__(
        self, app: ASGIApp, meter: Meter, gate: Gate, max_body: int = MAX_BODY, wire: Wire | None = None
    ) -> None:
        self._app, self._meter, self._gate, self._max_body, self._wire = app, meter, gate, max_body, wire

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the application do it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with self._meter.request(scope["path"]) as seen:

            async def sent(message: Message) -> None:
                if message["type"] == "http.response.start":
                    seen.status = message["status"]
                await send(message)

            try:
                if scope["path"] not in OPEN:
                    self._gate.admit(dict(scope["headers"]), counted=scope["path"] not in UNCOUNTED)
                body = await self._whole(scope, receive)
            except ApiError as error:
                await reply(error)(scope, receive, sent)
                return
            except _GoneError:
                seen.status = GONE
                return
            if self._wire is not None and await self._wire.spoil(scope, receive, sent, body or b""):
                return
            await self._app(scope, receive if body is None else _once(body, receive), sent)

    async def _whole(self, scope: Scope, receive: Receive) -> bytes | None:
        """The body in one piece; None where there is none to read. Raises ApiError where it is too large, _GoneError
        where it does not come."""
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return None
        if _length(dict(scope["headers"])) > self._max_body:
            raise self._too_large()
        body, more = b"", True
        while more:
            message: MutableMapping[str, Any] = await receive()
            if message["type"] != "http.request":
                raise _GoneError
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self._max_body:
                raise self._too_large()
        return body

    def _too_large(self) -> ApiError:
        return ApiError(413, f"a request may have {self._max_body:,} bytes")


def _once(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body, then what else comes."""
    whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def once() -> Message:
        return whole.pop() if whole else await receive()

    return once


def _length(headers: dict[bytes, bytes]) -> int:
    given = headers.get(b"content-length", b"")
    return int(given) if given.isdigit() else 0
