"""Live services of every kind, over our own server, which speaks their shapes: answers, fallbacks, money."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from redsearcher.agent.tools import Tools
from redsearcher.cli.tools import find_web, tools_over
from redsearcher.errors import InputError, OutageError, ToolError
from redsearcher.evaluation.cost import live_paid
from redsearcher.records.tool import Observation, ToolCall
from redsearcher.web.client.budget import SpentError
from redsearcher.web.client.live.chain import Breaker, Chain
from redsearcher.web.client.live.config import BreakerConfig, LiveConfig
from redsearcher.web.client.live.ledger import Ledger, Paid, read_paid
from redsearcher.web.engine import Web
from redsearcher.world.tooling import ToolKnowledge
from tests.web.live import PlainService
from tests.web.pages import NEWS, VELM
from tests.web.serving import ServedHere

MORE = ("scholar", "maps")


def config_of(url: str, scholar: str = "openalex", dead: str = "") -> str:
    """A live web whose services are routes of a server of ours; with `dead`, first one of each kind that is down."""
    first = f"""
[[search]]
url = "{dead}/search"
[[visit]]
url = "{dead}/r"
[[scholar]]
url = "{dead}/graph/v1"
service = "semantic_scholar"
interval_s = 0
[[maps]]
url = "{dead}/nominatim"
router_url = "{dead}"
interval_s = 0
"""
    root = f"{url}/graph/v1" if scholar == "semantic_scholar" else url
    return f"""{first if dead else ""}
[[search]]
service = "google"
url = "{url}/customsearch/v1"
price = 5.0
[[visit]]
url = "{url}/r"
price = 1.0
[[scholar]]
service = "{scholar}"
url = "{root}"
interval_s = 0
[[maps]]
url = "{url}/nominatim"
router_url = "{url}"
interval_s = 0
price = 0
[line]
max_retries = 0
"""


@pytest.fixture(scope="module", params=["openalex", "semantic_scholar", "fallback"])
def live(
    request: pytest.FixtureRequest, served: ServedHere, web: Web, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Tools]:
    with PlainService(web) as gone:
        pass
    fallback = request.param == "fallback"
    text = config_of(served.url, "openalex" if fallback else request.param, gone.url if fallback else "")
    file = tmp_path_factory.mktemp("live") / "live.toml"
    file.write_text(text, encoding="utf-8")
    with find_web(str(file)).here(MORE)() as tools:
        yield tools


@pytest.fixture(scope="module")
def here(web: Web, knowledge: ToolKnowledge) -> Iterator[Tools]:
    with tools_over(web, MORE, knowledge) as tools:
        yield tools


def run(tools: Tools, name: str, **arguments: Any) -> Observation:
    return asyncio.run(tools.call(ToolCall(id="c", name=name, arguments=arguments)))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("search", {"query": ["velm osk", "grey hills", "zembla"]}),
        ("search", {"query": ["北京大学"]}),
        ("visit", {"url": [NEWS], "goal": "mayor"}),
        ("scholar", {"query": ["On mills, and why", "on rivers"]}),
        ("scholar", {"query": ["Ola Brandt"]}),
        ("scholar", {"query": ["Ana Brandt"]}),
        ("maps", {"query": "Velm"}),
        ("maps", {"query": "Velm", "to": "Żór", "mode": "foot"}),
        ("maps", {"query": "Velm", "to": "Osk, Southmark", "mode": "bicycle"}),
        ("maps", {"query": "Osk"}),
        ("maps", {"query": "Velm", "mode": "rocket"}),
    ],
)
def test_the_text_is_that_of_the_offline_tools(live: Tools, here: Tools, name: str, arguments: dict[str, Any]) -> None:
    assert run(live, name, **arguments) == run(here, name, **arguments)


def test_what_services_do_not_know_is_said(live: Tools) -> None:
    found = run(live, "scholar", query=["Olla Brandt"])
    assert found.error == "not_found" and "Similar: Ola Brandt" in found.content
    missing = run(live, "maps", query="Vlem")
    assert missing.error == "not_found" and "no place called 'Vlem' is on the map" in missing.content
    train = run(live, "maps", query="Velm", to="Żór", mode="train")
    assert "Travel time by train: unknown" in train.content
    near = run(live, "maps", query="Velm", nearest="city")
    assert near.content.startswith("## Nearest to Velm, Northmark: city\n1. Żór, Northmark: 109.6 km")
    assert "mountain\n1. Mount Ard, Northmark: 24.7 km" in run(live, "maps", query="Velm", nearest="mountain").content
    assert "could not be opened" in run(live, "visit", url=["https://no.example"], goal="x").content


def test_money_is_counted_by_service(served: ServedHere, tmp_path: Path) -> None:
    file = tmp_path / "live.toml"
    file.write_text(config_of(served.url), encoding="utf-8")
    with find_web(str(file), requests=tmp_path / "web_requests").here(MORE)() as tools:
        run(tools, "search", query=["velm", "osk"])
        run(tools, "visit", url=[VELM, NEWS, "https://no.example"], goal="x")
        run(tools, "maps", query="Velm", to="Żór")
    paid = {one.service: one for one in read_paid(tmp_path / "web_spend.jsonl")}
    assert paid["google"] == Paid("google", 2, pytest.approx(0.01))
    assert paid["jina"] == Paid("jina", 2, pytest.approx(0.002))  # one that cannot be opened is not billed
    assert paid["osm"] == Paid("osm", 3, 0.0)
    told = live_paid(tmp_path)
    assert "google 2 (0.0100)" in told and "osm 3 (0.0000)" in told
    assert live_paid(tmp_path / "elsewhere") == ""


def test_a_direct_reader_opens_nothing_inside(served: ServedHere, tmp_path: Path) -> None:
    pytest.importorskip("trafilatura")
    file = tmp_path / "live.toml"
    file.write_text(f'search_url = "{served.url}/search"\n[visit]\nreader = "direct"\n', encoding="utf-8")
    with find_web(str(file)).here(())() as tools:
        found = run(tools, "visit", url=[f"{served.url}/health", "http://127.0.0.1/", "file:///etc/passwd"], goal="x")
        assert run(tools, "search", query=["velm"]).error is None
    assert found.error == "not_found"
    for says in ("names port", "is not on the public web", "is neither http nor https"):
        assert says in found.content


def test_without_such_a_service_the_tool_needs_a_world(served: ServedHere, tmp_path: Path) -> None:
    file = tmp_path / "live.toml"
    file.write_text(f'search_url = "{served.url}/search"\nreader_url = "{served.url}/r"\n', encoding="utf-8")
    with pytest.raises(InputError, match="maps answers from a world or a live service"):
        with find_web(str(file)).here(("maps",))():
            pass


class Toy:
    """A service that fails as often as told."""

    def __init__(self, name: str, *fails: Exception) -> None:
        self.name, self._fails, self.n_asked = name, list(fails), 0

    def ask(self) -> str:
        self.n_asked += 1
        if self._fails:
            raise self._fails.pop(0)
        return self.name


def test_a_service_that_fails_is_left_alone_and_tried_again() -> None:
    now = [0.0]
    first, second = Toy("first", *[OutageError("down")] * 4), Toy("second")
    chain = Chain([first, second], BreakerConfig(failures=3, rest_s=10), lambda: now[0])
    assert [chain.ask(Toy.ask) for _ in range(6)] == ["second"] * 6 and first.n_asked == 3
    now[0] = 10.0
    assert chain.ask(Toy.ask) == chain.ask(Toy.ask) == "second" and first.n_asked == 4  # one call tries, and fails
    now[0] = 20.1
    assert [chain.ask(Toy.ask) for _ in range(3)] == ["first"] * 3


def test_refusals_and_spent_budgets_are_no_failures() -> None:
    first, second = Toy("first", ToolError("no such page"), ToolError("no such page")), Toy("second")
    chain = Chain([first, second], BreakerConfig(failures=1))
    assert chain.ask(Toy.ask, next_on_refusal=True) == "second"
    with pytest.raises(ToolError, match="no such page"):
        chain.ask(Toy.ask)
    assert chain.ask(Toy.ask) == "first"
    with pytest.raises(SpentError):
        Chain([Toy("first", SpentError("spent")), second], BreakerConfig()).ask(Toy.ask)
    all_down = Chain(
        [Toy("a", OutageError("a is down")), Toy("b", OutageError("b is down"))], BreakerConfig(failures=1)
    )
    with pytest.raises(OutageError, match="b is down"):
        all_down.ask(Toy.ask)
    with pytest.raises(OutageError, match="left alone"):
        all_down.ask(Toy.ask)


def test_one_call_at_a_time_tries_a_resting_service() -> None:
    now = [0.0]
    breaker = Breaker(BreakerConfig(failures=1, rest_s=5), lambda: now[0])
    breaker.saw(failure=True)
    assert not breaker.lets_through()
    now[0] = 5.0
    assert breaker.lets_through() and not breaker.lets_through()
    breaker.saw(failure=False)
    assert breaker.lets_through()


def test_mistakes_in_a_live_web_are_one_line() -> None:
    good = {"search": {"service": "serper"}, "visit": {"reader": "direct"}}
    assert LiveConfig.parse(good, "live.toml").visit[0].limits.max_redirects == 5
    for change, says in (
        ({"search": {"service": "bing"}}, "search.0.service"),
        ({"visit": {"reader": "direct", "url": "http://x"}}, "leave them out"),
        ({"search": []}, "at least 1"),
        ({"search2": {}}, "did you mean 'search'"),
    ):
        with pytest.raises(InputError, match=says):
            LiveConfig.parse({**good, **change}, "live.toml")


def test_a_ledger_without_a_file_keeps_quiet(tmp_path: Path) -> None:
    with Ledger(None, {}) as ledger:
        ledger.paid("serper")
    with Ledger(tmp_path / "spend.jsonl", {"serper": None}) as ledger:
        ledger.paid("serper")
    assert read_paid(tmp_path / "spend.jsonl") == [Paid("serper", 1, None)]
    assert json.loads((tmp_path / "spend.jsonl").read_text())["money"] is None
