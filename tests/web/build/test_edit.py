"""A web that was changed is the web of the pages it has now."""

import json
import shutil
from pathlib import Path

import pytest

from redsearcher.core.rng import derive
from redsearcher.errors import DataError, InputError
from redsearcher.records.world import Document
from redsearcher.web.build.check import check_web
from redsearcher.web.build.edit import append_pages, delete_pages
from redsearcher.web.build.segments import Pages
from redsearcher.web.config import WebConfig
from redsearcher.web.engine import Web
from redsearcher.web.index import INDEX_FOLDER, WebInfo
from redsearcher.web.source.base import Once, Tally
from tests.web.build.sources import Listed, Watch
from tests.web.pages import VELM, built, page, random_pages, small_pages
from tests.web.test_builder import QUERIES, answers

PAGES = random_pages(1200)


def append(path: Path, pages: list[Document], **options: str) -> WebInfo:
    return append_pages(path, Listed(pages), watch=Watch(), say=lambda _: None, tally=Tally(), **options)  # type: ignore[arg-type]


def delete(path: Path, urls: list[str], **options: bool) -> WebInfo:
    return delete_pages(path, urls, watch=Watch(), say=lambda _: None, **options)


def scores(web: Web) -> list[tuple[str, float]]:
    return [(found.hit.url, round(found.score, 4)) for query in QUERIES for found in web.ranked(query, 30)]


def same(one: Path, other: Path) -> bool:
    """Id, results with their snippets, and scores, which tell of deleted pages in the statistics."""
    assert check_web(one, Watch(), n_titles=20).faults == []
    webs = Web.open(one), Web.open(other)
    told = [(web.info.id, answers(web), scores(web)) for web in webs]
    return told[0] == told[1]


def test_adding_and_taking_out_is_building(tmp_path: Path) -> None:
    rng, web = derive(3, "edits"), tmp_path / "web"
    held = {each.url: each for each in PAGES[:600]}
    built(web, held.values())
    for step, more in enumerate((PAGES[600:900], PAGES[900:901], PAGES[901:])):
        append(web, more)
        held |= {each.url: each for each in more}
        gone = rng.sample(sorted(held), (1, 150, 400)[step])
        delete(web, gone)
        for url in gone:
            del held[url]
        built(tmp_path / "whole", held.values())
        assert same(web, tmp_path / "whole")


def test_a_deleted_page_leaves_no_trace_in_the_statistics(tmp_path: Path) -> None:
    rare = page("https://rare.example/1", "Quokka", "quokka " * 400 + "word0")
    built(tmp_path / "web", [*PAGES[:300], rare])
    loud = scores(Web.open(tmp_path / "web"))
    delete(tmp_path / "web", [rare.url])
    built(tmp_path / "whole", PAGES[:300])
    assert same(tmp_path / "web", tmp_path / "whole") and scores(Web.open(tmp_path / "web")) != loud


def test_everything_can_go_and_come_back(tmp_path: Path) -> None:
    before = built(tmp_path / "web", small_pages()).info
    assert delete(tmp_path / "web", [each.url for each in small_pages()]).n_documents == 0
    assert check_web(tmp_path / "web", Watch()).faults == []
    assert append(tmp_path / "web", small_pages()).id == before.id


def test_who_has_the_old_web_open_keeps_it(tmp_path: Path) -> None:
    web = built(tmp_path / "web", PAGES[:500])
    told = answers(web)
    append(tmp_path / "web", PAGES[500:])
    delete(tmp_path / "web", [each.url for each in PAGES[::2]])
    assert answers(web) == told and [web.document(each.id) for each in PAGES[:500:7]] == PAGES[:500:7]


def test_files_of_untouched_segments_are_shared(tmp_path: Path) -> None:
    built(tmp_path / "web", PAGES[:500])
    shutil.copytree(tmp_path / "web", tmp_path / "copy")
    inodes = {file.name: file.stat().st_ino for file in (tmp_path / "web" / INDEX_FOLDER).iterdir()}
    append(tmp_path / "web", PAGES[500:])
    after = {file.name: file.stat().st_ino for file in (tmp_path / "web" / INDEX_FOLDER).iterdir()}
    kept = {name for name in inodes if after.get(name) == inodes[name]}
    assert {name.rsplit(".")[1] for name in kept} == {"fast", "fieldnorm", "idx", "pos", "store", "term"}


def test_the_same_change_twice_is_one(tmp_path: Path) -> None:
    built(tmp_path / "web", PAGES[:500])
    said: list[str] = []
    for _ in range(2):
        append_pages(tmp_path / "web", Listed(PAGES[500:]), watch=Watch(), say=said.append, tally=Tally())
    for _ in range(2):
        delete_pages(tmp_path / "web", [PAGES[3].url], watch=Watch(), say=said.append)
    assert [text.split(" to ")[0] for text in said] == ["these pages were the last"] * 2
    assert Web.open(tmp_path / "web").info.n_documents == len(PAGES) - 1


def test_a_url_that_the_web_has_is_refused_or_left_out(tmp_path: Path) -> None:
    before = built(tmp_path / "web", small_pages()).info
    twice = [page(VELM, "Velm", "Another text."), page("https://new.example/1", "New", "A new page.")]
    with pytest.raises(DataError, match="the web and a new page have the URL"):
        append(tmp_path / "web", twice)
    assert Web.open(tmp_path / "web").info == before and [file.name for file in tmp_path.iterdir()] == ["web"]
    assert append(tmp_path / "web", twice, same_url="first").n_documents == 5


def test_urls_without_a_page(tmp_path: Path) -> None:
    before = built(tmp_path / "web", small_pages()).info
    with pytest.raises(InputError, match=r"no page at 'https://a/1', nor at 1 more .* nothing was deleted"):
        delete(tmp_path / "web", ["https://a/1", VELM, "https://a/2"])
    assert Web.open(tmp_path / "web").info == before
    assert delete(tmp_path / "web", ["https://a/1", VELM, "https://a/2"], missing_ok=True).n_documents == 3


def test_pages_read_once_can_be_added(tmp_path: Path) -> None:
    built(tmp_path / "web", small_pages())
    pages = [page("https://new.example/1", "New", "A new page.")]
    made = append_pages(tmp_path / "web", Once(pages), watch=Watch(), say=lambda _: None, tally=Tally())
    assert made.id == built(tmp_path / "whole", [*small_pages(), *pages]).info.id


def test_a_web_without_build_json_can_be_changed(tmp_path: Path) -> None:
    built(tmp_path / "web", small_pages())
    (tmp_path / "web" / "build.json").unlink(missing_ok=True)
    delete(tmp_path / "web", [VELM])
    (tmp_path / "web" / "build.json").write_text('{"fingerprint": "x", "total": "12"}')
    made = append(tmp_path / "web", [small_pages()[0]])
    assert made.id == built(tmp_path / "whole", small_pages()).info.id


def test_a_web_that_lies_about_its_pages_is_not_changed(tmp_path: Path) -> None:
    built(tmp_path / "web", small_pages())
    file = tmp_path / "web" / "web.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"id": "0" * 20}))
    with pytest.raises(DataError, match="web check"):
        append(tmp_path / "web", [page("https://new.example/1", "New", "A new page.")])


def test_pages_under_invented_addresses_go_by_either(tmp_path: Path) -> None:
    from redsearcher.web.address.config import AddressConfig

    config = WebConfig(writer_threads=1, addresses=AddressConfig(seed=4))
    built(tmp_path / "web", PAGES[:100], config)
    pages = Pages(tmp_path / "web" / INDEX_FOLDER)
    shown = {stored.document.origin: stored.document.url for stored in pages.read(0)}
    delete(tmp_path / "web", [PAGES[0].url, shown[PAGES[1].url]])
    append(tmp_path / "web", PAGES[100:200])
    built(tmp_path / "whole", PAGES[2:200], config)
    assert same(tmp_path / "web", tmp_path / "whole")


def test_no_web_to_change(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no web"):
        append(tmp_path / "none" / "web", [])
    with pytest.raises(InputError, match="holds no web"):
        delete(tmp_path, ["https://a/1"])
    assert list(tmp_path.iterdir()) == []
