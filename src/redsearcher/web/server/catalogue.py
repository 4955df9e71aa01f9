"""Papers and people of a world in the shapes of OpenAlex and of Semantic Scholar's Academic Graph."""

from collections.abc import Sequence
from typing import Any

from redsearcher.web.server.failure import ApiError
from redsearcher.web.server.token import token
from redsearcher.web.tool.lookup import Lookup
from redsearcher.world.tooling import ToolKnowledge

Json = dict[str, Any]
_AUTHOR_FILTER = "author.id:"


class Catalogue:
    """Looks papers and people up, and writes them in either shape."""

    def __init__(self, knowledge: ToolKnowledge) -> None:
        self._entities, self._known = knowledge.entities, knowledge.scholarly
        self._titles = Lookup(self._entities, self._known.authors, lambda entity: ())
        self._names = Lookup(self._entities, self._known.papers, lambda entity: ())
        self._people = {token("catalogue", person, "A"): person for person in self._known.papers}

    def works(self, search: str, filter_: str, n: int) -> Json:
        """OpenAlex's `/works`: by a title, or by `filter=author.id:ID`. Raises ApiError."""
        if filter_:
            person = self._people.get(filter_.removeprefix(_AUTHOR_FILTER).rpartition("/")[2])
            if not filter_.startswith(_AUTHOR_FILTER) or person is None:
                raise ApiError(400, "filter: expected author.id:ID of an author of this server")
            papers = self._papers_of(person)
        else:
            papers = _like(self._titles, search)
        return _results([self._work(paper) for paper in papers[:n]], len(papers))

    def authors(self, search: str, n: int) -> Json:
        """OpenAlex's `/authors`: by a name."""
        people = _like(self._names, search)
        return _results([self._author(person) for person in people[:n]], len(people))

    def graph_papers(self, query: str, n: int) -> Json:
        """The Academic Graph's `/paper/search`."""
        papers = _like(self._titles, query)
        return {"total": len(papers), "offset": 0, "data": [self._graph_paper(paper) for paper in papers[:n]]}

    def graph_people(self, query: str, n: int) -> Json:
        """The Academic Graph's `/author/search`."""
        people = _like(self._names, query)
        rows = [
            {
                "authorId": token("catalogue", person),
                "name": self._entities[person].label,
                "paperCount": self._known.n_papers(person),
                "citationCount": self._known.citations(person),
                "hIndex": self._known.h_index(person),
                "papers": [self._graph_paper(paper) for paper in self._papers_of(person)],
            }
            for person in people[:n]
        ]
        return {"total": len(people), "offset": 0, "data": rows}

    def _papers_of(self, person: str) -> list[str]:
        return sorted(self._known.papers[person], key=lambda paper: (-(self._known.citations(paper) or 0), paper))

    def _work(self, paper: str) -> Json:
        title, date = self._entities[paper].label, self._known.dates.get(paper)
        return {
            "id": f"https://openalex.org/{token('catalogue', paper, 'W')}",
            "display_name": title,
            "title": title,
            "publication_year": _year(date),
            "publication_date": date,
            "cited_by_count": self._known.citations(paper),
            "authorships": [
                {"author": {"id": _author_url(person), "display_name": self._entities[person].label}}
                for person in self._known.authors[paper]
            ],
        }

    def _author(self, person: str) -> Json:
        return {
            "id": _author_url(person),
            "display_name": self._entities[person].label,
            "works_count": self._known.n_papers(person),
            "cited_by_count": self._known.citations(person),
            "summary_stats": {"h_index": self._known.h_index(person)},
        }

    def _graph_paper(self, paper: str) -> Json:
        people = self._known.authors[paper]
        return {
            "paperId": token("catalogue", paper),
            "title": self._entities[paper].label,
            "year": _year(self._known.dates.get(paper)),
            "citationCount": self._known.citations(paper),
            "authors": [{"authorId": token("catalogue", one), "name": self._entities[one].label} for one in people],
        }


def _like(lookup: Lookup, query: str) -> list[str]:
    """Bearers of the name; where there are none, bearers of names like it."""
    return lookup.find(query) or [entity for name in lookup.suggest(query) for entity in lookup.find(name)]


def _results(rows: Sequence[Json], count: int) -> Json:
    return {"meta": {"count": count, "page": 1, "per_page": len(rows)}, "results": list(rows)}


def _year(date: str | None) -> int | None:
    return int(date[:4]) if date and date[:4].isdigit() else None


def _author_url(person: str) -> str:
    return f"https://openalex.org/{token('catalogue', person, 'A')}"
