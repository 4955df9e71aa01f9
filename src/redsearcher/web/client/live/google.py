"""Search by a service of the shape of Google's Custom Search JSON API."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from redsearcher.errors import OutageError, ToolError
from redsearcher.records.tool import Hit
from redsearcher.web.client.http import UNUSABLE, outage
from redsearcher.web.client.line import Line

PAGE = 10
"""Results that one request gives at most."""
REACH = 100
"""Results of one query that can be had at all."""


class Google:
    """Asks for pages of ten until there are enough. The key is a parameter here, so no error shows a URL."""

    def __init__(self, url: str, line: Line, key: str | None, engine: str | None) -> None:
        self._url, self._line, self._key, self._engine = url, line, key, engine

    def search(self, query: str, k: int) -> list[Hit]:
        """What the service finds. Raises ToolError, OutageError."""
        found: list[Hit] = []
        while len(found) < min(k, REACH):
            rows = self._page(query, len(found) + 1, min(PAGE, k - len(found)))
            found += [_hit(rank, row) for rank, row in enumerate(rows, len(found) + 1)]
            if len(rows) < PAGE:
                break
        return found[:k]

    def _page(self, query: str, start: int, num: int) -> list[dict[str, Any]]:
        asked = {"q": query, "start": start, "num": num, "key": self._key or "", "cx": self._engine or ""}
        reply = self._line.get(f"{self._url}?{urlencode({k: v for k, v in asked.items() if v != ''})}")
        if reply.status in UNUSABLE:
            raise ToolError(f"this query cannot be answered ({reply.message}). Ask in another way.")
        if reply.status != 200:
            raise outage(self._url, reply)
        rows = reply.json.get("items", []) if isinstance(reply.json, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) and row.get("link") for row in rows):
            raise OutageError(f"{self._url} answered with no results; see to it, then run the same command again")
        return rows


def _hit(rank: int, row: dict[str, Any]) -> Hit:
    link = str(row["link"])
    return Hit(
        rank=rank,
        url=link,
        title=str(row.get("title") or ""),
        snippet=str(row.get("snippet") or ""),
        site=urlsplit(link).hostname or "",
        date=_date(row),
    )


def _date(row: dict[str, Any]) -> str | None:
    """The day that a page's metadata tells."""
    pagemap = row.get("pagemap")
    tags = pagemap.get("metatags") if isinstance(pagemap, dict) else None
    told = tags[0] if isinstance(tags, list) and tags and isinstance(tags[0], dict) else {}
    return str(told.get("article:published_time") or "")[:10] or None
