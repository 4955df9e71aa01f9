"""The tools of a server of ours over MCP: observations come as text and are passed on as they are."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from redsearcher.errors import InputError, OutageError, RedsearcherError, ToolError
from redsearcher.records.tool import SCHEMAS, Observation, ToolCall, ToolSchema
from redsearcher.web import arguments
from redsearcher.web.client.config import ServerConfig, key_in
from redsearcher.web.moment import META, MOMENT, Moment
from redsearcher.web.render import render_error
from redsearcher.web.toolbox import refusal

if TYPE_CHECKING:
    from mcp.client.client import Client

ERROR_KEY = "redsearcher/error"
"""Where the result of a failed call names the kind of failure."""


class McpTools:
    """The named tools of an MCP server. A call that the server fails is an Observation with an error."""

    def __init__(self, url: str, names: Sequence[str], client: "Client", loop: asyncio.AbstractEventLoop) -> None:
        self._url, self._client, self._loop = url, client, loop
        self._schemas = tuple(schema for name, schema in SCHEMAS.items() if name in names)

    @property
    def schemas(self) -> tuple[ToolSchema, ...]:
        """What a model may call."""
        return self._schemas

    async def call(self, call: ToolCall) -> Observation:
        """Run one call. Raises OutageError where the server is gone or refuses."""
        try:
            return refusal(call, self._schemas) or await self._send(call)
        except ToolError as error:
            return Observation(call_id=call.id, content=render_error(str(error)), error="bad_arguments")

    async def _send(self, call: ToolCall) -> Observation:
        asked = self._ask(call.name, arguments.sendable(call.arguments), MOMENT.get())
        content, error = await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(asked, self._loop))
        return Observation(call_id=call.id, content=content, error=error)

    async def _ask(self, name: str, given: dict[str, Any], moment: Moment | None) -> tuple[str, str | None]:
        from mcp.shared.exceptions import MCPError
        from mcp_types import INVALID_PARAMS, INVALID_REQUEST, PARSE_ERROR

        try:
            meta: Any = {META: str(moment)} if moment is not None else None
            found = await self._client.call_tool(name, given, meta=meta)
        except MCPError as error:
            if error.error.code in (INVALID_PARAMS, INVALID_REQUEST, PARSE_ERROR):
                raise ToolError(f"{error.error.message}. Call it again.") from error
            raise OutageError(
                f"the MCP server at {self._url} fails ({error.error.message}); see that it runs, then run the same "
                "command again"
            ) from error
        text = "\n".join(part.text for part in found.content if part.type == "text")
        return text, str((found.meta or {}).get(ERROR_KEY, "tool_error")) if found.is_error else None


@contextmanager
def mcp_tools(config: ServerConfig, names: Sequence[str]) -> Iterator[McpTools]:
    """Connect, on an event loop of its own, and let go at the end.

    Raises InputError where the server lacks a tool or has it with another schema, OutageError where it does not answer.
    """
    ready: Future[McpTools] = Future()
    leaving = threading.Event()
    with ThreadPoolExecutor(1, thread_name_prefix="mcp") as own:
        running = own.submit(lambda: asyncio.run(_hold(config, names, ready, leaving)))
        either: set[Future[Any]] = {ready, running}
        wait(either, return_when=FIRST_COMPLETED)
        if not ready.done():
            raise _told(running.exception(), config.root)
        try:
            yield ready.result()
        finally:
            leaving.set()


async def _hold(
    config: ServerConfig, names: Sequence[str], ready: "Future[McpTools]", leaving: threading.Event
) -> None:
    """Open and close in one task, which the client asks for."""
    from mcp.client.client import Client
    from mcp.client.streamable_http import streamable_http_client

    from redsearcher.web.client.patient import patient_client

    url = f"{config.root}/mcp"
    async with (
        patient_client(config.line, key_in(config.key_env)) as http,
        Client(streamable_http_client(url, http_client=http)) as client,
    ):
        _check({tool.name: tool for tool in (await client.list_tools()).tools}, names, url)
        ready.set_result(McpTools(url, names, client, asyncio.get_running_loop()))
        await asyncio.to_thread(leaving.wait)


def _check(offered: dict[str, Any], names: Sequence[str], url: str) -> None:
    for name in names:
        if name not in offered:
            raise InputError(f"{url} has no tool {name}; it has {', '.join(offered)} (maps and scholar need --world)")
        schema = SCHEMAS[name]
        if (offered[name].description, offered[name].input_schema) != (schema.description, schema.parameters):
            raise InputError(f"{url} has {name} with another schema; serve it with the version that asks it")


def _told(error: BaseException | None, root: str) -> RedsearcherError:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, RedsearcherError):
        return error
    return OutageError(f"the MCP server at {root}/mcp does not answer ({error}); see that it runs")
