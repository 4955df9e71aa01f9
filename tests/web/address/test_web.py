"""A web under invented addresses: it searches and opens as before, and only its operator knows what is what."""

from pathlib import Path

import pytest

from redsearcher.core.progress import progress
from redsearcher.errors import ToolError
from redsearcher.web.address.book import AddressBook
from redsearcher.web.address.config import AddressConfig
from redsearcher.web.build.edit import append_pages, delete_pages
from redsearcher.web.config import WebConfig
from redsearcher.web.engine import Web
from redsearcher.web.render import render_page, render_results
from redsearcher.web.source.base import Once, Tally
from tests.web.pages import NEWS, OSK, VELM, WANG, built, random_pages, small_pages

CONFIG = WebConfig(writer_threads=1, addresses=AddressConfig(seed=7))
BOOK = AddressBook(AddressConfig(seed=7))
OWN = (VELM, OSK, NEWS, WANG)


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> Web:
    return built(tmp_path_factory.mktemp("hidden") / "web", small_pages(), CONFIG)


def test_results_are_the_same_but_for_where_they_stand(hidden: Web, web: Web) -> None:
    for query in ("velm osk", "mayor", '"river osk"', "北京大学", "mill 1411"):
        before, after = web.search(query, 10), hidden.search(query, 10)
        assert before and [hit.title for hit in after] == [hit.title for hit in before]
        assert [hit.snippet for hit in after] == [hit.snippet for hit in before]
        assert [hit.url for hit in after] == [BOOK.address(hit.url) for hit in before]
        assert [web.resolve(hit.url) for hit in before] == [hidden.resolve(hit.url) for hit in after]


def test_sites_are_those_of_the_addresses(hidden: Web) -> None:
    for hit in hidden.search("velm osk brandt", 10):
        assert hit.site == hit.url.split("/")[2]
        assert hit.url in {found.url for found in hidden.search(f"site:{hit.site}", 10)}
    assert not hidden.search("site:atlas.example", 10)


def test_links_lead_to_addresses(tmp_path: Path) -> None:
    documents = small_pages()
    link = documents[0].links[0].model_copy(update={"url": f"{OSK}#course"})
    documents[0] = documents[0].model_copy(update={"links": (link,)})
    web = built(tmp_path / "web", documents, CONFIG)
    page = web.visit(BOOK.address(VELM), "river")
    (shown,) = page.links
    assert shown.text == "River Osk" and f"[River Osk]({shown.url})" in page.text
    assert web.visit(shown.url, "").title == "River Osk"


def test_a_link_that_leaves_the_web_stays_dead(hidden: Web) -> None:
    (link,) = hidden.visit(BOOK.address(VELM), "").links
    assert link.url == BOOK.address("https://atlas.example/osk_(river)")
    with pytest.raises(ToolError, match="no page at"):
        hidden.visit(link.url, "")


def test_own_urls_do_not_open(hidden: Web) -> None:
    for url in OWN:
        with pytest.raises(ToolError):
            hidden.visit(url, "")


def test_the_operator_gets_the_documents_back(hidden: Web) -> None:
    for document in small_pages():
        address = BOOK.address(document.url)
        found = hidden.document(hidden.resolve(address))
        assert (found.id, found.origin, found.url) == (document.id, document.url, address)
        assert found.text == document.text


def test_nothing_that_is_shown_tells(hidden: Web) -> None:
    pages = [hidden.visit(BOOK.address(url), "mayor") for url in OWN]
    hits = hidden.search("velm osk brandt mayor", 10)
    shown = [render_results("velm", hits), *map(render_page, pages)]
    shown += [record.model_dump_json() for record in (*hits, *pages)]
    for document in small_pages():
        for secret in (document.id, document.url, document.site, "origin"):
            assert not any(secret in text for text in shown)


def test_the_seed_is_part_of_which_web_it_is(tmp_path: Path, hidden: Web, web: Web) -> None:
    other = built(tmp_path / "other", small_pages(), CONFIG.model_copy(update={"addresses": AddressConfig(seed=8)}))
    assert len({hidden.info.id, web.info.id, other.info.id}) == 3
    assert "addresses" not in str(hidden.info.public)
    assert WebConfig().identity == WebConfig(addresses=None).identity != CONFIG.identity


def test_a_larger_web_resolves_every_page(tmp_path: Path) -> None:
    documents = random_pages(1_500)
    web = built(tmp_path / "web", documents, CONFIG)
    assert {web.resolve(BOOK.address(d.url)) for d in documents} == {d.id for d in documents}
    plain = built(tmp_path / "plain", documents)
    for query in ("word0 word7", "word1 word3 word299"):
        before, after = plain.ranked(query, 20), web.ranked(query, 20)
        assert [found.document for found in before] == [found.document for found in after]


def test_appended_pages_stand_where_links_lead(tmp_path: Path) -> None:
    velm, *others = small_pages()
    link = velm.links[0].model_copy(update={"url": OSK})
    velm = velm.model_copy(update={"links": (link,)})
    built(tmp_path / "web", [velm], CONFIG)
    with progress("pages") as watch:
        append_pages(tmp_path / "web", Once(others), watch=watch, say=print, tally=Tally())
    web, whole = Web.open(tmp_path / "web"), built(tmp_path / "whole", [velm, *others], CONFIG)
    (shown,) = web.visit(BOOK.address(VELM), "").links
    assert web.visit(shown.url, "").title == "River Osk"
    assert web.info.id == whole.info.id
    assert {web.document(web.resolve(BOOK.address(url))).origin for url in OWN} == set(OWN)
    with progress("pages") as watch:
        delete_pages(tmp_path / "web", [shown.url], watch=watch, say=print)
    with pytest.raises(ToolError):
        Web.open(tmp_path / "web").visit(shown.url, "")
