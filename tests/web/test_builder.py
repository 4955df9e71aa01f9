"""Builds are whole or absent, and the same pages make the same web."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from redsearcher.core.rng import derive
from redsearcher.errors import DataError, InputError
from redsearcher.records.world import Document
from redsearcher.web.builder import build_web
from redsearcher.web.config import WebConfig
from redsearcher.web.engine import Web
from tests.web.pages import VELM, built, page, random_pages, small_pages

QUERIES = [
    "word0",
    "word1 word2",
    "word5 word9 word250",
    '"word0 word1"',
    "site:site3.example",
    "word0 site:site3.example",
]


def answers(web: Web) -> list[str]:
    return [hit.model_dump_json() for query in QUERIES for hit in web.search(query, 25)]


def test_two_builds_agree_whatever_the_order_and_the_threads(tmp_path: Path) -> None:
    pages = random_pages(3000)
    shuffled = pages[:]
    derive(1, "shuffle").shuffle(shuffled)
    one = built(tmp_path / "one", pages, WebConfig(writer_threads=1))
    two = built(tmp_path / "two", shuffled, WebConfig(writer_threads=3, writer_heap_mb=64))
    assert one.info.id == two.info.id
    assert len(answers(one)) > 100
    assert two._searcher.num_segments > one._searcher.num_segments == 1
    assert answers(one) == answers(two)


def test_results_do_not_depend_on_how_many_are_asked_for(tmp_path: Path) -> None:
    web = built(tmp_path / "web", random_pages(2000))
    for query in QUERIES:
        whole = [document.id for document in web.find(query, 500)]
        for k in (1, 7, 60):
            assert [document.id for document in web.find(query, k)] == whole[:k]


def test_id_depends_on_pages_and_on_what_changes_answers(tmp_path: Path) -> None:
    pages = small_pages()
    ids = [
        built(tmp_path / "a", pages).info.id,
        built(tmp_path / "b", pages[:3]).info.id,
        built(tmp_path / "c", pages, WebConfig(snippet_chars=100)).info.id,
    ]
    assert len(set(ids)) == 3


def test_info_is_stored_and_progress_told(tmp_path: Path) -> None:
    told: list[int] = []
    info = build_web(tmp_path / "w", random_pages(2500), WebConfig(), world_id="w7", lang="en", progress=told.append)
    assert told == [1000, 2000, 2500]
    assert (info.world, info.lang, info.n_documents) == ("w7", "en", 2500)
    assert Web.open(tmp_path / "w").info == info
    assert json.loads((tmp_path / "w" / "web.json").read_text())["id"] == info.id


def test_opening_leaves_no_thread_behind(tmp_path: Path) -> None:
    build_web(tmp_path / "w", random_pages(4), WebConfig(), world_id="w", lang="en")
    before = set(threading.enumerate())
    assert Web.open(tmp_path / "w").info.n_documents == 4
    assert set(threading.enumerate()) <= before


def test_two_pages_with_one_url_are_refused(tmp_path: Path) -> None:
    twice = [*small_pages(), page(VELM, "Velm", "Another text.")]
    with pytest.raises(DataError, match="two pages have the URL"):
        built(tmp_path / "web", twice)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_build_leaves_the_old_web(tmp_path: Path) -> None:
    before = built(tmp_path / "web", small_pages()).info

    def broken() -> Iterator[Document]:
        yield small_pages()[0]
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError):
        built(tmp_path / "web", broken())
    assert [file.name for file in tmp_path.iterdir()] == ["web"]
    assert Web.open(tmp_path / "web").info == before


def test_a_web_can_be_replaced_and_may_be_empty(tmp_path: Path) -> None:
    built(tmp_path / "web", small_pages())
    web = built(tmp_path / "web", [])
    assert web.info.n_documents == 0 and web.search("velm", 5) == []


def test_opening_what_is_no_web(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no web"):
        Web.open(tmp_path)
    built(tmp_path / "web", small_pages())
    file = tmp_path / "web" / "web.json"
    stored = json.loads(file.read_text())
    file.write_text(json.dumps(stored | {"engine_version": "tantivy-0/schema-0"}))
    with pytest.raises(DataError, match="build the web again"):
        Web.open(tmp_path / "web")
    file.write_text("{")
    with pytest.raises(DataError, match="reading"):
        Web.open(tmp_path / "web")


def test_documents_come_back_whole(tmp_path: Path) -> None:
    pages = [document.model_copy(update={"about": ("Q1", "Q2"), "media": ("a.png",)}) for document in small_pages()]
    web = built(tmp_path / "web", pages)
    assert [web.document(document.id) for document in pages] == pages
