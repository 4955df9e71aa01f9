"""What is refused, and how: the wrong key, too much, nonsense."""

import json
import socket
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redsearcher.web.engine import Web
from tests.web.pages import NEWS
from tests.web.serving import ServedHere

CALL = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "search", "arguments": {"query": ["velm"]}},
}
MCP_HEADERS = {"Accept": "application/json, text/event-stream"}


def test_the_key_is_asked_for_everywhere_but_at_the_door(web: Web) -> None:
    with ServedHere(web, key="s3cret-ключ") as server:
        assert server.client.get("/health").status_code == 200
        assert server.client.get("/openapi.json").status_code == 200
        shown = "s3cret-ключ".encode()
        for headers in ({}, {"X-API-KEY": "s3cret"}, {"Authorization": "Bearer"}, {"Authorization": b"Basic " + shown}):
            reply = server.client.post("/search", json={"q": "velm"}, headers=headers)  # type: ignore[arg-type]
            assert reply.status_code == 401 and reply.headers["www-authenticate"] == "Bearer"
            assert server.client.post("/mcp", json=CALL, headers={**MCP_HEADERS, **headers}).status_code == 401
        for good in ({"X-API-KEY": shown}, {"Authorization": b"Bearer " + shown}):
            assert server.client.post("/search", json={"q": "velm"}, headers=good).status_code == 200
            assert server.client.post("/mcp", json=CALL, headers={**MCP_HEADERS, **good}).status_code == 200


def test_a_request_that_is_too_large_is_not_read(web: Web) -> None:
    with ServedHere(web, max_body=2000) as server:
        fits, large = {"q": "velm " * 300}, {"q": "velm " * 500}
        assert server.client.post("/search", json=fits).status_code == 200
        assert server.client.post("/search", json=large).status_code == 413
        pieces = (piece for piece in [b'{"q": "', *[b"velm " * 100] * 10, b'"}'])
        reply = server.client.post("/search", content=pieces)
        assert reply.status_code == 413 and reply.json()["statusCode"] == 413
        assert server.client.post("/mcp", json=CALL | large, headers=MCP_HEADERS).status_code == 413
        assert server.client.post("/search", json=fits).status_code == 200


def test_another_host_is_refused_where_only_this_machine_may_ask(served: ServedHere) -> None:
    reply = served.client.post("/mcp", json=CALL, headers={**MCP_HEADERS, "Host": "evil.example"})
    assert reply.status_code == 421


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "says"),
    [
        ("POST", "/search", b"", 400, "q: Field required"),
        ("POST", "/search", b"{", 400, "EOF"),
        ("POST", "/search", b'"x"', 400, "object"),
        ("POST", "/search", b"{}", 400, "q: Field required"),
        ("POST", "/search", b'{"q": 3}', 400, "q: Input should be a valid string"),
        ("POST", "/search", b'{"q": "x", "num": 0}', 400, "num: "),
        ("POST", "/search", b'{"q": "x", "num": 1e400}', 400, "num: "),
        ("POST", "/search", b'{"q": "x", "page": 101}', 400, "1,000 results"),
        ("POST", "/search", b'{"q": "\\ud800"}', 400, ""),
        ("POST", "/search", b"[]", 400, "at least 1"),
        ("POST", "/search", b"[" * 5000, 400, ""),
        ("POST", "/retrieve", b'{"queries": "x"}', 400, "queries: "),
        ("POST", "/r", b'{"url": ""}', 400, "url: "),
        ("POST", "/r", b'{"url": "https://no.example"}', 404, "no page at"),
        ("POST", "/tools/search", b'{"arguments": []}', 400, "arguments: "),
        ("GET", "/search", None, 400, "q: Field required"),
        ("GET", "/retrieve", None, 405, "Method Not Allowed"),
        ("GET", "/r/", None, 400, "url: "),
        ("GET", "/nowhere", None, 404, "Not Found"),
        ("DELETE", "/search", None, 405, "Method Not Allowed"),
    ],
)
def test_mistakes_have_their_status(
    served: ServedHere, method: str, path: str, body: bytes | None, status: int, says: str
) -> None:
    reply = served.client.request(method, path, content=body)
    assert reply.status_code == status, reply.text
    told = reply.json()
    assert told["statusCode"] == told["code"] == status and told["status"] == 100 * status
    assert says in told["message"] and told["message"] in told["readableMessage"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ("q", "num", "page", "gl", "snippet_chars", "url", "goal", "max_chars", "queries", "topk", "return_scores",
          "passage_chars", "arguments", "query", "code", "jsonrpc", "id", "method", "params")  # fmt: skip
SHAPED = st.dictionaries(
    st.sampled_from(FIELDS), JSON | st.text(max_size=9) | st.lists(st.text(max_size=5), max_size=3)
)
BODIES = st.one_of(
    st.binary(max_size=40),
    JSON.map(lambda value: json.dumps(value).encode()),
    SHAPED.map(lambda value: json.dumps(value).encode()),
    st.lists(SHAPED, max_size=2).map(lambda value: json.dumps(value).encode()),
)
PATHS = ("/search", "/scholar", "/maps", "/places", "/retrieve", "/r", "/r/", "/tools/visit", "/tools/maps", "/mcp")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PATHS), BODIES)
def test_no_body_makes_the_server_fail(served: ServedHere, path: str, body: bytes) -> None:
    headers = {**MCP_HEADERS, "Content-Type": "application/json"}
    reply = served.client.post(path, content=body, headers=headers)
    assert reply.status_code < 500, reply.text
    if path != "/mcp":
        assert isinstance(reply.json(), dict | list)


@settings(max_examples=15, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20), st.binary(max_size=12))
def test_no_path_makes_the_server_fail(served: ServedHere, path: str, raw: bytes) -> None:
    from urllib.parse import quote, quote_from_bytes

    for form in (quote(path), quote_from_bytes(raw), f"{NEWS}?{quote(path)}"):
        assert served.client.get(f"/r/{form}").status_code < 500


def test_a_mistake_of_ours_is_json_too(served: ServedHere, web: Web) -> None:
    from fastapi import FastAPI
    from starlette.testclient import TestClient

    from redsearcher.web.server.failure import add_errors

    app = FastAPI()
    add_errors(app)

    @app.get("/")
    def broken() -> Any:
        raise ZeroDivisionError

    reply = TestClient(app, raise_server_exceptions=False).get("/")
    assert (reply.status_code, reply.json()["message"]) == (500, "the server failed: ZeroDivisionError")


def test_who_leaves_half_way_through_a_request_is_no_error(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    with ServedHere(web) as server:
        host, port = server.client.base_url.host, server.client.base_url.port
        assert port is not None
        with socket.create_connection((host, port)) as line:
            line.sendall(b'POST /search HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"q": "ve')
            time.sleep(0.2)
        for _ in range(100):
            told = server.client.get("/metrics").text
            if 'route="search",status="499"' in told:
                break
            time.sleep(0.05)
        else:
            pytest.fail("a request whose sender left is not counted")
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
