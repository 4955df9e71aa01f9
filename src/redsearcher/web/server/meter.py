"""Counts and times of requests, for Prometheus."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Where this names a folder, processes count together in it."""
ROUTES = frozenset(
    {
        "search",
        "scholar",
        "maps",
        "places",
        "r",
        "retrieve",
        "tools",
        "mcp",
        "health",
        "metrics",
        "customsearch",
        "works",
        "authors",
        "graph",
        "nominatim",
        "route",
    }
)
_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


class Seen:
    """One request as the meter sees it; whoever answers sets the status."""

    status = 500


class Meter:
    """Meters one server, or one of the processes of a server."""

    def __init__(self, web: str) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "redsearcher_web_requests", "Requests answered.", ("route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "redsearcher_web_request_seconds",
            "Time to answer.",
            ("route",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._in_flight = Gauge(
            "redsearcher_web_requests_in_flight",
            "Requests being answered.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self._faults = Counter("redsearcher_web_faults", "Faults injected.", ("tool", "kind"), registry=self._registry)
        self._keys = Counter(
            "redsearcher_web_key_requests", "Requests that showed a key.", ("key", "outcome"), registry=self._registry
        )
        info = Gauge(
            "redsearcher_web_info", "The web served.", ("web",), registry=self._registry, multiprocess_mode="max"
        )
        info.labels(web).set(1)

    @contextmanager
    def request(self, path: str) -> Iterator[Seen]:
        """Around one request to `path`."""
        first = path.lstrip("/").partition("/")[0]
        route, seen, start = first if first in ROUTES else "other", Seen(), time.perf_counter()
        self._in_flight.inc()
        try:
            yield seen
        finally:
            self._in_flight.dec()
            self._requests.labels(route, str(seen.status)).inc()
            self._seconds.labels(route).observe(time.perf_counter() - start)

    def key(self, name: str, outcome: str) -> None:
        """Count a request that showed a key, and whether its quota let it in."""
        self._keys.labels(name, outcome).inc()

    def fault(self, tool: str, kind: str) -> None:
        """Count an injected fault."""
        self._faults.labels(tool, kind).inc()

    def text(self) -> tuple[bytes, str]:
        """All figures in Prometheus's text format, and its media type."""
        registry = self._registry
        if os.environ.get(FOLDER_VARIABLE):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry), CONTENT_TYPE_LATEST
