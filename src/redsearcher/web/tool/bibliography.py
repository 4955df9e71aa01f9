"""Papers and researchers as text, wherever they were looked up."""

from collections.abc import Sequence
from typing import NamedTuple

MAX_PAPERS = 20
MAX_MATES = 20


class Paper(NamedTuple):
    """A paper; `year` and `citations` are None where nothing is known."""

    title: str
    year: str | None
    citations: int | None
    authors: tuple[str, ...]


class Researcher(NamedTuple):
    """A person; `mates` are co-authors with the number of joint papers, `papers` the most cited first."""

    name: str
    n_papers: int
    citations: int
    h_index: int
    mates: tuple[tuple[str, int], ...]
    papers: tuple[Paper, ...]


def render_paper(paper: Paper) -> str:
    """One paper."""
    return "\n".join(
        [f"## {paper.title}", f"Paper{_facts(paper)}", f"Authors: {', '.join(paper.authors) or 'unknown'}"]
    )


def render_researcher(person: Researcher) -> str:
    """One researcher."""
    summary = f"Researcher · {_count(person.n_papers, 'paper')} · {_count(person.citations, 'citation')}"
    mates = [f"{name} ({n_joint})" for name, n_joint in person.mates]
    n_unlisted = max(person.n_papers - len(person.papers), 0)
    return "\n".join(
        [
            f"## {person.name}",
            f"{summary} · h-index {person.h_index}",
            f"Co-authors (joint papers): {_shown(mates, MAX_MATES, ', ') or 'none'}",
            "Papers:",
            _shown([f"- {paper.title}{_facts(paper)}" for paper in person.papers], MAX_PAPERS, "\n", n_unlisted),
        ]
    )


def render_unknown(query: str, near: Sequence[str]) -> str:
    """A name that nobody bears."""
    advice = f"Similar: {'; '.join(near)}." if near else "Give the full title or the full name."
    return f"Error: no paper or researcher called {query[:120]!r}. {advice}"


def _facts(paper: Paper) -> str:
    parts = [paper.year] if paper.year else []
    parts += [_count(paper.citations, "citation")] if paper.citations is not None else []
    return "".join(f" · {part}" for part in parts)


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _shown(items: list[str], most: int, joint: str, n_more: int = 0) -> str:
    n_more += max(len(items) - most, 0)
    return joint.join([*items[:most], *([f"and {n_more:,} more"] if n_more else [])])
