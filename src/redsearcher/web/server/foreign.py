"""Routes in the shapes of further live services, so that whatever speaks to these can speak to a web of ours."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from anyio.to_thread import run_sync
from fastapi import FastAPI, Query
from fastapi.responses import Response
from pydantic_core import to_json

from redsearcher.web.server.atlas import Atlas, route
from redsearcher.web.server.catalogue import Catalogue
from redsearcher.web.server.failure import JSON, ApiError
from redsearcher.web.server.served import Pages, Served

T = TypeVar("T")
Words = Annotated[str, Query(max_length=10_000)]


def add_foreign(app: FastAPI, served: Served) -> None:
    """Add them. Those that answer from a world are 404 without one."""
    _add_google(app, served.web)
    catalogue, atlas = (
        (None, None) if served.knowledge is None else (Catalogue(served.knowledge), Atlas(served.knowledge))
    )
    _add_catalogue(app, lambda: _known(catalogue))
    _add_atlas(app, lambda: _known(atlas))


def _add_google(app: FastAPI, web: Pages) -> None:
    @app.get("/customsearch/v1")
    async def customsearch(
        q: Words,
        num: Annotated[int, Query(ge=1, le=10)] = 10,
        start: Annotated[int, Query(ge=1, le=91)] = 1,
    ) -> Response:
        """Google's Custom Search JSON API."""
        return _json(await run_sync(google_reply, web, q, num, start))


def google_reply(web: Pages, query: str, num: int, start: int) -> dict[str, Any]:
    """A page of results; `items` is not there where there are none, as the service has it."""
    hits = web.search(query, start + num - 1)[start - 1 :]
    items = [
        {
            "kind": "customsearch#result",
            "title": hit.title,
            "link": hit.url,
            "displayLink": hit.site,
            "snippet": hit.snippet,
            **({"pagemap": {"metatags": [{"article:published_time": hit.date}]}} if hit.date else {}),
        }
        for hit in hits
    ]
    asked = {"searchTerms": query, "count": len(items), "startIndex": start}
    head = {"kind": "customsearch#search", "queries": {"request": [asked]}}
    return head | ({"items": items} if items else {})


def _add_catalogue(app: FastAPI, catalogue: Callable[[], Catalogue]) -> None:
    @app.get("/works")
    async def works(
        search: Words = "",
        filter: Words = "",
        per_page: Annotated[int, Query(alias="per-page", ge=1, le=200)] = 25,
    ) -> Response:
        """OpenAlex: papers by title or by author."""
        return _json(catalogue().works(search, filter, per_page))

    @app.get("/authors")
    async def authors(search: Words, per_page: Annotated[int, Query(alias="per-page", ge=1, le=200)] = 25) -> Response:
        """OpenAlex: people by name."""
        return _json(catalogue().authors(search, per_page))

    @app.get("/graph/v1/paper/search")
    async def paper_search(query: Words, limit: Annotated[int, Query(ge=1, le=100)] = 10) -> Response:
        """Semantic Scholar: papers by title."""
        return _json(catalogue().graph_papers(query, limit))

    @app.get("/graph/v1/author/search")
    async def author_search(query: Words, limit: Annotated[int, Query(ge=1, le=1000)] = 10) -> Response:
        """Semantic Scholar: people by name."""
        return _json(catalogue().graph_people(query, limit))


def _add_atlas(app: FastAPI, atlas: Callable[[], Atlas]) -> None:
    @app.get("/nominatim/search")
    async def nominatim(q: Words, viewbox: Words = "", limit: Annotated[int, Query(ge=1, le=40)] = 10) -> Response:
        """Nominatim: places by name, or by kind within a box."""
        return _json(atlas().search(q, viewbox, limit))

    @app.get("/route/v1/{profile}/{coordinates}")
    async def way(profile: str, coordinates: str) -> Response:
        """OSRM: the way between two points."""
        return _json(route(profile, coordinates))


def _known(thing: T | None) -> T:
    if thing is None:
        raise ApiError(404, "this server has no world; start it with --world")
    return thing


def _json(value: object) -> Response:
    return Response(to_json(value), media_type=JSON)
