"""Which live services a web is made of, in the order in which they are tried."""

from typing import Any, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from redsearcher.core.config import Config
from redsearcher.core.hashing import content_hash
from redsearcher.web.client.config import LineConfig
from redsearcher.web.client.visitor.config import VisitorConfig
from redsearcher.web.config import ShownConfig, WebConfig

Searching = Literal["serper", "google"]
Reading = Literal["jina", "direct"]
Scholarly = Literal["openalex", "semantic_scholar"]


class Known(NamedTuple):
    """What is known of a service: where it is and which variable holds its key."""

    url: str
    key_env: str = ""
    interval_s: float = 0.0
    """Seconds between requests that its operators ask for."""


KNOWN = {
    "serper": Known("https://google.serper.dev/search", "SERPER_API_KEY"),
    "google": Known("https://www.googleapis.com/customsearch/v1", "GOOGLE_API_KEY"),
    "jina": Known("https://r.jina.ai/", "JINA_API_KEY"),
    "direct": Known(""),
    "openalex": Known("https://api.openalex.org"),
    "semantic_scholar": Known("https://api.semanticscholar.org/graph/v1", "S2_API_KEY", 1.0),
    "osm": Known("https://nominatim.openstreetmap.org", "", 1.0),
}


class ServiceConfig(Config):
    """One service."""

    url: str = ""
    """Where it is reached; its public address unless given."""
    key_env: str | None = None
    """Environment variable that holds the key; the usual one unless given."""
    price: float | None = Field(default=None, ge=0)
    """Money per thousand requests, for the ledger."""
    interval_s: float | None = Field(default=None, ge=0)
    """Seconds between two requests of a process; as the service's operators ask for unless given."""

    @property
    def name(self) -> str:
        """The name of the service."""
        return str(getattr(self, "service", "osm"))

    @property
    def root(self) -> str:
        """Where it is reached."""
        return self.url or KNOWN[self.name].url

    @property
    def key_variable(self) -> str:
        """Which variable holds the key; empty for none."""
        return KNOWN[self.name].key_env if self.key_env is None else self.key_env

    @property
    def pause_s(self) -> float:
        """Seconds between two requests."""
        return KNOWN[self.name].interval_s if self.interval_s is None else self.interval_s


class SearchService(ServiceConfig):
    """A search service."""

    service: Searching = "serper"
    """Whose shape it speaks."""
    engine_env: str = "GOOGLE_CSE_ID"
    """google: environment variable with the id of the search engine (cx)."""


class ReadService(ServiceConfig):
    """A way to open pages."""

    reader: Reading = "jina"
    """A reader of Jina's shape, or `direct`: this machine opens public pages itself."""
    limits: VisitorConfig = VisitorConfig()
    """direct: time, bytes, redirects."""

    @property
    def name(self) -> str:
        """The name of the reader."""
        return self.reader


class ScholarService(ServiceConfig):
    """A catalogue of papers."""

    service: Scholarly = "openalex"
    """Whose shape it speaks."""
    mail_env: str = "OPENALEX_MAILTO"
    """openalex: environment variable with a mail address, for their polite pool."""


class MapService(ServiceConfig):
    """A geocoder of Nominatim's shape and a router of OSRM's."""

    router_url: str = "https://router.project-osrm.org"
    """Root of the router."""
    user_agent: str = "redsearcher (https://github.com/redsearcher/redsearcher)"
    """What the geocoder is told of the client; its operators want to know."""


class BreakerConfig(Config):
    """When a service is left alone for a while."""

    failures: int = Field(default=3, ge=1)
    """Failures in a row after which it is."""
    rest_s: float = Field(default=60.0, gt=0)
    """For how long; then one call tries it again."""


_OLD = {"search": ("search_url", "search_key_env"), "visit": ("reader_url", "reader_key_env")}


class LiveConfig(Config):
    """A web made of live services: of each kind the first that answers counts.

    `search_url` and `reader_url` (with `search_key_env`, `reader_key_env`) are short for one service of Serper's shape
    and one reader of Jina's.
    """

    search: tuple[SearchService, ...] = Field(min_length=1)
    """Search services."""
    visit: tuple[ReadService, ...] = Field(min_length=1)
    """Ways to open pages."""
    scholar: tuple[ScholarService, ...] = ()
    """Catalogues; without any the scholar tool needs a world."""
    maps: tuple[MapService, ...] = ()
    """Geocoders with routers; without any the maps tool needs a world."""
    breaker: BreakerConfig = BreakerConfig()
    """When a service is left alone."""
    display: WebConfig = WebConfig()
    """How much a model sees. Only what concerns display is heeded."""
    line: LineConfig = LineConfig()
    """Patience with each service, less where another one stands behind it."""

    @model_validator(mode="before")
    @classmethod
    def _spelled_out(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        found = dict(data)
        for name, (url, key) in _OLD.items():
            if url in found:
                given = {"url": found.pop(url)} | ({"key_env": found.pop(key)} if key in found else {})
                found.setdefault(name, [given])
        return found | {
            name: [found[name]] for name in ("search", "visit", "scholar", "maps") if isinstance(found.get(name), dict)
        }

    @model_validator(mode="after")
    def _places_known(self) -> Self:
        for one in self.visit:
            if one.reader == "direct" and (one.url or one.key_env):
                raise ValueError("a direct reader has no url and no key; leave them out")
        return self

    @property
    def identity(self) -> str:
        """Hash of where things are asked for and how much is shown."""
        rows = [[one.name, one.root] for kind in (self.search, self.visit, self.scholar, self.maps) for one in kind]
        shown = {name: value for name, value in self.display.model_dump(mode="json").items() if name in _SHOWN}
        return content_hash(rows, shown)


_SHOWN = frozenset(ShownConfig.model_fields)
