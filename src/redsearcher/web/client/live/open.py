"""Opening live services: lines, keys, budget, ledger."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from redsearcher.records.tool import MAPS, SCHOLAR
from redsearcher.web.client.budget import Budget
from redsearcher.web.client.config import LineConfig, key_in
from redsearcher.web.client.line import Line
from redsearcher.web.client.live.chain import Chain
from redsearcher.web.client.live.config import (
    LiveConfig,
    MapService,
    ReadService,
    ScholarService,
    SearchService,
    ServiceConfig,
)
from redsearcher.web.client.live.google import Google
from redsearcher.web.client.live.ledger import Ledger, Pace
from redsearcher.web.client.live.maps import Atlas, LiveMapsTool
from redsearcher.web.client.live.openalex import OpenAlex
from redsearcher.web.client.live.osm import OpenStreetMap
from redsearcher.web.client.live.reader import Direct, Jina
from redsearcher.web.client.live.scholar import Catalogue, LiveScholarTool
from redsearcher.web.client.live.semantic_scholar import SemanticScholar
from redsearcher.web.client.live.serper import Serper
from redsearcher.web.client.live.web import LiveWeb, Reader, Searcher
from redsearcher.web.client.visitor.fetch import Fetcher
from redsearcher.web.tool.base import Tool

_FALLBACK_TRIES = 1
"""Further tries at a service behind which another one stands."""
LineOf = Callable[[ServiceConfig, str], Line]
"""A line for a service to an address of it."""


def _google(config: SearchService, line_of: LineOf) -> Searcher:
    return Google(config.root, line_of(config, config.root), key_in(config.key_variable), key_in(config.engine_env))


SEARCHERS: dict[str, Callable[[SearchService, LineOf], Searcher]] = {
    "serper": lambda config, line_of: Serper(config.root, line_of(config, config.root)),
    "google": _google,
}
READERS: dict[str, Callable[[ReadService, LineOf], Reader]] = {
    "jina": lambda config, line_of: Jina(config.root, line_of(config, config.root)),
    "direct": lambda config, line_of: Direct(Fetcher(config.limits)),
}
CATALOGUES: dict[str, Callable[[ScholarService, LineOf], Catalogue]] = {
    "openalex": lambda config, line_of: OpenAlex(config.root, line_of(config, config.root), key_in(config.mail_env)),
    "semantic_scholar": lambda config, line_of: SemanticScholar(config.root, line_of(config, config.root)),
}


def _atlas(config: MapService, line_of: LineOf) -> Atlas:
    router = line_of(config, config.router_url)
    return OpenStreetMap(config.root, line_of(config, config.root), config.router_url, router)


class Live(NamedTuple):
    """An open live web, and the further tools that its services answer."""

    web: LiveWeb
    tools: dict[str, Tool]


@contextmanager
def open_live(config: LiveConfig, budget: Budget | None, spend: Path | None) -> Iterator[Live]:
    """Open the services of a web; `spend` is the file of the ledger."""
    kinds = (config.search, config.visit, config.scholar, config.maps)
    prices = {one.name: one.price for kind in reversed(kinds) for one in kind}
    with ExitStack() as stack:
        ledger = stack.enter_context(Ledger(spend, prices))

        def line_of(one: ServiceConfig, url: str) -> Line:
            siblings = next((len(kind) for kind in kinds if any(one is other for other in kind)), 1)
            pace = Pace(one.pause_s)
            keyed = one.key_variable and one.name != "google"
            line = Line(
                url,
                _patience(config.line, siblings),
                key_in(one.key_variable) if keyed else None,
                budget,
                before=pace.wait,
                on_answer=lambda: ledger.paid(one.name),
                agent=one.user_agent if isinstance(one, MapService) else "",
            )
            return stack.enter_context(line)

        rest = config.breaker
        searchers: Chain[Searcher] = Chain([SEARCHERS[one.service](one, line_of) for one in config.search], rest)
        readers: Chain[Reader] = Chain([READERS[one.reader](one, line_of) for one in config.visit], rest)
        tools: dict[str, Tool] = {}
        if config.scholar:
            made = [CATALOGUES[one.service](one, line_of) for one in config.scholar]
            tools[SCHOLAR.name] = LiveScholarTool(Chain(made, rest))
        if config.maps:
            tools[MAPS.name] = LiveMapsTool(Chain([_atlas(one, line_of) for one in config.maps], rest))
        yield Live(LiveWeb(config, searchers, readers), tools)


def _patience(line: LineConfig, n_services: int) -> LineConfig:
    """Less of it where others stand behind: an agent waits for all of them together."""
    if n_services == 1:
        return line
    tries = min(line.max_retries, _FALLBACK_TRIES)
    return line.model_copy(
        update={
            "max_retries": tries,
            "patience_s": line.patience_s / n_services,
            "timeout_s": min(line.timeout_s, line.patience_s / n_services),
        }
    )
