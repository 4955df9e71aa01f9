"""The MSD a unit aims at: which structures can still reach it, which anchors lead there."""

from collections.abc import Iterable
from typing import NamedTuple

from redsearcher.graph.cover import minimum_cover
from redsearcher.synthesis.anchor import Anchor
from redsearcher.synthesis.factgraph import FactGraph
from redsearcher.synthesis.structure import Structure

FEW_PAGES = 3
"""Up to this MSD tasks are made of what that many pages state together."""
MOST_ADDED = 2
"""Pages that the facts of anchors usually add, at most."""
PULL = 6.0
"""How much likelier an anchor becomes that leads towards the wanted MSD."""


class Target(NamedTuple):
    """A wanted MSD; `or_more`: at least that."""

    msd: int
    or_more: bool

    @property
    def few_pages(self) -> bool:
        """Whether to look for facts that pages state together, rather than apart."""
        return self.msd <= FEW_PAGES and not self.or_more

    def within_reach(self, n_pages: int) -> bool:
        """Whether a structure whose facts need so many pages can become a query of the wanted MSD."""
        return n_pages + MOST_ADDED >= self.msd and (self.or_more or n_pages <= self.msd)

    def pull(self, graph: FactGraph, anchor: Anchor, cover: frozenset[str]) -> float:
        """The factor by which an anchor's weight changes, given a cover of the structure: new pages are welcome as
        long as the MSD is too low, and not afterwards."""
        covered = all(graph.loose[fact] & cover for fact in anchor.facts)
        return PULL if covered == (len(cover) >= self.msd) else 1.0


def cover_of(graph: FactGraph, structure: Structure) -> frozenset[str]:
    """A smallest set of pages that state the structure's facts, loosely."""
    return pages_of(graph, (edge.fact for edge in structure.edges))


def pages_of(graph: FactGraph, facts: Iterable[str]) -> frozenset[str]:
    """A smallest set of pages that state these stated facts, loosely."""
    return frozenset(minimum_cover([graph.loose[fact] for fact in facts]) or ())
