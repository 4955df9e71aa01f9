"""Services of the plain kind: no fields of ours, and trouble of every sort."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from redsearcher.agent.tools import Tools
from redsearcher.cli.tools import find_web
from redsearcher.errors import InputError, OutageError, ToolError
from redsearcher.records.tool import Observation, ToolCall
from redsearcher.web.client.budget import Budget
from redsearcher.web.client.config import LineConfig
from redsearcher.web.client.line import Line
from redsearcher.web.client.live.config import LiveConfig
from redsearcher.web.client.live.open import open_live
from redsearcher.web.client.live.web import LiveWeb, live_info
from redsearcher.web.client.reading import Reading, parsed
from redsearcher.web.client.shape import PlainPage
from redsearcher.web.config import WebConfig
from redsearcher.web.engine import Web
from tests.web.live import PlainService
from tests.web.pages import NEWS, VELM, WANG

PATIENCE = LineConfig(max_retries=2, patience_s=5, timeout_s=5)


@pytest.fixture
def service(web: Web) -> Iterator[PlainService]:
    with PlainService(web) as plain:
        yield plain


@pytest.fixture
def config(service: PlainService) -> LiveConfig:
    where = {"search_url": f"{service.url}/search", "reader_url": f"{service.url}/read"}
    return LiveConfig.parse({**where, "line": PATIENCE.model_dump(exclude_none=True)}, "test")


@pytest.fixture
def live(config: LiveConfig, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveWeb]:
    monkeypatch.setenv("SERPER_API_KEY", "k1")
    with open_live(config, None, None) as opened:
        yield opened.web


def test_plain_hits_lack_only_what_nobody_publishes(live: LiveWeb, web: Web, service: PlainService) -> None:
    found = live.search("velm osk", 10, 320)
    assert found == [hit.model_copy(update={"date": None}) for hit in web.search("velm osk", 10, 320)]
    path, headers, body = service.asked[-1]
    assert (path, body) == ("/search", {"q": "velm osk", "num": 10})
    assert (headers["X-API-KEY"], headers["Authorization"]) == ("k1", "Bearer k1")


def test_a_plain_page_that_fits_is_the_webs_own(live: LiveWeb, web: Web) -> None:
    for url in (NEWS, WANG, VELM):
        ours, theirs = web.visit(url, "mill", 100_000), live.visit(url, "mill", 100_000)
        assert (theirs.text, theirs.title, theirs.n_chars, theirs.truncated) == (
            ours.text,
            ours.title,
            ours.n_chars,
            False,
        )


def test_a_plain_page_is_cut_to_the_goal_here(live: LiveWeb) -> None:
    page = live.visit(VELM, "when does the oldest mill date to", 600)
    assert "The oldest mill dates to 1411." in page.text and page.truncated
    assert page.text.startswith("Velm is a town on the [River Osk](https://atlas.example/osk_%28river%29).")
    assert "1411" not in live.visit(VELM, "who governs", 600).text


def test_markdown_is_read_as_text_with_links() -> None:
    whole = PlainPage(
        title="T", url="u", content='A [b c](http://x/(y)) ![pic](http://p) [d](http://z "title") [e](two words) f.'
    )
    document = parsed(whole)
    assert document.text == "A b c ![pic](http://p) d [e](two words) f."
    assert [(document.text[li.start : li.end], li.url) for li in document.links] == [
        ("b c", "http://x/(y)"),
        ("d", "http://z"),
    ]
    assert (
        Reading().read(whole, "", 1000).text
        == "A [b c](http://x/%28y%29) ![pic](http://p) [d](http://z) [e](two words) f."
    )


@pytest.mark.parametrize("troubles", [[429], [503], [-1], [500, 502]])
def test_passing_trouble_is_waited_out(live: LiveWeb, service: PlainService, troubles: list[int]) -> None:
    service.troubles = list(troubles)
    assert live.search("velm", 3, 320)
    assert len(service.asked) == len(troubles) + 1


def test_lasting_trouble_stops_a_search_and_spoils_one_page(live: LiveWeb, service: PlainService) -> None:
    service.troubles = [500] * 3
    with pytest.raises(OutageError, match="in trouble"):
        live.search("velm", 3, 320)
    service.troubles = [500] * 3
    with pytest.raises(ToolError, match="could not be opened"):
        live.visit(VELM, "mill", 500)
    with pytest.raises(ToolError, match="no such domain"):
        live.visit("https://no.example", "mill", 500)


@pytest.mark.parametrize(
    ("status", "says"), [(401, "another key"), (402, "paid"), (403, "refuses the key"), (200, "no results")]
)
def test_what_no_waiting_mends_stops_at_once(live: LiveWeb, service: PlainService, status: int, says: str) -> None:
    service.troubles = [status]
    with pytest.raises(OutageError, match=says):
        live.search("velm", 3, 320)
    assert len(service.asked) == 1


def test_a_query_at_fault_is_the_models_business(live: LiveWeb, service: PlainService) -> None:
    service.troubles = [400]
    with pytest.raises(ToolError, match="Ask in another way"):
        live.search("velm", 3, 320)


def test_a_service_that_is_gone_stops_the_run(web: Web) -> None:
    with PlainService(web) as gone:
        pass
    with Line(gone.url, PATIENCE, None) as line, pytest.raises(OutageError, match=f"{gone.url} does not answer"):
        line.post(f"{gone.url}/search", {})


def test_the_budget_is_shared_and_outlives_the_process(service: PlainService, tmp_path: Path) -> None:
    file, config = tmp_path / "run" / "web_requests", PATIENCE
    for n_left in (3, 1):
        budget = Budget(file, 4)
        with Line("service", config, None, budget) as line:
            service.troubles = [503] if n_left == 3 else []
            for _ in range(n_left - len(service.troubles)):
                assert line.post(f"{service.url}/search", {"q": "velm", "num": 1}).status == 200
            if n_left == 1:
                with pytest.raises(OutageError, match="budget of 4 web requests is used up"):
                    line.post(f"{service.url}/search", {"q": "velm", "num": 1})
        budget.close()
    assert file.stat().st_size == len(service.asked) == 4


def test_a_live_web_is_named_by_a_file(service: PlainService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERPER_API_KEY", "k3")
    file = tmp_path / "live.toml"
    file.write_text(
        f'search_url = "{service.url}/search"\nreader_url = "{service.url}/read"\n[display]\nn_results = 2\n', "utf-8"
    )
    found = find_web(str(file))
    assert found.info.id == live_info(LiveConfig.load(file)).id and found.info.id.startswith("live-")
    with found.here(())() as tools:
        text = _call(tools, "search", query=["velm osk"]).content
        assert "2. [" in text and "3. [" not in text
        assert service.asked[-1][1]["X-API-KEY"] == "k3"
        opened = _call(tools, "visit", url=[VELM, "https://no.example"], goal="mill")
        assert opened.error is None and "\n\n---\n\n# https://no.example\n" in opened.content
    other = LiveConfig.load(file).model_copy(update={"display": WebConfig(n_results=3)})
    assert live_info(other).id != found.info.id
    file.write_text('search_url = "x"\nreader_url = "y"\nreadr = "z"\n', "utf-8")
    with pytest.raises(InputError, match="unknown key 'readr'"):
        find_web(str(file))


def test_the_example_config_is_one() -> None:
    config = LiveConfig.load(Path(__file__).parents[3] / "configs" / "live.toml")
    assert [one.root for one in config.search] == [
        "https://google.serper.dev/search",
        "https://www.googleapis.com/customsearch/v1",
    ]
    assert [one.reader for one in config.visit] == ["jina", "direct"]
    assert [one.service for one in config.scholar] == ["openalex", "semantic_scholar"] and len(config.maps) == 1
    assert config.line.max_requests == 1000


def _call(tools: Tools, name: str, **arguments: object) -> Observation:
    return asyncio.run(tools.call(ToolCall(id="c", name=name, arguments=arguments)))
