"""The scholar tool: papers, researchers, citations, h-index, co-authors. Knows a world's papers, no web."""

from redsearcher.records.tool import SCHOLAR, Observation, ToolCall, ToolSchema
from redsearcher.web import arguments
from redsearcher.web.tool.bibliography import Paper, Researcher, render_paper, render_researcher, render_unknown
from redsearcher.web.tool.lookup import Lookup
from redsearcher.world.tooling import ToolKnowledge

MAX_PER_CALL = 10
MAX_BEARERS = 5


class ScholarTool:
    """Answers `scholar` calls from the papers of a world."""

    def __init__(self, knowledge: ToolKnowledge) -> None:
        self._entities, self._known = knowledge.entities, knowledge.scholarly
        self._lookup = Lookup(self._entities, [*self._known.authors, *self._known.papers], lambda entity: ())

    @property
    def schema(self) -> ToolSchema:
        return SCHOLAR

    def run(self, call: ToolCall) -> Observation:
        """`error` is not_found where no query names a paper or a researcher."""
        queries = arguments.texts("query", call.arguments["query"], MAX_PER_CALL)
        blocks, n_failed = [], 0
        for query in queries:
            found = self._lookup.find(query)
            n_failed += not found
            blocks += [self._about(entity) for entity in found[:MAX_BEARERS]] or [
                render_unknown(query, self._lookup.suggest(query))
            ]
        return Observation(
            call_id=call.id,
            content="\n\n".join(blocks),
            error="not_found" if n_failed == len(queries) else None,
        )

    def close(self) -> None:
        """Nothing is held."""

    def _about(self, entity: str) -> str:
        if entity in self._known.authors:
            return render_paper(self._paper(entity))
        return render_researcher(self._person(entity))

    def _paper(self, paper: str) -> Paper:
        date = self._known.dates.get(paper)
        return Paper(
            title=self._entities[paper].label,
            year=date[:4] if date else None,
            citations=self._known.citations(paper),
            authors=tuple(self._entities[person].label for person in self._known.authors[paper]),
        )

    def _person(self, person: str) -> Researcher:
        known = self._known
        papers = sorted(known.papers[person], key=lambda paper: (-(known.citations(paper) or 0), paper))
        return Researcher(
            name=self._entities[person].label,
            n_papers=len(papers),
            citations=known.citations(person) or 0,
            h_index=known.h_index(person) or 0,
            mates=tuple(
                (self._entities[mate].label, known.joint_papers(person, mate) or 0) for mate in known.coauthors(person)
            ),
            papers=tuple(map(self._paper, papers)),
        )
