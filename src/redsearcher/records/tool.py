"""The interface a policy learns: tool schemas, Hit, Page, ToolCall, Observation.

Changing a schema or the text of observations means a new INTERFACE_VERSION and a new shipped checkpoint.
"""

import json
from collections.abc import Iterable
from typing import Any

from redsearcher.core.hashing import content_hash
from redsearcher.records.base import Record

INTERFACE_VERSION = "1"


class ToolSchema(Record):
    """A tool as models see it: name, description and JSON schema of the arguments."""

    name: str
    description: str
    parameters: dict[str, Any]


SEARCH = ToolSchema(
    name="search",
    description="Search the web. Takes several queries at once; returns ranked results with title, URL and snippet.",
    parameters={
        "type": "object",
        "properties": {
            "query": {"type": "array", "items": {"type": "string"}, "minItems": 1, "description": "Search queries."}
        },
        "required": ["query"],
        "additionalProperties": False,
    },
)

VISIT = ToolSchema(
    name="visit",
    description="Open web pages by URL and return the passages that serve the goal.",
    parameters={
        "type": "object",
        "properties": {
            "url": {"type": "array", "items": {"type": "string"}, "minItems": 1, "description": "URLs to open."},
            "goal": {"type": "string", "description": "What you want to learn from the pages."},
        },
        "required": ["url", "goal"],
        "additionalProperties": False,
    },
)


PYTHON = ToolSchema(
    name="python",
    description=(
        "Run Python code for a computation. Each call starts afresh; print what you want to see, or end with an "
        "expression. Importable: math, datetime, re, json, decimal, collections, itertools, functools, bisect, random, "
        "unicodedata, dataclasses, copy, typing. No files, no network, no other modules."
    ),
    parameters={
        "type": "object",
        "properties": {"code": {"type": "string", "description": "Python source code."}},
        "required": ["code"],
        "additionalProperties": False,
    },
)

SCHOLAR = ToolSchema(
    name="scholar",
    description=(
        "Look up papers and researchers. A query is the title of a paper or the name of a person; returns authors, "
        "year and citation count of papers; number of papers, citations, h-index and co-authors of people."
    ),
    parameters={
        "type": "object",
        "properties": {
            "query": {"type": "array", "items": {"type": "string"}, "minItems": 1, "description": "Titles or names."}
        },
        "required": ["query"],
        "additionalProperties": False,
    },
)

MAPS = ToolSchema(
    name="maps",
    description=(
        "Look up a place by name: its kind, location and coordinates. With `to`: distance, bearing and travel time "
        "from `query` to that place. With `nearest`: the places of that kind nearest to `query`."
    ),
    parameters={
        "type": "object",
        "properties": {
            "query": {"type": "string", "description": "Name of a place, if need be with its region: 'Velm, Osk'."},
            "to": {"type": "string", "description": "Name of another place."},
            "mode": {
                "type": "string",
                "enum": ["car", "train", "bicycle", "foot"],
                "description": "How to travel to `to`; default car.",
            },
            "nearest": {"type": "string", "description": "A kind of place, such as city or mountain."},
        },
        "required": ["query"],
        "additionalProperties": False,
    },
)

SCHEMAS: dict[str, ToolSchema] = {schema.name: schema for schema in (SEARCH, VISIT, PYTHON, SCHOLAR, MAPS)}
"""Every text tool by name."""
BASIC_TOOLS = (SEARCH.name, VISIT.name)
"""The tools that every policy has."""


class Hit(Record):
    """One search result."""

    rank: int
    url: str
    title: str
    snippet: str
    site: str
    date: str | None = None


class PageLink(Record):
    """A hyperlink as an agent sees it."""

    text: str
    url: str


class Page(Record):
    """A visited page; `text` is what the goal asks for (markdown links inline, not counted in `n_shown`), `n_chars`
    the length of the whole page and `n_shown` how much of it is there, in characters."""

    url: str
    title: str
    text: str
    links: tuple[PageLink, ...] = ()
    n_chars: int
    n_shown: int
    truncated: bool = False


class ToolCall(Record):
    """One call; `arguments` is the parsed JSON object."""

    id: str
    name: str
    arguments: dict[str, Any]

    @property
    def signature(self) -> str:
        """Name and arguments in one canonical text: equal for equal calls."""
        return f"{self.name} {json.dumps(self.arguments, sort_keys=True, ensure_ascii=False)}"


class Observation(Record):
    """What a tool returned, as the text the model reads; `error` names the kind of failure."""

    call_id: str
    content: str
    error: str | None = None


def interface_hash(*parts: str, tools: Iterable[str] = BASIC_TOOLS) -> str:
    """Hash of everything a policy's interface consists of; a guard test pins it to INTERFACE_VERSION.

    Each set of tools is an interface of its own; `parts` are samples of what its observations look like.
    """
    names = set(tools)
    return content_hash(*[schema.model_dump() for name, schema in SCHEMAS.items() if name in names], *parts)


def interface_version(tools: Iterable[str]) -> str:
    """INTERFACE_VERSION for search and visit; with more tools, `1+maps+python`."""
    return "+".join([INTERFACE_VERSION, *sorted(set(tools) - set(BASIC_TOOLS))])
