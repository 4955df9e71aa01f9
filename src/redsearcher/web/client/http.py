"""A web behind HTTP: a server of ours."""

from redsearcher.errors import InputError, OutageError, ToolError, UnavailableError
from redsearcher.records.tool import INTERFACE_VERSION, SCHEMAS, Hit, Page, ToolSchema
from redsearcher.web.client import shape
from redsearcher.web.client.config import ServerConfig
from redsearcher.web.client.line import Line, Reply
from redsearcher.web.index import WebInfo

UNUSABLE = frozenset({400, 404, 413, 414, 422})
"""Statuses that say the query was at fault, not the service."""
UNAVAILABLE = 422
"""The status by which a server of ours says that what it asked for its answer was not there at that moment."""


class ServedWeb:
    """A web of ours on another machine or in another process: the server cuts pages to a goal."""

    def __init__(self, config: ServerConfig, line: Line, info: WebInfo) -> None:
        self.info = info
        self._root, self._line = config.root, line

    def search(self, query: str, k: int, snippet_chars: int) -> list[Hit]:
        """As the web itself would. Raises ToolError, OutageError."""
        asked = {"q": query, "num": k, "snippet_chars": snippet_chars}
        reply = self._line.post(f"{self._root}/search", asked)
        if reply.status == UNAVAILABLE:
            raise UnavailableError(reply.message)
        return read_hits(reply, k, self._root)

    def visit(self, url: str, goal: str, max_chars: int) -> Page:
        """As the web itself would. Raises ToolError, OutageError."""
        reply = self._line.post(f"{self._root}/r", {"url": url, "goal": goal, "max_chars": max_chars})
        if reply.status in UNUSABLE:
            raise ToolError(reply.message)
        if reply.status != 200:
            raise outage(self._root, reply)
        try:
            return shape.page(reply.json)
        except ValueError as error:
            raise OutageError(f"{self._root} answered with no page: {error}") from error


def greet(config: ServerConfig, line: Line) -> tuple[WebInfo, tuple[str, ...]]:
    """Which web a server has, and the names of its tools.

    Raises OutageError where nobody answers or the key is refused, InputError where it is no server of ours or has other
    tools than a policy learns here.
    """
    health, tools = line.get(f"{config.root}/health"), line.get(f"{config.root}/tools")
    try:
        info = WebInfo.model_validate(health.json["web"])
        schemas = [ToolSchema.model_validate(schema) for schema in tools.json["tools"]]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{config.root} is no web server of this version; expected one that `redsearcher web serve` started"
        ) from error
    strange = [schema.name for schema in schemas if SCHEMAS.get(schema.name) != schema]
    if strange or health.json.get("interface_version") != INTERFACE_VERSION:
        raise InputError(f"{config.root} has another interface version; serve it with the version that asks it")
    return info, tuple(schema.name for schema in schemas)


def read_hits(reply: Reply, k: int, where: str) -> list[Hit]:
    """The hits of a reply in Serper's shape. Raises ToolError for a query at fault, OutageError for anything else."""
    if reply.status in UNUSABLE:
        raise ToolError(f"this query cannot be answered ({reply.message}). Ask in another way.")
    if reply.status != 200:
        raise outage(where, reply)
    try:
        return shape.hits(reply.json, k)
    except ValueError as error:
        raise OutageError(f"{where} answered with no results: {error}") from error


def outage(where: str, reply: Reply) -> OutageError:
    """A service that fails."""
    return OutageError(f"{where} fails: {reply.message}; see to it, then run the same command again")
