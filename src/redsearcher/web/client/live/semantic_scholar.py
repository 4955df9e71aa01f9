"""Papers and people from a catalogue of the shape of Semantic Scholar's Academic Graph."""

from typing import Any
from urllib.parse import urlencode

from redsearcher.errors import OutageError, ToolError
from redsearcher.web.client.http import UNUSABLE, outage
from redsearcher.web.client.line import Line
from redsearcher.web.client.live.scholar import researcher
from redsearcher.web.tool.bibliography import Paper, Researcher

N_FOUND = 5
_PAPER = ("title", "year", "citationCount", "authors")
_PERSON = ("name", "paperCount", "citationCount", "hIndex")


class SemanticScholar:
    """Asks `/paper/search` and `/author/search`."""

    def __init__(self, url: str, line: Line) -> None:
        self._url, self._line = url.rstrip("/"), line

    def papers(self, query: str) -> list[Paper]:
        """Papers whose title is like the query. Raises ToolError, OutageError."""
        return [_paper(row) for row in self._ask("paper", query, _PAPER)]

    def people(self, query: str) -> list[Researcher]:
        """People whose name is like the query, with their papers. Raises ToolError, OutageError."""
        fields = (*_PERSON, *(f"papers.{name}" for name in _PAPER))
        return [_person(row) for row in self._ask("author", query, fields)]

    def _ask(self, what: str, query: str, fields: tuple[str, ...]) -> list[dict[str, Any]]:
        asked = urlencode({"query": query, "limit": N_FOUND, "fields": ",".join(fields)})
        reply = self._line.get(f"{self._url}/{what}/search?{asked}")
        if reply.status in UNUSABLE:
            raise ToolError(f"this cannot be looked up ({reply.message}). Ask in another way.")
        if reply.status != 200:
            raise outage(self._url, reply)
        rows = reply.json.get("data", []) if isinstance(reply.json, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise OutageError(f"{self._url} answered with no results; see to it, then run the same command again")
        return rows


def _person(row: dict[str, Any]) -> Researcher:
    papers = [_paper(one) for one in row.get("papers") or [] if isinstance(one, dict)]
    return researcher(
        str(row.get("name") or ""),
        int(row.get("paperCount") or len(papers)),
        int(row.get("citationCount") or 0),
        row.get("hIndex"),
        papers,
    )


def _paper(row: dict[str, Any]) -> Paper:
    year, cited = row.get("year"), row.get("citationCount")
    return Paper(
        title=str(row.get("title") or ""),
        year=None if year is None else str(year),
        citations=cited if isinstance(cited, int) else None,
        authors=tuple(str(one.get("name") or "") for one in row.get("authors") or [] if isinstance(one, dict)),
    )
