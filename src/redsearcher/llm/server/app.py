"""The HTTP server: routes, errors in OpenAI's shape, streams as server-sent events."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.exceptions import HTTPException

from redsearcher.errors import ModelError
from redsearcher.llm.render import Renderer
from redsearcher.llm.server.chat import ChatService
from redsearcher.llm.server.completion import CompletionService
from redsearcher.llm.server.failure import ApiError
from redsearcher.llm.server.generation import ServedEngine
from redsearcher.llm.server.reply import Json
from redsearcher.llm.server.schema import ChatRequest, Common, CompletionRequest

_CLIENT_GONE = 499


def make_app(engine: ServedEngine, renderer: Renderer, model: str) -> FastAPI:
    """An application that serves `engine` as `model`. The engine stays the caller's to close."""
    app = FastAPI(title="redsearcher model server", docs_url=None, redoc_url=None, openapi_url=None)
    chats = ChatService(engine, renderer, model)
    completions = CompletionService(engine, renderer.tokenizer, renderer.stop_ids, model)
    _add_errors(app)

    @app.get("/health")
    async def health() -> Response:
        if engine.trouble is not None:
            return JSONResponse({"status": "down", "detail": f"the engine {engine.trouble}"}, 503)
        return JSONResponse({"status": "ok"})

    @app.get("/v1/models")
    async def models() -> Json:
        return {"object": "list", "data": [_card(engine, model)]}

    @app.get("/v1/models/{name:path}")
    async def one_model(name: str) -> Json:
        _check_model(name, model)
        return _card(engine, model)

    @app.post("/v1/chat/completions")
    async def chat(body: ChatRequest, http: Request) -> Response:
        _check(body, model)
        asked = chats.read(body)
        if body.stream:
            return _events(chats.stream(asked))
        return await _while_connected(http, chats.answer(asked))

    @app.post("/v1/completions")
    async def completion(body: CompletionRequest, http: Request) -> Response:
        _check(body, model)
        jobs = completions.read(body)
        if body.stream and len(jobs) > 1:
            raise ApiError(400, "a stream has one choice; send one prompt with n = 1", "stream")
        if body.stream:
            return _events(completions.stream(body, jobs[0]))
        return await _while_connected(http, completions.answer(body, jobs))

    return app


def _card(engine: ServedEngine, model: str) -> Json:
    created = int(time.time())
    return {
        "id": model, "object": "model", "created": created, "owned_by": "redsearcher", "max_model_len": engine.window,
    }  # fmt: skip


def _check(body: Common, model: str) -> None:
    if body.model:
        _check_model(body.model, model)
    if body.stream and body.n > 1:
        raise ApiError(400, "a stream has one choice; send n = 1", "n")


def _check_model(asked: str, model: str) -> None:
    if asked != model:
        raise ApiError(404, f"the model {asked!r} is not here; this server has {model!r}", "model", "model_not_found")


async def _while_connected(http: Request, answer: Coroutine[Any, Any, Json]) -> Response:
    """The answer, called off when the client goes away."""
    made = asyncio.ensure_future(answer)
    gone = asyncio.ensure_future(_disconnected(http))
    try:
        await asyncio.wait((made, gone), return_when=asyncio.FIRST_COMPLETED)
        if not made.done():
            return Response(status_code=_CLIENT_GONE)
        return JSONResponse(made.result())
    except ExceptionGroup as errors:
        first = errors.exceptions[0]
        if isinstance(first, ModelError):
            raise ApiError(503, str(first)) from errors
        raise
    finally:
        made.cancel()
        gone.cancel()


async def _disconnected(http: Request) -> None:
    while (await http.receive())["type"] != "http.disconnect":
        pass


def _events(chunks: AsyncIterator[Json]) -> StreamingResponse:
    async def lines() -> AsyncIterator[str]:
        try:
            async for chunk in chunks:
                yield f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n"
        except ModelError as error:
            yield f"data: {json.dumps(ApiError(503, str(error)).body)}\n\n"
            return
        yield "data: [DONE]\n\n"

    return StreamingResponse(lines(), media_type="text/event-stream")


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(ApiError)
    async def on_api_error(_: Request, error: ApiError) -> JSONResponse:
        return JSONResponse(error.body, error.status)

    @app.exception_handler(RequestValidationError)
    async def on_bad_body(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part != "body")
        message = f"{where}: {first['msg']}" if where else str(first["msg"])
        return JSONResponse(ApiError(400, message, where or None, str(first["type"])).body, 400)

    @app.exception_handler(HTTPException)
    async def on_http_error(_: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse(ApiError(error.status_code, str(error.detail)).body, error.status_code)
