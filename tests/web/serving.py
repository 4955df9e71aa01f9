"""A real server over loopback, on a thread of its own."""

import asyncio
import threading
from typing import Any

import httpx
import pytest

from redsearcher.web.engine import Web
from redsearcher.web.fault.config import FaultConfig
from redsearcher.web.tool.kit import make_tools
from redsearcher.world.tooling import ToolKnowledge

for name in ("fastapi", "uvicorn", "mcp", "prometheus_client"):
    pytest.importorskip(name, reason=f"the server needs {name}")


class ServedHere:
    """Serves a web, and what tools there are, until the block ends. `url` is the root."""

    def __init__(
        self,
        web: Web,
        knowledge: ToolKnowledge | None = None,
        port: int = 0,
        faults: FaultConfig | None = None,
        **settings: Any,
    ) -> None:
        from redsearcher.llm.server.run import listen
        from redsearcher.web.server.app import make_app
        from redsearcher.web.server.served import served

        names = ("python", "scholar", "maps") if knowledge else ("python",)
        self.tools = make_tools(names, knowledge)
        self.app = make_app(served(web, self.tools, knowledge, faults), **settings)
        self._bound = listen("127.0.0.1", port)
        self.url = f"http://127.0.0.1:{self._bound.getsockname()[1]}"
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def __enter__(self) -> "ServedHere":
        self._thread.start()
        assert self._ready.wait(30)
        self.client = httpx.Client(base_url=self.url, timeout=30)
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self._server.should_exit = True
        self._thread.join(30)
        assert not self._thread.is_alive()
        for tool in self.tools:
            tool.close()

    async def _run(self) -> None:
        from redsearcher.llm.server.run import Server

        self._server = Server(self.app, self._ready.set)
        await self._server.serve([self._bound])

    def post(self, path: str, body: object, **headers: str) -> Any:
        """The JSON of a reply that must be good."""
        reply = self.client.post(path, json=body, headers=headers)
        assert reply.status_code == 200, reply.text
        return reply.json()
