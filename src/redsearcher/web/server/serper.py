"""Replies in Serper's shape: web results, papers, places."""

from collections.abc import Iterable
from typing import Any

from redsearcher.core.text import fold
from redsearcher.web.server.ask import MAX_RESULTS, SearchAsk
from redsearcher.web.server.failure import ApiError
from redsearcher.web.server.served import Pages
from redsearcher.web.server.token import token
from redsearcher.web.tool.lookup import Lookup
from redsearcher.web.tool.surroundings import surroundings
from redsearcher.world.property import entity_types
from redsearcher.world.tooling import ToolKnowledge

Json = dict[str, Any]


def search_reply(web: Pages, ask: SearchAsk) -> Json:
    """Web results; `site` is a field of ours, `position` counts from 1 on each page."""
    num = ask.num or web.info.config.n_results
    if ask.page * num > MAX_RESULTS:
        raise ApiError(400, f"page: at most {MAX_RESULTS:,} results can be paged through")
    hits = web.search(ask.q, ask.page * num, ask.snippet_chars)[(ask.page - 1) * num :]
    organic = [
        {"title": hit.title, "link": hit.url, "snippet": hit.snippet, "position": position, "site": hit.site}
        | ({"date": hit.date} if hit.date else {})
        for position, hit in enumerate(hits, 1)
    ]
    return {"searchParameters": _parameters(ask, num, "search"), "organic": organic}


def _parameters(ask: SearchAsk, num: int, kind: str) -> Json:
    given = {"q": ask.q, "gl": ask.gl, "hl": ask.hl, "num": num, "page": ask.page, "type": kind}
    return {name: value for name, value in given.items() if value is not None} | {"engine": "redsearcher"}


class Papers:
    """The papers of a world by title, by author, or by what sounds like either."""

    def __init__(self, web: Pages, knowledge: ToolKnowledge) -> None:
        self._web, self._entities, self._known = web, knowledge.entities, knowledge.scholarly
        self._lookup = Lookup(self._entities, [*self._known.authors, *self._known.papers], lambda entity: ())

    def reply(self, ask: SearchAsk) -> Json:
        """Papers with `year` and `citedBy`, in the order of citations where a person is asked for."""
        num = ask.num or 10
        papers = list(dict.fromkeys(paper for entity in _found(self._lookup, ask.q) for paper in self._of(entity)))
        shown = papers[(ask.page - 1) * num : ask.page * num]
        return {
            "searchParameters": _parameters(ask, num, "scholar"),
            "organic": [self._row(paper) for paper in shown],
        }

    def _of(self, entity: str) -> Iterable[str]:
        if entity in self._known.authors:
            return [entity]
        return sorted(self._known.papers[entity], key=lambda paper: (-(self._known.citations(paper) or 0), paper))

    def _row(self, paper: str) -> Json:
        title = self._entities[paper].label
        date, cited = self._known.dates.get(paper), self._known.citations(paper)
        authors = ", ".join(self._entities[person].label for person in self._known.authors[paper])
        page = next((hit for hit in self._web.search(f'"{title}"', 3) if fold(hit.title) == fold(title)), None)
        row = {
            "title": title,
            "link": page.url if page else "",
            "publicationInfo": " - ".join(part for part in (authors, date[:4] if date else "") if part),
            "snippet": page.snippet if page else "",
            "year": int(date[:4]) if date and date[:4].isdigit() else None,
            "citedBy": cited,
            "id": token("scholar", paper),
        }
        return {name: value for name, value in row.items() if value is not None}


class PlaceBook:
    """The places of a world by name, or by what sounds like it."""

    def __init__(self, knowledge: ToolKnowledge) -> None:
        self._entities, self._places = knowledge.entities, knowledge.places
        self._around = surroundings(knowledge)
        self._lookup = Lookup(self._entities, self._places.points, lambda place: self._around.get(place, []))

    def reply(self, kind: str, ask: SearchAsk) -> Json:
        """Places with coordinates; `kind` is maps, whose places have a `type`, or places, with a `category`."""
        num = ask.num or 10
        shown = _found(self._lookup, ask.q)[(ask.page - 1) * num : ask.page * num]
        rows = [self._row(place, "type" if kind == "maps" else "category") for place in shown]
        places = [{"position": position, **row} for position, row in enumerate(rows, 1)]
        return {"searchParameters": _parameters(ask, num, kind), "places": places}

    def _row(self, place: str, kind: str) -> Json:
        point, entity = self._places.points[place], self._entities[place]
        type_ = entity_types().get(entity.type)
        return {
            "title": entity.label,
            "address": ", ".join(self._around.get(place, [])),
            "latitude": point.latitude,
            "longitude": point.longitude,
            kind: (type_.en.noun if type_ else entity.type).capitalize(),
            "cid": token("maps", place),
        }


def _found(lookup: Lookup, query: str) -> list[str]:
    """Bearers of the name; where there are none, bearers of names like it."""
    return lookup.find(query) or [entity for name in lookup.suggest(query) for entity in lookup.find(name)]
