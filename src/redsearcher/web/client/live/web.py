"""A web made of live services: search and pages; pages come whole and are cut to the goal here."""

from typing import Protocol

from redsearcher.records.tool import Hit, Page
from redsearcher.web.client.live.chain import Chain
from redsearcher.web.client.live.config import LiveConfig
from redsearcher.web.client.reading import Reading
from redsearcher.web.client.shape import PlainPage
from redsearcher.web.index import WebInfo


class Searcher(Protocol):
    """A search service."""

    def search(self, query: str, k: int) -> list[Hit]:
        """At most `k` results. Raises ToolError for a query at fault, OutageError where the service fails."""
        ...


class Reader(Protocol):
    """A way to open pages."""

    def read(self, url: str) -> PlainPage:
        """The whole page. Raises ToolError where it cannot be had, OutageError where the way to it is barred."""
        ...


class LiveWeb:
    """Asks the services of its kinds in turn."""

    def __init__(self, config: LiveConfig, searchers: Chain[Searcher], readers: Chain[Reader]) -> None:
        self.info = live_info(config)
        self._searchers, self._readers, self._cutter = searchers, readers, Reading()

    def search(self, query: str, k: int, snippet_chars: int) -> list[Hit]:
        """What a service finds; its snippets are as long as it likes. Raises ToolError, OutageError."""
        return self._searchers.ask(lambda service: service.search(query, k))

    def visit(self, url: str, goal: str, max_chars: int) -> Page:
        """The page, cut. Raises ToolError where no reader can open it, OutageError where there is no reader."""
        return self._cutter.read(self._readers.ask(lambda r: r.read(url), next_on_refusal=True), goal, max_chars)


def live_info(config: LiveConfig) -> WebInfo:
    """A live web's identity is where it is reached and what is shown of it: what it holds, nobody knows."""
    return WebInfo(
        id=f"live-{config.identity}",
        engine_version="live",
        world="",
        lang="",
        n_documents=0,
        config=config.display,
    )
