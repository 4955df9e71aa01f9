"""The interface a policy learns: tool schemas, Hit, Page, ToolCall, Observation.

Changing a schema or the text of observations means a new INTERFACE_VERSION and a new shipped checkpoint.
"""

import json
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


def interface_hash(*parts: str) -> str:
    """Hash of everything a policy's interface consists of; a guard test pins it to INTERFACE_VERSION."""
    return content_hash(SEARCH.model_dump(), VISIT.model_dump(), *parts)
