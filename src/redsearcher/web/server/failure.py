"""Errors in one shape that the clients of every shape served here read.

`message` and `statusCode` is what Serper says; `code`, `status`, `name` and `readableMessage` what Jina's reader does.
"""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import ValidationError
from pydantic_core import to_json
from starlette.exceptions import HTTPException

from redsearcher.errors import ToolError, UnavailableError
from redsearcher.web.client.http import UNAVAILABLE

JSON = "application/json"


class ApiError(Exception):
    """A request that is answered with an error: HTTP status and text; `retry_after_s` where waiting helps."""

    def __init__(self, status: int, message: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.retry_after_s = status, message, retry_after_s

    @property
    def body(self) -> dict[str, Any]:
        """The JSON of the reply."""
        words = HTTPStatus(self.status).phrase.replace("-", " ").split()
        name = f"{''.join(word.capitalize() for word in words)}Error"
        return {
            "message": self.message,
            "statusCode": self.status,
            "data": None,
            "code": self.status,
            "status": self.status * 100,
            "name": name,
            "readableMessage": f"{name}: {self.message}",
        }


def reply(error: ApiError) -> Response:
    """The error as a response."""
    headers = {"WWW-Authenticate": "Bearer"} if error.status == HTTPStatus.UNAUTHORIZED else {}
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(error.retry_after_s)
    return Response(to_json(error.body), error.status, headers, JSON)


def tell_errors(app: FastAPI) -> None:
    """Say in the OpenAPI document what mistakes come to, which FastAPI would call 422 and describe in its own shape."""
    made = app.openapi

    def told() -> dict[str, Any]:
        document = made()
        for operations in document["paths"].values():
            for operation in operations.values():
                operation["responses"].pop("422", None)
                operation["responses"]["4XX"] = {"description": "A mistake: `message`, `statusCode` and more, as JSON."}
        document.get("components", {}).pop("schemas", None)
        return document

    app.openapi = told  # type: ignore[method-assign]


def add_errors(app: FastAPI) -> None:
    """Answer whatever goes wrong in a route with JSON of that shape."""

    @app.exception_handler(ApiError)
    async def on_api_error(_: Request, error: ApiError) -> Response:
        return reply(error)

    @app.exception_handler(ToolError)
    async def on_tool_error(_: Request, error: ToolError) -> Response:
        return reply(ApiError(UNAVAILABLE if isinstance(error, UnavailableError) else 404, str(error)))

    @app.exception_handler(RequestValidationError)
    async def on_bad_parameter(_: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        return reply(ApiError(400, f"{first['loc'][-1]}: {first['msg']}"))

    @app.exception_handler(ValidationError)
    async def on_bad_body(_: Request, error: ValidationError) -> Response:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        return reply(ApiError(400, f"{where}: {first['msg']}" if where else first["msg"]))

    @app.exception_handler(HTTPException)
    async def on_http_error(_: Request, error: HTTPException) -> Response:
        answer = reply(ApiError(error.status_code, str(error.detail)))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(Exception)
    async def on_our_mistake(_: Request, error: Exception) -> Response:
        return reply(ApiError(500, f"the server failed: {type(error).__name__}"))
