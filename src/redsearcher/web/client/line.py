"""A line to one HTTP service: connections kept open, tries, patience, a key, a budget."""

import json
import time
from collections.abc import Callable
from typing import Any, NamedTuple, Self

import httpx
from pydantic_core import from_json

from redsearcher.errors import InputError, OutageError
from redsearcher.web.client.budget import Budget
from redsearcher.web.client.config import LineConfig
from redsearcher.web.client.patience import RETRIED, pauses
from redsearcher.web.moment import HEADER, MOMENT, TRY_HEADER

_REFUSED = {401: "wants another key", 402: "wants to be paid", 403: "refuses the key"}


class Reply(NamedTuple):
    """What came back: status and JSON (None where it is none)."""

    status: int
    json: Any

    @property
    def message(self) -> str:
        """What the service says went wrong, in one line."""
        found = self.json if isinstance(self.json, dict) else {}
        said = next((found[name] for name in ("message", "readableMessage", "detail", "error") if found.get(name)), "")
        return " ".join(str(said).split())[:600] or f"status {self.status}"


class Line:
    """Calls one service. Threads share it."""

    def __init__(
        self,
        what: str,
        config: LineConfig,
        key: str | None,
        budget: Budget | None = None,
        *,
        ours: bool = False,
        before: Callable[[], None] | None = None,
        on_answer: Callable[[], None] | None = None,
        agent: str = "",
    ) -> None:
        """`what` names the service in errors. `ours`: it is a server of ours, which is told the moment of a call.
        `before` is called ahead of each request, `on_answer` after each that was answered well; `agent` is what the
        service knows us by."""
        self._what, self._config, self._budget, self._ours = what, config, budget, ours
        self._before, self._on_answer = before, on_answer
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if agent:
            headers["User-Agent"] = agent
        if key is not None:
            headers |= {"Authorization": f"Bearer {key}", "X-API-KEY": key}
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=config.connections)
        self._client = httpx.Client(headers=headers, timeout=config.timeout_s, limits=limits)

    def get(self, url: str) -> Reply:
        """As `post`, without a body."""
        return self._send("GET", url, None)

    def post(self, url: str, body: object) -> Reply:
        """Send JSON and read JSON, again where the service is busy; a try that takes too long counts as status 504.

        Raises OutageError where nobody answers, or where the service refuses the key.
        """
        return self._send("POST", url, json.dumps(body, ensure_ascii=False).encode("utf-8", "ignore"))

    def _send(self, method: str, url: str, body: bytes | None) -> Reply:
        waits, n_tries = pauses(self._config), 0
        while True:
            status, content, error, asked = self._try(method, url, body, n_tries)
            n_tries += 1
            if error is None and status not in RETRIED:
                break
            pause = next(waits, None)
            if pause is None:
                break
            time.sleep(max(pause, asked))
        if error is not None:
            raise OutageError(
                f"{self._what} does not answer ({error}); see that it runs, then run the same command again"
            )
        reply = Reply(status, _parsed(content))
        if status in _REFUSED:
            raise OutageError(f"{self._what} {_REFUSED[status]}: {reply.message}")
        return reply

    def _try(
        self, method: str, url: str, body: bytes | None, n_tries: int
    ) -> tuple[int, bytes, httpx.TransportError | None, float]:
        """Status, content, the error where there was no answer, and the seconds the service asks to wait."""
        if self._budget is not None:
            self._budget.spend()
        if self._before is not None:
            self._before()
        try:
            found = self._client.request(method, url, content=body, headers=self._told(n_tries))
        except httpx.InvalidURL as error:
            raise InputError(f"{url} is no URL ({error}); expected one such as http://127.0.0.1:8080") from error
        except httpx.TimeoutException:
            return 504, b"", None, 0.0
        except httpx.TransportError as error:
            return 0, b"", error, 0.0
        if self._on_answer is not None and found.is_success:
            self._on_answer()
        after = found.headers.get("retry-after", "")
        return found.status_code, found.content, None, min(float(after), 30.0) if after.isdigit() else 0.0

    def _told(self, n_tries: int) -> dict[str, str] | None:
        """The moment and the try, for a server of ours."""
        moment = MOMENT.get()
        if not self._ours or moment is None:
            return None
        return {HEADER: str(moment), TRY_HEADER: str(n_tries)}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()


def _parsed(content: bytes) -> Any:
    try:
        return from_json(content)
    except ValueError:
        return None
