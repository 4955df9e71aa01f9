"""The tools of one episode over a web: search, visit and what else is on, called by name, answering in text."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from redsearcher.errors import ToolError, UnavailableError
from redsearcher.records.tool import SEARCH, VISIT, Observation, ToolCall, ToolSchema
from redsearcher.web import arguments
from redsearcher.web.backend import Backend
from redsearcher.web.config import ShownConfig
from redsearcher.web.render import (
    BETWEEN_PAGES,
    BETWEEN_QUERIES,
    render_error,
    render_missing,
    render_page,
    render_results,
    render_unanswered,
)
from redsearcher.web.tool.base import Tool

R = TypeVar("R")


class Toolbox:
    """Tools over one web, showing as much as `config` (by default the web's own) says.

    What a model does wrong comes back as an Observation with an error, never as an exception.
    """

    def __init__(
        self, web: Backend, config: ShownConfig | None = None, more: Sequence[Tool] = (), *, side_by_side: bool = False
    ) -> None:
        """`side_by_side`: the queries or URLs of one call wait together, for a web that is far away."""
        self._web, self._config, self._more = web, config or web.info.config, tuple(more)
        self._each = _side_by_side if side_by_side else _in_turn
        self._tools: dict[str, Callable[[ToolCall], Awaitable[Observation]]] = {
            SEARCH.name: self._search,
            VISIT.name: self._visit,
            **{tool.schema.name: _in_thread(tool) for tool in more},
        }
        self.schemas: tuple[ToolSchema, ...] = (SEARCH, VISIT, *(tool.schema for tool in more))
        """What a model may call."""

    def through(self, web: Callable[[Backend], Backend], tool: Callable[[Tool], Tool]) -> "Toolbox":
        """The same tools with something put before the web and before each further tool."""
        return Toolbox(web(self._web), self._config, [tool(one) for one in self._more], side_by_side=True)

    async def call(self, call: ToolCall) -> Observation:
        """Run one call. `error` is unknown_tool, bad_arguments, not_found where none of the URLs has a page, or
        unavailable where no query was answered; further tools have kinds of their own. Raises OutageError where the
        web is gone."""
        try:
            return refusal(call, self.schemas) or await self._tools[call.name](call)
        except ToolError as error:
            return Observation(call_id=call.id, content=render_error(str(error)), error="bad_arguments")

    async def _search(self, call: ToolCall) -> Observation:
        queries = arguments.texts("query", call.arguments["query"], self._config.max_per_call)
        blocks = await self._each(self._results, queries)
        failed = not any(answered for _, answered in blocks)
        content = BETWEEN_QUERIES.join(text for text, _ in blocks)
        return Observation(call_id=call.id, content=content, error="unavailable" if failed else None)

    def _results(self, query: str) -> tuple[str, bool]:
        """The text of a query's results, and whether somebody answered it."""
        try:
            found = self._web.search(query, self._config.n_results, self._config.snippet_chars)
        except UnavailableError as error:
            return render_unanswered(query, str(error)), False
        return render_results(query, found, show_urls=self._config.show_urls), True

    async def _visit(self, call: ToolCall) -> Observation:
        given: Mapping[str, Any] = call.arguments
        urls = arguments.texts("url", given["url"], self._config.max_per_call)
        goal = arguments.text("goal", given["goal"])
        pages = await self._each(partial(self._page, goal), urls)
        failed = not any(opened for _, opened in pages)
        text = BETWEEN_PAGES.join(text for text, _ in pages)
        return Observation(call_id=call.id, content=text, error="not_found" if failed else None)

    def _page(self, goal: str, url: str) -> tuple[str, bool]:
        """The text of a page, and whether it could be opened."""
        try:
            return render_page(self._web.visit(url, goal, self._config.visit_chars)), True
        except ToolError as error:
            return render_missing(url, str(error)), False


def refusal(call: ToolCall, schemas: Sequence[ToolSchema]) -> Observation | None:
    """What a call comes to that no tool can take: one by a strange name, or with arguments missing or unknown."""
    schema = next((schema for schema in schemas if schema.name == call.name), None)
    if schema is None:
        known = ", ".join(schema.name for schema in schemas)
        text = f"there is no tool {arguments.clean(call.name)[:60]!r}; the tools are {known}. Call one of them."
        return Observation(call_id=call.id, content=render_error(text), error="unknown_tool")
    try:
        arguments.check_names(schema, call.arguments)
    except ToolError as error:
        return Observation(call_id=call.id, content=render_error(str(error)), error="bad_arguments")
    return None


async def _in_turn(function: Callable[[str], R], items: Sequence[str]) -> list[R]:
    return await asyncio.to_thread(lambda: [function(item) for item in items])


async def _side_by_side(function: Callable[[str], R], items: Sequence[str]) -> list[R]:
    return list(await asyncio.gather(*(asyncio.to_thread(function, item) for item in items)))


def _in_thread(tool: Tool) -> Callable[[ToolCall], Awaitable[Observation]]:
    return lambda call: asyncio.to_thread(tool.run, call)
