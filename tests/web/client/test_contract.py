"""One contract, four ways to a web: in this process, over HTTP, over MCP, from a recording."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redsearcher.agent.tools import Tools
from redsearcher.cli.tools import find_web, tools_over
from redsearcher.errors import InputError, ToolError
from redsearcher.records.tool import BASIC_TOOLS, SCHEMAS, Observation, ToolCall
from redsearcher.web.client.cassette import Cassette
from redsearcher.web.client.config import ServerConfig
from redsearcher.web.client.http import ServedWeb
from redsearcher.web.client.line import Line
from redsearcher.web.client.recorded import RecordingTools
from redsearcher.web.config import ShownConfig
from redsearcher.web.engine import Web
from redsearcher.world.tooling import ToolKnowledge
from tests.web.pages import NEWS, OSK, VELM, WANG
from tests.web.serving import ServedHere

MORE = ("python", "scholar", "maps")
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("search", {"query": ["mayor  elected", "zembla", "grey hills", "北京大学"]}),
    ("search", {"query": '["velm osk"]'}),
    ("search", {"query": ['"grey hills" site:atlas.example', "\ud800 x\0y"]}),
    ("search", {"query": []}),
    ("search", {"query": [1]}),
    ("search", {"query": [str(number) for number in range(11)]}),
    ("search", {"q": ["x"]}),
    ("search", {"\ud800": ["x"], "query": "y"}),
    ("visit", {"url": [VELM, NEWS], "goal": "when does the oldest mill date to"}),
    ("visit", {"url": [VELM.replace("(", "%28").replace(")", "%29"), "https://no.example/x", OSK], "goal": ""}),
    ("visit", {"url": ["https://no.example/x", "\udfffy"], "goal": "z"}),
    ("visit", {"url": WANG, "goal": "出生"}),
    ("visit", {"url": [VELM]}),
    ("visit", {"url": VELM, "goal": None}),
    ("python", {"code": "print(1)\n2 / 3"}),
    ("python", {"code": "1 / 0"}),
    ("python", {"code": ""}),
    ("scholar", {"query": ["Ola Brandt", "On mills, and why", "Olla Brandt"]}),
    ("maps", {"query": "Velm", "to": "Żór", "mode": "foot"}),
    ("maps", {"query": "Osk"}),
    ("maps", {"query": "Velm", "to": "Żór", "mode": "rocket"}),
    ("fly", {"to": "\ud800"}),
]


@pytest.fixture(scope="module")
def here(web: Web, knowledge: ToolKnowledge) -> Iterator[Tools]:
    with tools_over(web, MORE, knowledge) as tools:
        yield tools


@pytest.fixture(scope="module")
def recorded(here: Tools, web: Web, tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("recordings") / "calls.jsonl"
    Cassette.create(file, web.info)
    with Cassette(file) as cassette:
        for name, arguments in CALLS:
            run(RecordingTools(here, cassette), name, arguments)
    return f"replay:{file}"


@pytest.fixture(scope="module", params=["http", "mcp", "replay"])
def way(request: pytest.FixtureRequest, served: ServedHere, recorded: str) -> str:
    return {"http": served.url, "mcp": f"mcp+{served.url}", "replay": recorded}[request.param]


@pytest.fixture(scope="module")
def there(way: str) -> Iterator[Tools]:
    with find_web(way).here(MORE)() as tools:
        yield tools


def run(tools: Tools, name: str, arguments: dict[str, Any], id: str = "c1") -> Observation:
    return asyncio.run(tools.call(ToolCall(id=id, name=name, arguments=arguments)))


@pytest.mark.parametrize("number", range(len(CALLS)))
def test_equal_calls_come_to_equal_observations(here: Tools, there: Tools, number: int) -> None:
    name, arguments = CALLS[number]
    assert run(there, name, arguments) == run(here, name, arguments)


def test_the_web_is_the_same_and_so_are_its_tools(way: str, web: Web, here: Tools, there: Tools) -> None:
    assert find_web(way).info == web.info
    assert there.schemas == here.schemas == tuple(SCHEMAS[name] for name in (*BASIC_TOOLS, *MORE))


def test_only_the_tools_asked_for_are_there(way: str, web: Web) -> None:
    with tools_over(web, (), None) as here, find_web(way).anywhere(())() as there:
        assert there.schemas == here.schemas
        assert run(there, "maps", {"query": "Velm"}) == run(here, "maps", {"query": "Velm"})


def test_less_may_be_shown_of_a_web(way: str, web: Web, tmp_path: Path) -> None:
    little = ShownConfig(n_results=1, snippet_chars=40, visit_chars=200, max_per_call=1)
    if not way.startswith("http"):
        with pytest.raises(InputError, match=r"shows as much as whoever answers says"):
            find_web(way, shown=little)
        return
    with tools_over(web, (), None, little) as here, find_web(way, shown=little).anywhere(())() as there:
        for name, arguments in CALLS:
            assert run(there, name, arguments) == run(here, name, arguments)
        one, most = ({"query": words} for words in ("river", ["river", "mill"]))
        assert run(here, "search", one).content.count("](") == 1
        assert run(here, "search", most).error == "bad_arguments"


def test_many_calls_at_once_keep_apart(here: Tools, there: Tools) -> None:
    calls = [ToolCall(id=str(n), name=name, arguments=arguments) for n, (name, arguments) in enumerate(CALLS[:12] * 4)]

    async def at_once(tools: Tools) -> list[Observation]:
        return list(await asyncio.gather(*(tools.call(call) for call in calls)))

    assert asyncio.run(at_once(there)) == asyncio.run(at_once(here))


WORDS = st.lists(st.sampled_from(["velm", "osk", "mill", "river", '"grey hills"', "site:news.example", "河", "-", "é"]))
URLS = st.sampled_from([VELM, NEWS, OSK, WANG, "atlas.example/osk", "https://atlas.example/osk/#top"])


@settings(max_examples=15, deadline=None)
@given(WORDS.map(" ".join), st.integers(1, 12), st.integers(40, 400), URLS, st.integers(200, 5000))
def test_hits_and_pages_are_the_webs_own(
    served: ServedHere, web: Web, query: str, k: int, snippet_chars: int, url: str, max_chars: int
) -> None:
    config = ServerConfig(url=served.url)
    with Line(config.root, config.line, None) as line:
        there = ServedWeb(config, line, web.info)
        assert there.search(query, k, snippet_chars) == web.search(query, k, snippet_chars)
        assert there.visit(url, query, max_chars) == web.visit(url, query, max_chars)
        with pytest.raises(ToolError) as ours:
            web.visit(f"none:{url}", query)
        with pytest.raises(ToolError) as theirs:
            there.visit(f"none:{url}", query, max_chars)
        assert str(theirs.value) == str(ours.value)
