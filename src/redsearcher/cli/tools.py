"""The tools of rollouts, opened by whoever plays them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from redsearcher.agent.tools import Tools
from redsearcher.web.engine import Web
from redsearcher.web.tool.kit import NEED_A_WORLD, make_tools
from redsearcher.web.toolbox import Toolbox
from redsearcher.world.store import World
from redsearcher.world.tooling import ToolKnowledge


@contextmanager
def tools_over(web: Web, names: Sequence[str], knowledge: ToolKnowledge | None) -> Iterator[Tools]:
    """Search and visit over an open web, and the named tools beyond."""
    more = make_tools(names, knowledge)
    try:
        yield Toolbox(web, web.info.config, more)
    finally:
        for tool in more:
            tool.close()


@contextmanager
def tools_at(web: Path, names: Sequence[str], world: Path | None) -> Iterator[Tools]:
    """The same over folders, which are opened here. A world that is opened also tells the words of its properties."""
    opened = World(world) if world is not None else None
    needs_knowledge = opened is not None and not NEED_A_WORLD.keys().isdisjoint(names)
    with tools_over(Web.open(web), names, opened.knowledge if opened and needs_knowledge else None) as tools:
        yield tools
