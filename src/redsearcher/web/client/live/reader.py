"""Ways to open pages: through a reader of Jina's shape, or from this machine."""

from redsearcher.errors import OutageError, ToolError
from redsearcher.web.client import shape
from redsearcher.web.client.http import outage
from redsearcher.web.client.line import Line
from redsearcher.web.client.shape import PlainPage
from redsearcher.web.client.visitor.content import to_page
from redsearcher.web.client.visitor.fetch import Fetcher


class Jina:
    """Asks a reader for the page."""

    def __init__(self, url: str, line: Line) -> None:
        self._url, self._line = url, line

    def read(self, url: str) -> PlainPage:
        """The whole page. Raises ToolError where the reader cannot open it, OutageError where there is no reader."""
        reply = self._line.post(self._url, {"url": url})
        if reply.status == 429:
            raise outage(self._url, reply)
        if reply.status != 200:
            raise ToolError(f"the page at {url[:300]!r} could not be opened ({reply.message}). Try another one.")
        try:
            return shape.plain_page(reply.json, url)
        except ValueError as error:
            raise OutageError(f"{self._url} answered with no page: {error}") from error


class Direct:
    """Opens public pages itself."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    def read(self, url: str) -> PlainPage:
        """The page's main text. Raises ToolError."""
        return to_page(self._fetcher.fetch(url))
