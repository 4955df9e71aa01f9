"""Papers and people from a catalogue of OpenAlex's shape."""

from typing import Any
from urllib.parse import urlencode

from redsearcher.errors import OutageError, ToolError
from redsearcher.web.client.http import UNUSABLE, outage
from redsearcher.web.client.line import Line
from redsearcher.web.client.live.scholar import researcher
from redsearcher.web.tool.bibliography import Paper, Researcher

N_FOUND, N_WORKS = 5, 200


class OpenAlex:
    """Asks `/works` and `/authors`."""

    def __init__(self, url: str, line: Line, mail: str | None) -> None:
        self._url, self._line, self._mail = url.rstrip("/"), line, mail

    def papers(self, query: str) -> list[Paper]:
        """Papers whose title is like the query. Raises ToolError, OutageError."""
        return [_paper(row) for row in self._ask("works", search=query, per_page=N_FOUND)]

    def people(self, query: str) -> list[Researcher]:
        """People whose name is like the query, with their 200 most cited papers. Raises ToolError, OutageError."""
        return [self._person(row) for row in self._ask("authors", search=query, per_page=N_FOUND)]

    def _person(self, row: dict[str, Any]) -> Researcher:
        known = str(row.get("id") or "").rpartition("/")[2]
        works = self._ask("works", filter=f"author.id:{known}", sort="cited_by_count:desc", per_page=N_WORKS)
        summary = row.get("summary_stats")
        return researcher(
            str(row.get("display_name") or ""),
            int(row.get("works_count") or len(works)),
            int(row.get("cited_by_count") or 0),
            summary.get("h_index") if isinstance(summary, dict) else None,
            [_paper(work) for work in works],
        )

    def _ask(self, what: str, **asked: str | int) -> list[dict[str, Any]]:
        given = {name.replace("per_page", "per-page"): value for name, value in asked.items()}
        reply = self._line.get(
            f"{self._url}/{what}?{urlencode(given | ({'mailto': self._mail} if self._mail else {}))}"
        )
        if reply.status in UNUSABLE:
            raise ToolError(f"this cannot be looked up ({reply.message}). Ask in another way.")
        if reply.status != 200:
            raise outage(self._url, reply)
        rows = reply.json.get("results") if isinstance(reply.json, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise OutageError(f"{self._url} answered with no results; see to it, then run the same command again")
        return rows


def _paper(row: dict[str, Any]) -> Paper:
    year, cited = row.get("publication_year"), row.get("cited_by_count")
    authors = [one.get("author") for one in row.get("authorships") or [] if isinstance(one, dict)]
    return Paper(
        title=str(row.get("display_name") or row.get("title") or ""),
        year=None if year is None else str(year),
        citations=cited if isinstance(cited, int) else None,
        authors=tuple(str(author.get("display_name") or "") for author in authors if isinstance(author, dict)),
    )
