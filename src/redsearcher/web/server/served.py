"""What a server serves: one web, the world behind it if there is one, and the tools over both."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from redsearcher.errors import InputError
from redsearcher.records.tool import BASIC_TOOLS, INTERFACE_VERSION, PYTHON, Hit, Page
from redsearcher.records.world import Document
from redsearcher.web.engine import Ranked, Web
from redsearcher.web.fault.config import FaultConfig
from redsearcher.web.fault.inject import Faults, FaultyTool, FaultyWeb
from redsearcher.web.index import WebInfo
from redsearcher.web.tool.base import Tool
from redsearcher.web.tool.kit import NEED_A_WORLD, make_tools
from redsearcher.web.toolbox import Toolbox
from redsearcher.world.store import World
from redsearcher.world.tooling import ToolKnowledge


class Pages(Protocol):
    """A web as a server asks it: `Web` itself, or one that is faulty. Lengths that are not given are its config's."""

    @property
    def info(self) -> WebInfo: ...

    def search(self, query: str, k: int, snippet_chars: int | None = None) -> list[Hit]: ...

    def ranked(self, query: str, k: int, snippet_chars: int | None = None) -> list[Ranked]: ...

    def visit(self, url: str, goal: str, max_chars: int | None = None) -> Page: ...

    def resolve(self, url: str) -> str: ...

    def document(self, document_id: str) -> Document: ...


class Served(NamedTuple):
    """An open web and what goes with it. `faults` are those that are injected, if any."""

    web: Pages
    toolbox: Toolbox
    knowledge: ToolKnowledge | None
    faults: Faults | None = None

    @property
    def health(self) -> dict[str, Any]:
        """What `/health` says: that it is up, which web it has and which tools."""
        return {
            "status": "ok",
            "interface_version": INTERFACE_VERSION,
            "web": self.web.info.public,
            "tools": [schema.name for schema in self.toolbox.schemas],
        }


@contextmanager
def serving(
    web: Path, world: Path | None, tools: Sequence[str] | None = None, faults: FaultConfig | None = None
) -> Iterator[Served]:
    """Open what is to be served; unless `tools` are named, python is among them and, with a world, scholar and maps.

    Raises InputError where a folder is none of ours, where the world is not the web's, or for a tool that needs one.
    """
    opened = Web.open(web)
    behind = World(world) if world is not None else None
    if behind is not None and behind.id != opened.info.world:
        raise InputError(
            f"{web} was built from world {opened.info.world}, {world} is {behind.id}; name the web's world"
        )
    knowledge = behind.knowledge if behind is not None else None
    default = (*BASIC_TOOLS, PYTHON.name, *(NEED_A_WORLD if knowledge is not None else ()))
    more = make_tools(default if tools is None else tools, knowledge)
    try:
        yield served(opened, more, knowledge, faults)
    finally:
        for tool in more:
            tool.close()


def served(
    web: Web, more: Sequence[Tool], knowledge: ToolKnowledge | None, faults: FaultConfig | None = None
) -> Served:
    """An open web and tools as they are served, through faults where there are any."""
    if faults is None:
        return Served(web, Toolbox(web, more=more), knowledge)
    injected = Faults(faults)
    faulty = FaultyWeb(web, injected)
    tools = [FaultyTool(tool, injected) for tool in more]
    return Served(faulty, Toolbox(faulty, more=tools, side_by_side=True), knowledge, injected)
