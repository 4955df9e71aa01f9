"""Faults of a server's own answers: refusals, late answers, answers held back. Clients try again."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus

from starlette.types import Receive, Scope, Send

from redsearcher.web.fault.config import FaultConfig
from redsearcher.web.fault.draw import Draw, pick, share
from redsearcher.web.moment import HEADER, MOMENT, TRY_HEADER, Moment, read_moment
from redsearcher.web.server.failure import ApiError, reply

SPARED = frozenset({"/health", "/metrics", "/openapi.json", "/tools"})
"""Paths by which clients find out what there is; no answer of theirs is spoilt."""
_STATUS = {
    "too_many": HTTPStatus.TOO_MANY_REQUESTS,
    "error": HTTPStatus.INTERNAL_SERVER_ERROR,
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "forbidden": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "timeout": HTTPStatus.GATEWAY_TIMEOUT,
}
_REMEMBERED = 1 << 16


class Asked:
    """How often each request came. Clients of ours tell the moment and the try; for others equal requests are counted,
    each process of a server for itself, the latest 65,536 of them."""

    def __init__(self) -> None:
        self._counts: OrderedDict[bytes, int] = OrderedDict()

    def moment(self, headers: dict[bytes, bytes], digest: bytes) -> tuple[Moment, int]:
        """The moment of a request, and which try of it this is."""
        told = read_moment(headers.get(HEADER.encode(), b"").decode("latin-1"))
        n_tries = headers.get(TRY_HEADER.encode(), b"0")
        if told is not None:
            return told, int(n_tries) if n_tries.isdigit() and len(n_tries) < 10 else 0
        count = self._counts.pop(digest, 0)
        self._counts[digest] = count + 1
        if len(self._counts) > _REMEMBERED:
            self._counts.popitem(last=False)
        return Moment(0, count), count


class Wire:
    """One fault table on the wire. `told` counts kinds."""

    def __init__(self, config: FaultConfig, told: Callable[[str, str], None]) -> None:
        self._config, self._draw, self._told, self._asked = config, Draw(config), told, Asked()
        self._rates = {kind: getattr(config.wire, kind) for kind in _STATUS}

    async def spoil(self, scope: Scope, receive: Receive, send: Send, body: bytes) -> bool:
        """Set the moment of the request, be late as the table has it, and answer in the application's place where it
        has that; returns whether it did."""
        digest = hashlib.blake2b(body, digest_size=16)
        digest.update(scope["path"].encode() + b"?" + scope["query_string"])
        moment, n_tries = self._asked.moment(dict(scope["headers"]), digest.digest())
        MOMENT.set(moment)
        if not self._config.any_wire or scope["path"] in SPARED:
            return False
        seed, path = self._config.seed, (digest.hexdigest(), *moment, n_tries)
        late_s = self._draw.lateness_s("wire", f"{digest.hexdigest()} {n_tries}", moment)
        if late_s:
            self._told("wire", "slow")
            await asyncio.sleep(late_s * self._config.pace)
        kind = pick(self._rates, share(seed, "wire", *path))
        if kind is None:
            return False
        self._told("wire", kind)
        if kind == "timeout":
            await asyncio.sleep(self._config.wire.hold_s * self._config.pace)
        status = _STATUS[kind]
        error = ApiError(status, status.phrase, retry_after_s=0 if kind == "too_many" else None)
        await reply(error)(scope, receive, send)
        return True
