"""The scholar tool: papers and people by name, counts, what is not there."""

import asyncio

import pytest

from redsearcher.errors import InputError
from redsearcher.records.tool import Observation, ToolCall
from redsearcher.web.engine import Web
from redsearcher.web.tool.kit import make_tools
from redsearcher.web.tool.scholar import ScholarTool
from redsearcher.web.toolbox import Toolbox
from redsearcher.world.tooling import ToolKnowledge


@pytest.fixture(scope="module")
def tool(knowledge: ToolKnowledge) -> ScholarTool:
    return ScholarTool(knowledge)


def run(tool: ScholarTool, *queries: str) -> Observation:
    return tool.run(ToolCall(id="c", name="scholar", arguments={"query": list(queries)}))


def test_a_person_and_a_paper(tool: ScholarTool) -> None:
    found = run(tool, "ola brandt", "On mills, and why")
    assert found.error is None
    assert found.content == (
        "## Ola Brandt\n"
        "Researcher · 2 papers · 1,201 citations · h-index 1\n"
        "Co-authors (joint papers): Ana Brandt (1)\n"
        "Papers:\n"
        "- On mills, and why · 1987 · 1,200 citations\n"
        "- On rivers · 1 citation\n\n"
        "## On mills, and why\n"
        "Paper · 1987 · 1,200 citations\n"
        "Authors: Ola Brandt"
    )


def test_what_nobody_counted_is_not_made_up(tool: ScholarTool) -> None:
    assert run(tool, "On silence").content == "## On silence\nPaper\nAuthors: Ana Brandt"


def test_names_that_are_none(tool: ScholarTool) -> None:
    mixed = run(tool, "Kim Idle", "On rivers")
    assert mixed.error is None and mixed.content.startswith("Error: no paper or researcher called 'Kim Idle'.")
    failed = run(tool, "Olla Brandt")
    assert failed.error == "not_found" and "Similar: Ola Brandt" in failed.content


def test_tools_are_on_by_name(web: Web, knowledge: ToolKnowledge) -> None:
    assert make_tools(("search", "visit"), None) == ()
    with pytest.raises(InputError, match="no tool 'teleport'"):
        make_tools(("teleport",), knowledge)
    with pytest.raises(InputError, match="maps answers from a world"):
        make_tools(("maps",), None)
    toolbox = Toolbox(web, more=make_tools(("scholar", "maps"), knowledge))
    assert [schema.name for schema in toolbox.schemas] == ["search", "visit", "scholar", "maps"]
    call = ToolCall(id="c", name="maps", arguments={"query": "Velm", "zoom": 3})
    assert "unknown 'zoom'" in asyncio.run(toolbox.call(call)).content
    call = ToolCall(id="c", name="maps", arguments={"query": "Velm", "to": "Żór"})
    assert "Distance: 109.6 km" in asyncio.run(toolbox.call(call)).content
    call = ToolCall(id="c", name="python", arguments={"code": "1"})
    assert asyncio.run(toolbox.call(call)).error == "unknown_tool"
