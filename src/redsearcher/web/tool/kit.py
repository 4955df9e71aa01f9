"""Which tools are on, by name."""

from collections.abc import Callable, Iterable

from redsearcher.errors import InputError
from redsearcher.records.tool import BASIC_TOOLS, MAPS, PYTHON, SCHEMAS, SCHOLAR
from redsearcher.web.tool.base import Tool
from redsearcher.web.tool.maps import MapsTool
from redsearcher.web.tool.python import PythonTool
from redsearcher.web.tool.scholar import ScholarTool
from redsearcher.world.tooling import ToolKnowledge

NEED_A_WORLD: dict[str, Callable[[ToolKnowledge], Tool]] = {MAPS.name: MapsTool, SCHOLAR.name: ScholarTool}


def make_tools(names: Iterable[str], knowledge: ToolKnowledge | None) -> tuple[Tool, ...]:
    """The named tools beyond search and visit, in the order of SCHEMAS.

    Raises InputError for a name that is no tool, and for maps or scholar without a world's knowledge.
    """
    wanted = set(names) - set(BASIC_TOOLS)
    if unknown := sorted(wanted - set(SCHEMAS)):
        raise InputError(f"no tool {unknown[0]!r}; the tools are {', '.join(SCHEMAS)}")
    made: list[Tool] = []
    for name in SCHEMAS:
        if name not in wanted:
            continue
        if name == PYTHON.name:
            made.append(PythonTool())
        elif knowledge is None:
            raise InputError(f"the tool {name} answers from a world; name it with --world")
        else:
            made.append(NEED_A_WORLD[name](knowledge))
    return tuple(made)
