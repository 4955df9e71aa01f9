"""Pieces of a world to hold up to a model: things that stated facts hold together, pages that name two which none
joins."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, islice
from typing import Literal

from pydantic import Field

from redsearcher.core import rng
from redsearcher.core.config import Config
from redsearcher.records.world import Document, Strength
from redsearcher.synthesis.config import SynthConfig
from redsearcher.synthesis.factgraph import FactGraph
from redsearcher.synthesis.master import STREAMS, Master
from redsearcher.synthesis.site import Site
from redsearcher.synthesis.target import Target
from redsearcher.world.extract.densify import Piece
from redsearcher.world.mention import MentionIndex
from redsearcher.world.store import World

ANY = Target(99, True)
"""Pieces are grown along facts and links, whatever number of pages states them."""

DRAWS = 8
"""Draws for each piece wanted, at most: some were drawn before, some have no page to ask about."""

Pair = frozenset[str]


class PieceConfig(Config):
    """Which pieces of a world are drawn, and how much of it each shows."""

    seed: int = 0
    """Seed of the pieces drawn."""
    graphs: int = Field(default=50, ge=1)
    """How many there are to be; fewer where eight times as many draws give no more."""
    streams: tuple[Literal["facts", "links"], ...] = Field(default=("links", "facts"), min_length=1)
    """What they grow along, in turn."""
    size: int = Field(default=12, ge=3)
    """Things of a piece."""
    pages: int = Field(default=6, ge=1)
    """Pages shown with each, at most."""
    hub_cap: int = Field(default=150, ge=2)
    """Things with more facts than this are in no piece."""


class Pieces:
    """The pieces of a world, each set of things once; the same world and settings give the same pieces."""

    def __init__(self, world: World, config: PieceConfig) -> None:
        self._world, self._config = world, config
        self._graph = FactGraph(world, hub_cap=config.hub_cap)
        settings = SynthConfig(seed=config.seed, streams=config.streams, hub_cap=config.hub_cap)
        self._ground = Site(world, self._graph, settings).ground(1)
        self._about = _about(world)
        self._unstated = _unstated(world)

    def __iter__(self) -> Iterator[Piece]:
        return islice(self._drawn(), self._config.graphs)

    def _drawn(self) -> Iterator[Piece]:
        """Those with a page to ask about, as many as the draws give."""
        config = self._config
        seen: set[tuple[int, ...]] = set()
        for number in range(DRAWS * config.graphs if self._ground.seeds else 0):
            grow = STREAMS[config.streams[number % len(config.streams)]]
            master = grow(self._ground, ANY, config.size, rng.derive(config.seed, "propose", number))
            if master.nodes not in seen:
                seen.add(master.nodes)
                piece = self._piece(master)
                if piece.pages:
                    yield piece

    def _piece(self, master: Master) -> Piece:
        config, graph = self._config, self._graph
        things = [graph.entities[node] for node in master.nodes]
        facts = [self._world.facts[fact] for fact in _edges(master)]
        joined = {frozenset((fact.subject, str(fact.object))) for fact in facts}
        index = MentionIndex((thing.id, thing.names) for thing in things)
        pages = self._world.pages(sorted(self._around([thing.id for thing in things], [fact.id for fact in facts])))
        scored = sorted((-_n_open(page, index, joined), id_) for id_, page in pages.items())
        return Piece(things, facts, [pages[id_] for score, id_ in scored[: config.pages] if score])

    def _around(self, things: Sequence[str], facts: Sequence[str]) -> set[str]:
        """Pages about the things, pages that state facts between them, pages that may state the unstated ones."""
        found = {page for thing in things for page in self._about.get(thing, ())}
        found |= {page for fact in facts for page in self._graph.loose[fact]}
        inside = set(things)
        unstated = (fact for thing in things for other, fact in self._unstated.get(thing, ()) if other in inside)
        return found.union(*(self._world.stating(fact, Strength.LOOSE) for fact in unstated))


def _edges(master: Master) -> list[str]:
    return sorted({edge.fact for row in master.adjacency.values() for edges in row.values() for edge in edges})


def _n_open(page: Document, index: MentionIndex, joined: set[Pair]) -> int:
    """How many pairs of things the page names that no fact joins."""
    named = {entity for mention in index.find(f"{page.title}\n{page.text}") for entity in mention.entities}
    return sum(frozenset(pair) not in joined for pair in combinations(sorted(named), 2))


def _about(world: World) -> Mapping[str, Sequence[str]]:
    """Pages by the entity that they are about."""
    found: dict[str, list[str]] = defaultdict(list)
    for page in world.documents():
        for entity in page.about[:1]:
            found[entity].append(page.id)
    return found


def _unstated(world: World) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Object and fact by subject, of the facts that some page may state but none is known to."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for id_ in world.statements:
        fact = world.facts[id_]
        if fact.object is not None and not world.is_stated(id_):
            found[fact.subject].append((fact.object, id_))
    return found
