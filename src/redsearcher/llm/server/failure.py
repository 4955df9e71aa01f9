"""Errors in the shape that OpenAI clients read."""

from typing import Any


class ApiError(Exception):
    """A request that is answered with an error: HTTP status, text, the parameter at fault, a code."""

    def __init__(self, status: int, message: str, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.param, self.code = status, message, param, code

    @property
    def body(self) -> dict[str, Any]:
        """The JSON of the reply."""
        kind = {404: "not_found_error", 503: "server_error", 500: "server_error"}.get(
            self.status, "invalid_request_error"
        )
        return {"error": {"message": self.message, "type": kind, "param": self.param, "code": self.code}}


def too_long(n_tokens: int, window: int) -> ApiError:
    """A prompt that fills the window."""
    text = f"the prompt has {n_tokens} tokens, which leaves no room in this model's context length of {window} tokens"
    return ApiError(400, text, "messages", "context_length_exceeded")
