"""All that a unit of synthesis looks things up in: one world, indexed once per process."""

from functools import cached_property

from redsearcher.synthesis.factgraph import FactGraph
from redsearcher.synthesis.master import Pages
from redsearcher.synthesis.reach import Reach
from redsearcher.world.store import World


class Site:
    """The world, its fact graph, and neighbours by all facts known and by stated facts."""

    def __init__(self, world: World, graph: FactGraph) -> None:
        self.world, self.graph = world, graph
        self.types: list[int] = graph.types.tolist()

    def ready(self) -> None:
        """Make all indexes now."""
        for index in (self.known, self.stated, self.pages):
            assert index is not None

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
