"""Cached results and our own recordings become pages."""

import asyncio
import json
from pathlib import Path

import pytest

from redsearcher.errors import DataError
from redsearcher.records.tool import ToolCall
from redsearcher.records.world import Document
from redsearcher.web.client.cassette import Cassette
from redsearcher.web.client.recorded import RecordingTools
from redsearcher.web.engine import Web
from redsearcher.web.source.base import Tally
from redsearcher.web.source.cache import CachedPages
from redsearcher.web.source.row import Defaults
from redsearcher.web.toolbox import Toolbox
from tests.web.pages import OSK, VELM, WANG, small_pages


def read(*files: Path, tally: Tally | None = None) -> dict[str, Document]:
    source = CachedPages(list(files), Defaults("", "en"), tally or Tally())
    return {placed.document.url: placed.document for placed in source.read()}


def record(web: Web, file: Path, *calls: tuple[str, dict[str, object]]) -> Path:
    Cassette.create(file, web.info)
    with Cassette(file) as cassette:
        tools = RecordingTools(Toolbox(web), cassette)
        for name, arguments in calls:
            asyncio.run(tools.call(ToolCall(id="x", name=name, arguments=arguments)))
    return file


def test_a_recording_gives_back_the_pages_that_were_visited(web: Web, tmp_path: Path) -> None:
    file = record(
        web, tmp_path / "calls.jsonl", ("search", {"query": ["River Osk"]}),
        ("visit", {"url": [OSK, WANG, "https://atlas.example/gone"], "goal": "length"}),
    )  # fmt: skip
    found = read(file)
    stored = {each.url: each for each in small_pages()}
    for url in (OSK, WANG):
        assert (found[url].title, found[url].text) == (stored[url].title, stored[url].text)
    assert "https://atlas.example/gone" not in found
    assert found[VELM].title == "Velm" and "Velm is a town" in found[VELM].text
    assert read(file) == found


def test_scraps_of_a_long_page_are_put_together(web: Web, tmp_path: Path) -> None:
    from redsearcher.web.config import ShownConfig

    file = tmp_path / "calls.jsonl"
    Cassette.create(file, web.info)
    with Cassette(file) as cassette:
        tools = RecordingTools(Toolbox(web, ShownConfig(visit_chars=300)), cassette)
        for goal in ("the oldest mill dates to", "who governs it"):
            asyncio.run(tools.call(ToolCall(id="x", name="visit", arguments={"url": [VELM], "goal": goal})))
        asyncio.run(tools.call(ToolCall(id="x", name="search", arguments={"query": ["Velm town on the River Osk"]})))
    velm = read(file)[VELM]
    assert "The oldest mill dates to 1411." in velm.text and "Ola Brandt governs it." in velm.text
    assert velm.text.count("Velm is a town on the River Osk.") == 1
    assert [(velm.text[li.start : li.end], li.url) for li in velm.links] == [
        ("River Osk", "https://atlas.example/osk_(river)")
    ]


def test_results_as_others_cache_them(tmp_path: Path) -> None:
    serper = {"organic": [{"title": "Osk", "link": OSK, "snippet": "A river ...", "date": "Mar 5, 2021"}]}
    rows = {
        "first query": [{"title": "Velm", "url": VELM, "snippet": "Velm is a town"}],
        "second query": json.dumps(serper),
        "https://news.example/1": "# The news\n\nSomething happened.",
        "third query": "Page 1: Jul 1, 2019 · A mill burnt. It was old …\nPage 2: Nothing else.\n",
        "empty": "",
    }
    file = tmp_path / "cache.json"
    file.write_text(json.dumps(rows))
    found = read(file)
    assert (found[OSK].title, found[OSK].text, found[OSK].date, found[OSK].site) == (
        "Osk", "A river", "2021-03-05", "atlas.example",
    )  # fmt: skip
    assert found["https://news.example/1"].title == "The news"
    assert found["https://news.example/1"].text == "\nSomething happened."
    nameless = sorted(each.title for each in found.values() if each.site == "search-cache.example")
    assert nameless == ["A mill burnt", "Nothing else."] and len(found) == 5


def test_lines_and_several_files_are_one_web_of_pages(tmp_path: Path) -> None:
    one, two = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    one.write_text(json.dumps({"query": "q", "results": [{"url": VELM, "title": "", "snippet": "a town"}]}) + "\n")
    two.write_text(json.dumps({"url": VELM, "title": "Velm", "text": "Velm is a town."}) + "\n" + json.dumps([]) + "\n")
    assert {url: (each.title, each.text) for url, each in read(one, two).items()} == {VELM: ("Velm", "Velm is a town.")}


@pytest.mark.parametrize(
    "row", ['{"organic": 7}', '{"url": 3, "title": "x"}', '{"url": "no url", "snippet": "x"}', "["]
)
def test_what_is_no_result(row: str, tmp_path: Path) -> None:
    file = tmp_path / "cache.jsonl"
    file.write_text(json.dumps({"q": [{"url": OSK, "snippet": "A river"}]}) + "\n" + row + "\n")
    with pytest.raises(DataError, match=r"cache.jsonl (record|line) 2 is no"):
        read(file)
    tally = Tally(skip_bad=True)
    assert list(read(file, tally=tally)) == [OSK] and tally.dropped["bad"] == 1


def test_a_file_of_something_else(tmp_path: Path) -> None:
    file = tmp_path / "cache.json"
    for text in ("", "7", '"x"'):
        file.write_text(text)
        with pytest.raises(DataError, match="expected cached results"):
            read(file)


def test_real_cached_queries(real_data: Path) -> None:
    found = read(real_data / "search-cache" / "arpo_search_cache.json")
    assert len(found) == 8284 and all(page.text.strip() and page.title for page in found.values())
