"""The HTTP server: routes and their replies."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from anyio.to_thread import current_default_thread_limiter, run_sync
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp
from pydantic_core import to_json
from starlette.routing import Route

from redsearcher import __version__
from redsearcher.records.tool import ToolCall
from redsearcher.web.server import reader
from redsearcher.web.server.ask import (
    ReadAsk,
    RetrieveAsk,
    SearchAsk,
    ToolAsk,
    body_of,
    searches,
)
from redsearcher.web.server.failure import JSON, ApiError, add_errors, tell_errors
from redsearcher.web.server.foreign import add_foreign
from redsearcher.web.server.gate import Gate, make_gate
from redsearcher.web.server.guard import MAX_BODY, Guard
from redsearcher.web.server.mcp import session_manager
from redsearcher.web.server.meter import Meter
from redsearcher.web.server.retrieve import retrieve_reply
from redsearcher.web.server.serper import Json, Papers, PlaceBook, search_reply
from redsearcher.web.server.served import Served
from redsearcher.web.server.wire import Wire

Answer = Callable[[SearchAsk], Json]
LATE_THREADS = 512
"""Answers that may be late at once, where faults are injected: a thread waits with each."""


def make_app(
    served: Served,
    *,
    key: str | None = None,
    gate: Gate | None = None,
    local: bool = True,
    max_body: int = MAX_BODY,
) -> FastAPI:
    """An application that serves a web and its tools, which stay the caller's to close.

    `key`: what requests must show, `gate` instead of it where there are several; `local`: it listens on this machine
    alone; `max_body`: bytes a request may have.
    """
    web_id = served.web.info.id
    meter, wire, gate = Meter(web_id), None, gate or make_gate(key)
    gate.told = meter.key
    if served.faults is not None:
        served.faults.listen(lambda fault: meter.fault(fault.tool, fault.kind))
        wire = Wire(served.faults.config, meter.fault)
    over_mcp = session_manager(served.toolbox, web_id, local=local)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        threads = ThreadPoolExecutor(LATE_THREADS) if served.faults is not None else None
        if threads is not None:
            asyncio.get_running_loop().set_default_executor(threads)
            current_default_thread_limiter().total_tokens = LATE_THREADS
        async with over_mcp.run():
            yield

    app = FastAPI(
        title="redsearcher web",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        lifespan=life,
        redirect_slashes=False,
    )
    add_errors(app)
    app.add_middleware(Guard, meter=meter, gate=gate, max_body=max_body, wire=wire)
    app.router.routes.append(Route("/mcp", endpoint=StreamableHTTPASGIApp(over_mcp)))
    _add_searches(app, served)
    _add_reader(app, served)
    _add_tools(app, served)
    add_foreign(app, served)
    tell_errors(app)

    @app.get("/health")
    async def health() -> Response:
        """Which web is served, and with which tools. Needs no key."""
        return _json(served.health)

    @app.get("/metrics")
    async def metrics() -> Response:
        """Counts and times in Prometheus's text format."""
        text, kind = meter.text()
        return Response(text, media_type=kind)

    return app


def _add_searches(app: FastAPI, served: Served) -> None:
    answers: dict[str, Answer] = {"search": partial(search_reply, served.web)}
    if served.knowledge is None:
        answers |= dict.fromkeys(("scholar", "maps", "places"), _no_world)
    else:
        book = PlaceBook(served.knowledge)
        answers["scholar"] = Papers(served.web, served.knowledge).reply
        answers |= {kind: partial(book.reply, kind) for kind in ("maps", "places")}
    for name, answer in answers.items():
        route = _searching(answer, may_wait=served.faults is not None)
        app.post(f"/{name}", name=name, openapi_extra=body_of(SearchAsk, batch=True))(route)
        app.get(f"/{name}", include_in_schema=False)(route)

    @app.post("/retrieve", openapi_extra=body_of(RetrieveAsk))
    async def retrieve(request: Request) -> Response:
        """Passages for several queries."""
        ask = RetrieveAsk.model_validate_json(await request.body())
        return _json(await run_sync(retrieve_reply, served.web, ask))


def _no_world(_: SearchAsk) -> Json:
    raise ApiError(404, "this server has no world; start it with --world")


def _searching(answer: Answer, *, may_wait: bool) -> Callable[[Request], Any]:
    async def search(request: Request) -> Response:
        """Results for one query, or a list of them for a list of queries."""
        asked = searches(await request.body(), request.query_params)
        if isinstance(asked, SearchAsk):
            if may_wait:
                return _json(await run_sync(answer, asked))
            return _json(answer(asked))  # a thread would take its millisecond from the loop as well
        return _json(await run_sync(lambda: [answer(ask) for ask in asked]))

    return search


def _add_reader(app: FastAPI, served: Served) -> None:
    async def answer(request: Request, ask: ReadAsk) -> Response:
        headers = request.headers
        form = headers.get("x-respond-with") or headers.get("x-return-format") or ""
        links = headers.get("x-with-links-summary") or ""
        reading = partial(reader.read, served.web, ask, form=form, links=links)
        data = reading() if served.faults is None else await run_sync(reading)
        if "json" in headers.get("accept", ""):
            return _json({"code": 200, "status": 20000, "data": data})
        return PlainTextResponse(reader.as_text(data))

    @app.get("/r/{url:path}")
    async def read(request: Request, url: str) -> Response:
        """The page at a URL, as markdown, or as JSON for those who accept that."""
        raw = request.scope.get("raw_path") or url.encode()
        return await answer(request, ReadAsk(url=reader.asked_url(raw, "/r/", request.scope["query_string"])))

    @app.post("/r", openapi_extra=body_of(ReadAsk))
    @app.post("/r/", include_in_schema=False)
    async def read_post(request: Request) -> Response:
        """The same for a URL in the body, which may tell a goal."""
        return await answer(request, ReadAsk.model_validate_json(await request.body()))


def _add_tools(app: FastAPI, served: Served) -> None:
    names = {schema.name for schema in served.toolbox.schemas}
    listed = {"tools": [schema.model_dump() for schema in served.toolbox.schemas]}

    @app.get("/tools")
    async def tools() -> Response:
        """The tools as a model sees them."""
        return _json(listed)

    @app.post("/tools/{name}", openapi_extra=body_of(ToolAsk))
    async def call(request: Request, name: str) -> Response:
        """What a tool answers a model: `content`, and the kind of `error` if there is one."""
        if name not in names:
            raise ApiError(404, f"there is no tool {name[:60]!r}; the tools are {', '.join(sorted(names))}")
        ask = ToolAsk.model_validate_json(await request.body())
        found = await served.toolbox.call(ToolCall(id="", name=name, arguments=ask.arguments))
        return _json({"content": found.content, "error": found.error})


def _json(value: object, status: int = 200) -> Response:
    return Response(to_json(value), status, media_type=JSON)
