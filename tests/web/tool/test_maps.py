"""The maps tool: names as models write them, routes, what is near, and errors to act on."""

from typing import Any

import pytest

from redsearcher.errors import ToolError
from redsearcher.records.tool import Observation, ToolCall
from redsearcher.web.tool.gazette import duration
from redsearcher.web.tool.maps import MapsTool
from redsearcher.world.tooling import ToolKnowledge


@pytest.fixture(scope="module")
def tool(knowledge: ToolKnowledge) -> MapsTool:
    return MapsTool(knowledge)


def run(tool: MapsTool, **arguments: Any) -> Observation:
    return tool.run(ToolCall(id="c", name="maps", arguments=arguments))


@pytest.mark.parametrize("name", ["Velm", "velm", " VELM ", "Old Velm", "Velm, Northmark", "“Velm”"])
def test_a_place_by_any_spelling(tool: MapsTool, name: str) -> None:
    found = run(tool, query=name)
    assert (found.content, found.error) == ("## Velm\nCity in Northmark\nCoordinates: 10.0000, 20.0000", None)


def test_accents_do_not_matter(tool: MapsTool) -> None:
    assert run(tool, query="zor").content.startswith("## Żór\n")


def test_a_route(tool: MapsTool) -> None:
    found = run(tool, query="Velm", to="Osk, Northmark")
    assert found.content == (
        "## Velm, Northmark to Osk, Northmark\n"
        "Distance: 110.6 km as the crow flies\n"
        "Bearing: 0.0° (north)\n"
        "Travel time by car: 1 h 55 min"
    )
    assert "Travel time by foot: 27 h 39 min" in run(tool, query="Velm", to="Osk, Northmark", mode="foot").content


def test_what_is_near_and_a_route_in_one_call(tool: MapsTool) -> None:
    found = run(tool, query="Velm", to="Mount Ard", nearest="Cities").content
    assert found.startswith("## Velm, Northmark to Mount Ard, Northmark\n")
    assert found.endswith(
        "## Nearest to Velm, Northmark: cities\n"
        "1. Żór, Northmark: 109.6 km\n2. Osk, Northmark: 110.6 km\n3. Osk, Southmark: 5,535.4 km"
    )


def test_a_name_of_two_places_lists_them(tool: MapsTool) -> None:
    found = run(tool, query="Osk")
    assert found.error == "ambiguous"
    assert found.content == (
        "Error: 2 places are called 'Osk': Osk, Northmark; Osk, Southmark. Write one of these names."
    )


@pytest.mark.parametrize(
    ("name", "says"), [("Nowhere", "Only places with coordinates"), ("Vellm", "Similar names: Velm")]
)
def test_a_name_of_no_place(tool: MapsTool, name: str, says: str) -> None:
    found = run(tool, query="Velm", to=name)
    assert found.error == "not_found" and says in found.content


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"query": "Velm", "mode": "rocket"}, "mode must be one of car, train, bicycle, foot"),
        ({"query": 3}, "query must be a string"),
        ({"query": "Velm", "to": ["Osk"]}, "to must be a string"),
        ({"query": "Velm", "nearest": "ice cream"}, "on the map are: city, mountain"),
    ],
)
def test_bad_arguments(tool: MapsTool, arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(ToolError, match=says):
        run(tool, **arguments)


def test_durations() -> None:
    assert [duration(m) for m in (0, 59.6, 61, 6000)] == ["0 min", "1 h 0 min", "1 h 1 min", "100 h 0 min"]
