"""The tools over MCP: schemas as a policy learns them, and the very text it reads in process."""

from typing import Any

from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import CallToolRequestParams, CallToolResult, ListToolsResult, TextContent, Tool

from redsearcher import __version__
from redsearcher.records.tool import ToolCall
from redsearcher.web.arguments import clean
from redsearcher.web.client.mcp import ERROR_KEY
from redsearcher.web.moment import META, MOMENT, read_moment
from redsearcher.web.toolbox import Toolbox

_LOCAL = ("127.0.0.1", "localhost", "[::1]")


def session_manager(toolbox: Toolbox, web: str, *, local: bool) -> StreamableHTTPSessionManager:
    """Streamable HTTP without sessions, so that any process can answer any request.

    `local`: the server listens on this machine alone, so a request that names another host comes from a page that plays
    tricks with DNS, and is refused.
    """
    security = TransportSecuritySettings(
        enable_dns_rebinding_protection=local,
        allowed_hosts=[form for host in _LOCAL for form in (host, f"{host}:*")],
        allowed_origins=[form for host in _LOCAL for form in (f"http://{host}", f"http://{host}:*")],
    )
    return StreamableHTTPSessionManager(
        _server(toolbox, web), json_response=True, stateless=True, security_settings=security
    )


def _server(toolbox: Toolbox, web: str) -> Server[Any]:
    listed = ListToolsResult(
        tools=[
            Tool(name=schema.name, description=schema.description, input_schema=schema.parameters)
            for schema in toolbox.schemas
        ]
    )

    async def on_list_tools(_: Any, __: Any) -> ListToolsResult:
        return listed

    async def on_call_tool(_: Any, params: CallToolRequestParams) -> CallToolResult:
        if (moment := read_moment((params.meta or {}).get(META))) is not None:
            MOMENT.set(moment)
        found = await toolbox.call(ToolCall(id="", name=params.name, arguments=params.arguments or {}))
        content = TextContent(text=clean(found.content))
        if found.error is None:
            return CallToolResult(content=[content])
        return CallToolResult(content=[content], is_error=True, _meta={ERROR_KEY: found.error})

    return Server(
        "redsearcher", version=__version__, title=f"web {web}", on_list_tools=on_list_tools, on_call_tool=on_call_tool
    )
