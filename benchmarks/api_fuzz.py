"""Requests made up from an OpenAPI document, good ones and bad ones; no answer may be a server's error.

Used by `web_faults.py` and by a test, which lets fewer of them loose.
"""

import json
from collections import Counter
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import httpx
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

EXPECTED = frozenset({200, 202, 400, 404, 405, 406, 413, 414, 415, 421, 422})
"""Statuses that a request of any kind may come to."""
WORDS = ("velm", "osk", "https://atlas.example/osk", "search", "visit", "python", "maps", "driving", "20.1,10.0;21,10",
         "author.id:A1", "-1,-1,30,30", '"', "site:", "%00", "..", "long " * 40)  # fmt: skip
_TEXT = st.one_of(st.sampled_from(WORDS), st.text(st.characters(exclude_categories=["Cs"]), max_size=24))
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=8,
)


def from_schema(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that a schema of the kinds that this API uses allows."""
    if "anyOf" in schema:
        return st.one_of(*map(from_schema, schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    least, most = schema.get("minimum"), schema.get("maximum")
    match schema.get("type"):
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(int(least) if least is not None else None, int(most) if most is not None else None)
        case "number":
            return st.floats(least, most, allow_nan=False)
        case "string":
            most_chars = schema.get("maxLength", 10_000)
            return _TEXT.filter(lambda text: schema.get("minLength", 0) <= len(text) <= most_chars)
        case "array":
            few = schema.get("minItems", 0) + 3
            return st.lists(from_schema(schema["items"]), min_size=schema.get("minItems", 0), max_size=few)
        case "object" if "properties" in schema:
            known = {name: from_schema(value) for name, value in schema["properties"].items()}
            needed = {name: known.pop(name) for name in schema.get("required", ())}
            return st.fixed_dictionaries(needed, optional=known)
        case "object":
            return st.dictionaries(_TEXT, _JSON, max_size=3)
    return _JSON


class Asked(NamedTuple):
    """One request."""

    method: str
    path: str
    query: str
    body: bytes | None
    headers: dict[str, str]


def requests(document: dict[str, Any]) -> st.SearchStrategy[Asked]:
    """Requests to the operations of a document: parameters and bodies mostly as it says, at times not at all."""
    return st.one_of(
        *(
            _request(method.upper(), path, operation)
            for path, operations in document["paths"].items()
            for method, operation in operations.items()
        )
    )


def _request(method: str, path: str, operation: dict[str, Any]) -> st.SearchStrategy[Asked]:
    parameters = operation.get("parameters", [])
    given_ = {
        (one["in"], one["name"]): (
            _TEXT if one["in"] == "path" else st.one_of(from_schema(one["schema"]), from_schema(one["schema"]), _TEXT)
        )
        for one in parameters
    }
    optional = {key: value for key, value in given_.items() if key[0] == "query"}
    always = {key: value for key, value in given_.items() if key[0] == "path"}
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    bodies: st.SearchStrategy[bytes | None] = st.none()
    if schema is not None:
        dumped = from_schema(schema).map(lambda value: json.dumps(value).encode())
        bodies = st.one_of(dumped, dumped, dumped, _JSON.map(lambda v: json.dumps(v).encode()), st.binary(max_size=30))
    headers = st.fixed_dictionaries(
        {},
        optional={
            "Content-Type": st.sampled_from(["application/json", "text/plain", "multipart/form-data", ""]),
            "Accept": st.sampled_from(["application/json", "text/event-stream", "*/*", "image/png"]),
            "X-Return-Format": st.sampled_from(["markdown", "text", "html", "\x7f"]),
            "X-With-Links-Summary": st.sampled_from(["true", "all", "x"]),
            "X-Redsearcher-Moment": st.sampled_from(["1.2", "x", "-1.0", "9" * 50]),
        },
    )

    def made(parts: tuple[dict[Any, Any], bytes | None, dict[str, str], str]) -> Asked:
        values, body, extra, verb = parts
        at = path
        for (where, name), value in values.items():
            if where == "path":
                at = at.replace("{" + name + "}", quote(_plain(value), safe="") or "%20")
        query = urlencode({name: _plain(value) for (where, name), value in values.items() if where == "query"})
        return Asked(verb, at, query, body, {name: value for name, value in extra.items() if value.isprintable()})

    verbs = st.sampled_from([method] * 12 + ["PUT", "GET", "POST", "HEAD", "OPTIONS"])
    return st.tuples(st.fixed_dictionaries(always, optional=optional), bodies, headers, verbs).map(made)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def fuzz(client: httpx.Client, n_requests: int, number: int = 1) -> Counter[int]:
    """Send so many requests; returns how often each status came. Raises AssertionError for one that may not."""
    document = client.get("/openapi.json").json()
    seen: Counter[int] = Counter()

    @seed(number)
    @settings(
        max_examples=n_requests,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(requests(document))
    def ask(asked: Asked) -> None:
        url = f"{asked.path}?{asked.query}" if asked.query else asked.path
        reply = client.request(asked.method, url, content=asked.body, headers=asked.headers)
        seen[reply.status_code] += 1
        assert reply.status_code in EXPECTED, (asked, reply.status_code, reply.text[:500])
        if reply.status_code >= 400 and asked.method != "HEAD" and not asked.path.startswith("/mcp"):
            assert reply.json()["statusCode"] == reply.status_code, (asked, reply.text[:500])

    ask()
    return seen
