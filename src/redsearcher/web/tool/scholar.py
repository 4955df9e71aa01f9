"""The scholar tool: papers, researchers, citations, h-index, co-authors. Knows a world's papers, no web."""

from redsearcher.records.tool import SCHOLAR, Observation, ToolCall, ToolSchema
from redsearcher.web import arguments
from redsearcher.web.tool.lookup import Lookup
from redsearcher.world.tooling import ToolKnowledge

MAX_PER_CALL = 10
MAX_BEARERS = 5
MAX_PAPERS = 20
MAX_MATES = 20


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
            blocks += [self._about(entity) for entity in found[:MAX_BEARERS]] or [self._missing(query)]
        return Observation(
            call_id=call.id,
            content="\n\n".join(blocks),
            error="not_found" if n_failed == len(queries) else None,
        )

    def close(self) -> None:
        """Nothing is held."""

    def _about(self, entity: str) -> str:
        return self._paper(entity) if entity in self._known.authors else self._person(entity)

    def _paper(self, paper: str) -> str:
        lines = [f"## {self._entities[paper].label}", f"Paper{self._facts(paper)}"]
        people = [self._entities[person].label for person in self._known.authors[paper]]
        return "\n".join([*lines, f"Authors: {', '.join(people) or 'unknown'}"])

    def _facts(self, paper: str) -> str:
        date, count = self._known.dates.get(paper), self._known.citations(paper)
        parts = [date[:4]] if date else []
        parts += [_count(count, "citation")] if count is not None else []
        return "".join(f" · {part}" for part in parts)

    def _person(self, person: str) -> str:
        known = self._known
        papers = sorted(known.papers[person], key=lambda paper: (-(known.citations(paper) or 0), paper))
        mates = [
            f"{self._entities[mate].label} ({known.joint_papers(person, mate)})" for mate in known.coauthors(person)
        ]
        summary = f"Researcher · {_count(len(papers), 'paper')} · {_count(known.citations(person) or 0, 'citation')}"
        return "\n".join(
            [
                f"## {self._entities[person].label}",
                f"{summary} · h-index {known.h_index(person)}",
                f"Co-authors (joint papers): {_shown(mates, MAX_MATES, ', ') or 'none'}",
                "Papers:",
                _shown([f"- {self._entities[paper].label}{self._facts(paper)}" for paper in papers], MAX_PAPERS, "\n"),
            ]
        )

    def _missing(self, query: str) -> str:
        near = self._lookup.suggest(query)
        advice = f"Similar: {'; '.join(near)}." if near else "Give the full title or the full name."
        return f"Error: no paper or researcher called {query[:120]!r}. {advice}"


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _shown(items: list[str], most: int, joint: str) -> str:
    rest = [f"and {len(items) - most:,} more"] if len(items) > most else []
    return joint.join([*items[:most], *rest])
