"""Proving what tools say of tasks again: every call repeated, every page searched for the result."""

from collections.abc import Sequence
from contextlib import closing

from redsearcher.errors import DataError
from redsearcher.records.query import ToolAtom
from redsearcher.records.task import Task
from redsearcher.records.tool import BASIC_TOOLS
from redsearcher.synthesis.evolve.output import Reproducer
from redsearcher.synthesis.evolve.stated import find_stated
from redsearcher.world.store import World


def tool_problems(world: World, tasks: Sequence[Task]) -> dict[str, list[str]]:
    """Problems by task id; tasks without any, and tasks without tools, are left out. Reads the pages once."""
    concerned = [t for t in tasks if t.tool_outputs or any(isinstance(c, ToolAtom) for c in t.query.constraints)]
    if not concerned:
        return {}
    found: dict[str, list[str]] = {}
    with closing(Reproducer(world)) as reproducer:
        for task in concerned:
            if problems := _of(task, reproducer):
                found[task.id] = problems
    said = {task.id: (task.query, task.tool_outputs) for task in concerned if task.tool_outputs}
    for id, words in find_stated(said, world.entities, world.documents()).items():
        found.setdefault(id, []).append(f"a page states what a tool is needed for: {words!r}")
    return found


def _of(task: Task, reproducer: Reproducer) -> list[str]:
    try:
        again = reproducer.outputs(task.query)
    except (DataError, KeyError) as error:
        return [f"its tools cannot be called again: {error}"]
    problems = [] if tuple(again) == task.tool_outputs else ["its tool outputs are not what the tools say now"]
    needed = {output.name for output in again}
    if missing := sorted(needed - set(task.tools)):
        problems.append(f"it needs {', '.join(missing)} but does not say so")
    if spare := sorted(set(task.tools) - needed - set(BASIC_TOOLS)):
        problems.append(f"it asks for {', '.join(spare)} but no constraint needs it")
    return problems
