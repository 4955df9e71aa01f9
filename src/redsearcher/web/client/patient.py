"""An HTTP client for MCP that tries again: one broken connection would otherwise end every call in flight."""

import asyncio
import json

import httpx2

from redsearcher.web.client.config import LineConfig
from redsearcher.web.client.patience import RETRIED, pauses
from redsearcher.web.moment import TRY_HEADER


class PatientTransport(httpx2.AsyncBaseTransport):
    """Sends a request again where the service is busy or away, as patience allows. Never raises for a lost connection:
    that becomes status 503."""

    def __init__(self, config: LineConfig) -> None:
        self._config = config
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=config.connections)
        self._inner = httpx2.AsyncHTTPTransport(limits=limits)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The first reply that is worth having, else the last one."""
        n_tries = 0
        for pause in pauses(self._config):
            reply = await self._try(request, n_tries)
            n_tries += 1
            if reply.status_code not in RETRIED:
                return reply
            await reply.aclose()
            await asyncio.sleep(pause)
        return await self._try(request, n_tries)

    async def _try(self, request: httpx2.Request, n_tries: int) -> httpx2.Response:
        request.headers[TRY_HEADER] = str(n_tries)
        try:
            return await self._inner.handle_async_request(request)
        except httpx2.TransportError as error:
            trouble = {
                "jsonrpc": "2.0",
                "id": None,
                "error": {"code": -32603, "message": str(error) or type(error).__name__},
            }
            content = json.dumps(trouble).encode()
            return httpx2.Response(503, headers={"Content-Type": "application/json"}, content=content, request=request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


def patient_client(config: LineConfig, key: str | None) -> httpx2.AsyncClient:
    """A client over that transport, which shows the key."""
    headers = {"Authorization": f"Bearer {key}"} if key is not None else {}
    return httpx2.AsyncClient(transport=PatientTransport(config), headers=headers, timeout=config.timeout_s)
