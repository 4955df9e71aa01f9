"""Search by a service of Serper's shape."""

from redsearcher.records.tool import Hit
from redsearcher.web.client.http import read_hits
from redsearcher.web.client.line import Line


class Serper:
    """Posts queries."""

    def __init__(self, url: str, line: Line) -> None:
        self._url, self._line = url, line

    def search(self, query: str, k: int) -> list[Hit]:
        """What the service finds; its snippets are as long as it likes. Raises ToolError, OutageError."""
        return read_hits(self._line.post(self._url, {"q": query, "num": k}), k, self._url)
