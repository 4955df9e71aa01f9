"""The scholar tool over live catalogues: the same text as over a world."""

from collections import Counter
from typing import Protocol

from redsearcher.core.text import fold
from redsearcher.records.tool import SCHOLAR, Observation, ToolCall, ToolSchema
from redsearcher.web import arguments
from redsearcher.web.client.live.chain import Chain
from redsearcher.web.tool.bibliography import Paper, Researcher, render_paper, render_researcher, render_unknown
from redsearcher.web.tool.scholar import MAX_BEARERS, MAX_PER_CALL

N_NEAR = 5


class Catalogue(Protocol):
    """Papers and people by name, the best first. Either raises ToolError, OutageError."""

    def papers(self, query: str) -> list[Paper]:
        """Papers whose title is like the query."""
        ...

    def people(self, query: str) -> list[Researcher]:
        """People whose name is like the query, with their papers."""
        ...


class LiveScholarTool:
    """Answers `scholar` calls."""

    def __init__(self, catalogues: Chain[Catalogue]) -> None:
        self._catalogues = catalogues

    @property
    def schema(self) -> ToolSchema:
        return SCHOLAR

    def run(self, call: ToolCall) -> Observation:
        """`error` is not_found where no query names a paper or a researcher. Raises OutageError."""
        queries = arguments.texts("query", call.arguments["query"], MAX_PER_CALL)
        blocks, n_failed = [], 0
        for query in queries:
            found, near = self._find(query)
            n_failed += not found
            blocks += found or [render_unknown(query, near)]
        failed = n_failed == len(queries)
        return Observation(call_id=call.id, content="\n\n".join(blocks), error="not_found" if failed else None)

    def _find(self, query: str) -> tuple[list[str], list[str]]:
        """Bearers of the name as text, and names like it: titles first, people where no title is the very one."""
        wanted = fold(query.strip().strip("\"'“”《》"))
        papers = self._catalogues.ask(lambda catalogue: catalogue.papers(query))
        titled = [render_paper(paper) for paper in papers if fold(paper.title) == wanted]
        if titled:
            return titled[:MAX_BEARERS], []
        people = self._catalogues.ask(lambda catalogue: catalogue.people(query))
        named = [render_researcher(person) for person in people if fold(person.name) == wanted]
        near = [person.name for person in people] + [paper.title for paper in papers]
        return named[:MAX_BEARERS], list(dict.fromkeys(near))[:N_NEAR]

    def close(self) -> None:
        """Nothing is held."""


def researcher(name: str, n_papers: int, citations: int, h_index: int | None, papers: list[Paper]) -> Researcher:
    """A person with what follows from the papers: co-authors, and the h-index where nobody says it."""
    ranked = sorted(papers, key=lambda paper: -(paper.citations or 0))
    mates = Counter(mate for paper in papers for mate in dict.fromkeys(paper.authors) if fold(mate) != fold(name))
    counted = sum((paper.citations or 0) >= rank for rank, paper in enumerate(ranked, 1))
    return Researcher(
        name=name,
        n_papers=n_papers,
        citations=citations,
        h_index=counted if h_index is None else h_index,
        mates=tuple(sorted(mates.items(), key=lambda item: (-item[1], item[0]))),
        papers=tuple(ranked),
    )
