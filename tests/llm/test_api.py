"""Calls of an API over real HTTP: what is tried again, what an error says, where a proxy stands between."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from redsearcher.errors import ModelError
from redsearcher.llm.api import Api, ApiConfig, StatusError, encoded, encoded_with


class Handler(BaseHTTPRequestHandler):
    """Gives the answers the test put in `answers` (status, headers, body); None breaks the connection."""

    answers: ClassVar[list[tuple[int, dict[str, str], bytes] | None]] = []
    asked: ClassVar[list[tuple[str, dict[str, str], bytes]]] = []
    slow_s: ClassVar[float] = 0.0

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        Handler.asked.append((self.path, dict(self.headers), body))
        time.sleep(Handler.slow_s)
        answer = Handler.answers.pop(0)
        if answer is None:
            self.close_connection = True
            return
        status, headers, said = answer
        self.send_response(status)
        for name, value in {"Content-Length": str(len(said)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(said)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent."""


@pytest.fixture
def url() -> Iterator[str]:
    Handler.answers, Handler.asked, Handler.slow_s = [], [], 0.0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()
    thread.join()


def _post(url: str, **settings: Any) -> Any:
    async def call() -> Any:
        api = Api(ApiConfig(base_url=url, model="m", **settings))
        try:
            return await api.post("/things", encoded({"a": 1}))
        finally:
            await api.aclose()

    return asyncio.run(call())


def test_a_call_carries_the_key_and_json(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", "secret")
    Handler.answers.append((200, {}, b'{"b": [2]}'))
    assert _post(url, api_key_env="SOME_KEY") == {"b": [2]}
    ((path, headers, body),) = Handler.asked
    assert (path, headers["Authorization"], headers["Content-Type"]) == (
        "/v1/things",
        "Bearer secret",
        "application/json",
    )
    assert json.loads(body) == {"a": 1}


def test_broken_connections_and_busy_servers_are_tried_again_as_they_ask(url: str) -> None:
    Handler.answers += [
        None,
        (429, {"Retry-After": "0.01"}, b"{}"),
        (500, {"Retry-After": "0.01"}, b""),
        (200, {}, b"1"),
    ]
    assert _post(url, max_retries=3) == 1
    assert len(Handler.asked) == 4


@pytest.mark.parametrize("status", [400, 401, 404, 422])
def test_a_refusal_is_final(url: str, status: int) -> None:
    Handler.answers.append((status, {}, b'{"error": {"message": "not\\nso"}}'))
    with pytest.raises(StatusError, match=rf"^model m at {url}: status {status}: not so$") as caught:
        _post(url, max_retries=3)
    assert caught.value.status == status


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b'{"detail": "wrong"}', "status 400: wrong"),
        (b'{"message": "wrong"}', "status 400: wrong"),
        (b'{"error": "wrong"}', "status 400: wrong"),
        (b"<h1>wrong</h1>", "status 400: <h1>wrong</h1>"),
        (b"", "status 400: no message"),
        (b"\xff\xfe", "status 400: "),
    ],
)
def test_errors_say_what_the_server_said(url: str, said: bytes, words: str) -> None:
    Handler.answers.append((400, {}, said))
    with pytest.raises(StatusError, match=words):
        _post(url)


def test_what_is_no_json_is_a_model_error_and_not_tried_again(url: str) -> None:
    Handler.answers.append((200, {}, b"<html>"))
    with pytest.raises(ModelError, match="JSONDecodeError"):
        _post(url, max_retries=3)


def test_a_server_that_takes_too_long_is_given_up(url: str) -> None:
    Handler.slow_s = 0.3
    Handler.answers.append((200, {}, b"1"))
    with pytest.raises(ModelError, match=r"no answer within 0\.05 s"):
        _post(url, max_retries=0, timeout_s=0.05)


def test_the_proxy_of_the_environment_is_used_unless_the_host_is_exempt(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", url.removesuffix("/v1"))
    monkeypatch.setenv("no_proxy", "exempt.example")
    Handler.answers.append((200, {}, b"1"))
    assert _post("http://models.example/v1", max_retries=0) == 1
    assert Handler.asked[0][0] == "http://models.example/v1/things"
    with pytest.raises(ModelError, match="exempt"):
        _post("http://exempt.example/v1", max_retries=0)


def test_calls_at_once_each_get_their_own_answer(url: str) -> None:
    async def run() -> list[int]:
        api = Api(ApiConfig(base_url=url, model="m"))
        try:
            return await asyncio.gather(*(api.get(f"/{number}") for number in range(40)))
        finally:
            await api.aclose()

    Handler.answers += [(200, {}, str(number).encode()) for number in range(40)]
    assert sorted(asyncio.run(run())) == list(range(40))
    assert sorted(path for path, _, _ in Handler.asked) == sorted(f"/v1/{number}" for number in range(40))


def test_a_list_of_json_is_put_into_a_request() -> None:
    whole = encoded_with({"model": "m", "n": 1}, "messages", [b'{"a":1}', b'"b"'])
    assert json.loads(whole) == {"model": "m", "n": 1, "messages": [{"a": 1}, "b"]}
    assert json.loads(encoded_with({"model": "m"}, "messages", [])) == {"model": "m", "messages": []}


def test_an_address_where_nobody_is_is_said_plainly() -> None:
    with pytest.raises(ModelError, match=r"^model m at http://127\.0\.0\.1:9/v1: Connection refused$"):
        _post("http://127.0.0.1:9/v1", max_retries=0)
