"""The tools of one episode over a web: search, visit and what else is on, called by name, answering in text."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from redsearcher.errors import ToolError
from redsearcher.records.tool import SEARCH, VISIT, Observation, ToolCall, ToolSchema
from redsearcher.web import arguments
from redsearcher.web.config import WebConfig
from redsearcher.web.engine import Web
from redsearcher.web.render import (
    BETWEEN_PAGES,
    BETWEEN_QUERIES,
    render_error,
    render_missing,
    render_page,
    render_results,
)
from redsearcher.web.tool.base import Tool


class Toolbox:
    """Tools over one web, showing as much as `config` (by default the web's own) says.

    What a model does wrong comes back as an Observation with an error, never as an exception.
    """

    def __init__(self, web: Web, config: WebConfig | None = None, more: Sequence[Tool] = ()) -> None:
        self._web, self._config = web, config or web.info.config
        self._tools: dict[str, tuple[ToolSchema, Callable[[ToolCall], Observation]]] = {
            SEARCH.name: (SEARCH, self._search),
            VISIT.name: (VISIT, self._visit),
            **{tool.schema.name: (tool.schema, tool.run) for tool in more},
        }

    @property
    def schemas(self) -> tuple[ToolSchema, ...]:
        """What a model may call."""
        return tuple(schema for schema, _ in self._tools.values())

    async def call(self, call: ToolCall) -> Observation:
        """Run one call. `error` is unknown_tool, bad_arguments, or not_found where none of the URLs has a page;
        further tools have kinds of their own."""
        if call.name not in self._tools:
            known = ", ".join(self._tools)
            text = f"there is no tool {arguments.clean(call.name)[:60]!r}; the tools are {known}. Call one of them."
            return Observation(call_id=call.id, content=render_error(text), error="unknown_tool")
        schema, run = self._tools[call.name]
        try:
            arguments.check_names(schema, call.arguments)
            return await asyncio.to_thread(run, call)
        except ToolError as error:
            return Observation(call_id=call.id, content=render_error(str(error)), error="bad_arguments")

    def _search(self, call: ToolCall) -> Observation:
        queries = arguments.texts("query", call.arguments["query"], self._config.max_per_call)
        n_results, snippet_chars = self._config.n_results, self._config.snippet_chars
        blocks = [render_results(query, self._web.search(query, n_results, snippet_chars)) for query in queries]
        return Observation(call_id=call.id, content=BETWEEN_QUERIES.join(blocks))

    def _visit(self, call: ToolCall) -> Observation:
        given: Mapping[str, Any] = call.arguments
        urls = arguments.texts("url", given["url"], self._config.max_per_call)
        goal = arguments.text("goal", given["goal"])
        blocks, n_failed = [], 0
        for url in urls:
            try:
                blocks.append(render_page(self._web.visit(url, goal, self._config.visit_chars)))
            except ToolError as error:
                blocks.append(render_missing(url, str(error)))
                n_failed += 1
        failed = n_failed == len(urls)
        return Observation(call_id=call.id, content=BETWEEN_PAGES.join(blocks), error="not_found" if failed else None)
