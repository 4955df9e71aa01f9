"""All that a unit of synthesis looks things up in: one world, indexed once per process."""

from functools import cached_property

from redsearcher.synthesis.config import SynthConfig
from redsearcher.synthesis.factgraph import FactGraph
from redsearcher.synthesis.master import Pages
from redsearcher.synthesis.reach import Reach
from redsearcher.synthesis.seed import Seeds, seeds
from redsearcher.world.store import World


class Site:
    """The world, its fact graph, and neighbours by all facts known and by stated facts."""

    def __init__(self, world: World, graph: FactGraph, config: SynthConfig) -> None:
        self.world, self.graph, self.config = world, graph, config
        self.types: list[int] = graph.types.tolist()

    def ready(self) -> None:
        """Make all indexes now."""
        for index in (self.known, self.stated, self.pages, self.seeds):
            assert index is not None

    @cached_property
    def seeds(self) -> Seeds:
        """The entities that master graphs grow from."""
        return seeds(self.graph, self.config)

    @cached_property
    def known(self) -> Reach:
        """All facts, stated or not."""
        return Reach(self.graph, self.graph.known, self.world.known)

    @cached_property
    def stated(self) -> Reach:
        """Facts that some page states strictly."""
        return Reach(self.graph, self.graph.stated, self.world.stated)

    @cached_property
    def pages(self) -> Pages:
        """The facts that may join unknowns, by page."""
        return Pages(self.graph)
