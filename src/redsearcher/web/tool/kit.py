"""Which tools are on, by name."""

from collections.abc import Callable, Iterable
from typing import Literal

from redsearcher.errors import InputError
from redsearcher.records.tool import BASIC_TOOLS, MAPS, PYTHON, SCHEMAS, SCHOLAR
from redsearcher.web.tool.base import Tool
from redsearcher.web.tool.maps import MapsTool
from redsearcher.web.tool.python import PythonTool
from redsearcher.web.tool.sandbox import SandboxTool, is_available
from redsearcher.web.tool.scholar import ScholarTool
from redsearcher.world.tooling import ToolKnowledge

NEED_A_WORLD: dict[str, Callable[[ToolKnowledge], Tool]] = {MAPS.name: MapsTool, SCHOLAR.name: ScholarTool}


PythonBackend = Literal["embedded", "sandbox"]


def make_tools(
    names: Iterable[str], knowledge: ToolKnowledge | None, *, python: PythonBackend = "embedded"
) -> tuple[Tool, ...]:
    """The named tools beyond search and visit, in the order of SCHEMAS. `python`: which interpreter runs code.

    Raises InputError for a name that is no tool, for maps or scholar without a world's knowledge, and for a sandbox
    where there is none.
    """
    wanted = set(names) - set(BASIC_TOOLS)
    if unknown := sorted(wanted - set(SCHEMAS)):
        raise InputError(f"no tool {unknown[0]!r}; the tools are {', '.join(SCHEMAS)}")
    made: list[Tool] = []
    for name in SCHEMAS:
        if name not in wanted:
            continue
        if name == PYTHON.name:
            made.append(_python(python))
        elif knowledge is None:
            raise InputError(f"the tool {name} answers from a world; name it with --world")
        else:
            made.append(NEED_A_WORLD[name](knowledge))
    return tuple(made)


def _python(backend: PythonBackend) -> Tool:
    if backend == "embedded":
        return PythonTool()
    if not is_available():
        raise InputError("bubblewrap (bwrap) is not here or may not make namespaces; use the embedded interpreter")
    return SandboxTool()
