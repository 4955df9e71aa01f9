"""Tools as a model calls them: rightly, sloppily, wrongly, and many at once."""

import asyncio
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redsearcher.records.tool import SEARCH, VISIT, Observation, ToolCall
from redsearcher.web.config import WebConfig
from redsearcher.web.engine import Web
from redsearcher.web.toolbox import Toolbox
from tests.web.pages import NEWS, OSK, VELM


def run(web: Web, name: str, arguments: dict[str, Any], **config: int) -> Observation:
    call = ToolCall(id="c1", name=name, arguments=arguments)
    observation = asyncio.run(Toolbox(web, WebConfig(**config)).call(call))  # type: ignore[arg-type]
    assert observation.call_id == "c1"
    return observation


def test_schemas(web: Web) -> None:
    assert Toolbox(web).schemas == (SEARCH, VISIT)


def test_search_text(web: Web) -> None:
    found = run(web, "search", {"query": ["mayor  elected", "zembla", "grey hills"]})
    assert found.error is None
    assert found.content == (
        '## Results for "mayor elected"\n'
        f"1. [Mayor elected]({NEWS})\n"
        "   news.example · 1987-03-02\n"
        "   Ola Brandt has been elected mayor of Velm, a town on the Osk.\n"
        "\n"
        '## Results for "zembla"\n'
        "No results.\n"
        "\n"
        '## Results for "grey hills"\n'
        f"1. [River Osk]({OSK})\n"
        "   atlas.example\n"
        "   The River Osk flows for 200 km from the Grey Hills to the sea at Żór."
    )


def test_results_are_separated_and_limited(web: Web) -> None:
    text = run(web, "search", {"query": "velm osk"}).content
    assert text.count("\n\n") == 2 and "\n\n2. [" in text and "\n\n3. [" in text
    assert "2. [" not in run(web, "search", {"query": "velm osk"}, n_results=1).content


def test_visit_text(web: Web) -> None:
    assert run(web, "visit", {"url": [NEWS], "goal": "mayor"}).content == (
        f"# Mayor elected\nURL: {NEWS}\n\nOla Brandt has been elected mayor of Velm, a town on the Osk."
    )
    text = run(web, "visit", {"url": VELM, "goal": "mill"}, visit_chars=500).content
    assert text.startswith(
        f"# Velm\nURL: {VELM}\n\nVelm is a town on the [River Osk](https://atlas.example/osk_%28river%29).\n\n"
    )
    n_shown, n_chars = text.splitlines()[-1].removeprefix("(").split(" characters")[0].split(" of ")
    assert 0 < int(n_shown) < int(n_chars.replace(",", ""))


def test_a_failed_url_stands_beside_those_that_opened(web: Web) -> None:
    found = run(web, "visit", {"url": [NEWS, "https://no.example/x"], "goal": "mayor"})
    assert found.error is None
    first, second = found.content.split("\n\n---\n\n")
    assert first.startswith("# Mayor elected\n")
    assert second.startswith("# https://no.example/x\nURL: https://no.example/x\n\nError: no page at ")
    failed = run(web, "visit", {"url": ["https://no.example/x", "y"], "goal": "mayor"})
    assert failed.error == "not_found" and failed.content.count("Error: ") == 2


@pytest.mark.parametrize("query", ["grey hills", ["grey hills"], '["grey hills"]', [" grey hills ", "", "grey hills"]])
def test_a_plain_string_is_a_list_of_one(web: Web, query: object) -> None:
    found = run(web, "search", {"query": query})
    assert found.error is None and found.content.count("## Results") == 1 and OSK in found.content


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("search", {}, "missing query"),
        ("search", {"query": []}, "query is empty"),
        ("search", {"query": "  "}, "query is empty"),
        ("search", {"query": [1]}, r"must be a list of strings, came \[1\]"),
        ("search", {"query": None}, "came null"),
        ("search", {"query": {"a": "b" * 500}}, "came .*\\.\\.\\."),
        ("search", {"query": ["x"], "top_k": 5}, "unknown 'top_k'"),
        ("search", {"q": ["x"]}, "missing query, unknown 'q'"),
        ("search", {"query": [str(number) for number in range(11)]}, "11 items, at most 10"),
        ("visit", {"url": [VELM]}, "missing goal"),
        ("visit", {"url": [VELM], "goal": ["mill"]}, "goal must be a string"),
    ],
)
def test_bad_arguments_say_what_to_do(web: Web, name: str, arguments: dict[str, Any], says: str) -> None:
    found = run(web, name, arguments)
    assert found.error == "bad_arguments"
    assert found.content.startswith("Error: ") and "Call it again." in found.content
    assert re.search(says, found.content)


def test_an_unknown_tool_names_the_known_ones(web: Web) -> None:
    found = run(web, "browse", {"url": VELM})
    assert found.error == "unknown_tool"
    assert found.content == "Error: there is no tool 'browse'; the tools are search, visit. Call one of them."


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=9), lambda inner: st.lists(inner, max_size=3), max_leaves=4
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["search", "visit", ""]), st.dictionaries(st.sampled_from(["query", "url", "goal", "k"]), JSON))
def test_no_arguments_are_an_exception(web: Web, name: str, arguments: dict[str, Any]) -> None:
    found = run(web, name, arguments)
    assert Observation.model_validate_json(found.model_dump_json()) == found
    assert found.content


def test_lone_surrogates_do_not_reach_the_record(web: Web) -> None:
    found = run(web, "visit", {"url": ["\ud800x"], "goal": "\udfff\x00"})
    assert found.error == "not_found"
    assert found.model_dump_json()
    assert run(web, "\ud800", {}).model_dump_json()


def test_concurrent_calls_agree_with_calls_in_turn(web: Web) -> None:
    toolbox = Toolbox(web, WebConfig())
    calls = [
        ToolCall(id=str(number), name="search", arguments={"query": query})
        for number, query in enumerate(["velm", "osk river", "北京大学", '"grey hills"', "site:news.example"] * 20)
    ]

    async def at_once() -> list[Observation]:
        return list(await asyncio.gather(*(toolbox.call(call) for call in calls)))

    async def in_turn() -> list[Observation]:
        return [await toolbox.call(call) for call in calls]

    assert asyncio.run(at_once()) == asyncio.run(in_turn())
