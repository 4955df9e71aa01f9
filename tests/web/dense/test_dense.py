"""Search by meaning beside search by words, over a web of two topics."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from redsearcher.errors import InputError, ModelError, OutageError
from redsearcher.web.config import WebConfig
from redsearcher.web.dense.config import DenseConfig
from redsearcher.web.dense.embed import embed_web
from redsearcher.web.dense.endpoint import Endpoint
from redsearcher.web.dense.fusion import fused
from redsearcher.web.dense.lsa import Lsa
from redsearcher.web.dense.store import FOLDER
from redsearcher.web.engine import Web
from tests.web.pages import built, page

pytest.importorskip("usearch")
pytest.importorskip("sklearn")
LSA = DenseConfig(encoder="lsa", n_dims=2, depth=10)
BOATS = ["the boat has a sail and a mast", "a sail drives the ship", "the ship has a mast", "a boat is a small ship"]
BREADS = ["flour and yeast make dough", "dough becomes bread", "bread needs yeast", "bakers mix flour and dough"]


class Silent:
    def __init__(self) -> None:
        self.done, self.skipped = 0, 0

    def advance(self, n: int = 1, note: str = "") -> None:
        self.done += n

    def skip(self, n: int, note: str = "") -> None:
        self.skipped += n


def small_web(path: Path) -> Web:
    pages = [page(f"https://a.example/{number}", f"Page {number}", text) for number, text in enumerate(BOATS + BREADS)]
    return built(path, pages, WebConfig(writer_threads=1))


def test_pages_without_the_words_are_found_by_meaning(tmp_path: Path) -> None:
    by_words = small_web(tmp_path / "web")
    mast = {hit.url for hit in by_words.search("mast", 4)}
    assert len(mast) == 2
    info = embed_web(tmp_path / "web", LSA, Silent())
    web = Web.open(tmp_path / "web")
    assert web.info == info and info.id != by_words.info.id
    found = [hit.url for hit in web.search("mast", 4)]
    assert set(found[:2]) == mast
    assert {int(url[-1]) for url in found} == {0, 1, 2, 3}
    assert [hit.url for hit in web.search("mast", 3)] == found[:3]
    assert {hit.url for hit in web.search('"mast"', 9)} == mast
    assert {hit.url for hit in web.search("mast site:a.example", 9)} == mast
    assert web.search("mast", 0) == [] and web.search("zembla", 5) == []


@pytest.mark.parametrize("kept_as", ["f16", "i8"])
def test_two_dense_indexes_of_equal_pages_answer_alike(tmp_path: Path, kept_as: str) -> None:
    answers = []
    for name in ("one", "two"):
        small_web(tmp_path / name)
        embed_web(tmp_path / name, LSA.model_copy(update={"kept_as": kept_as}), Silent())
        web = Web.open(tmp_path / name)
        answers.append([ranked for query in ("ship", "bread", "sail dough") for ranked in web.ranked(query, 8)])
    assert answers[0] == answers[1] and len(answers[0]) > 12


class CutError(Exception):
    pass


def test_an_interrupted_run_goes_on(tmp_path: Path) -> None:
    small_web(tmp_path / "web")

    class Cut(Silent):
        def advance(self, n: int = 1, note: str = "") -> None:
            super().advance(n)
            if self.done > 3:
                raise CutError

    with pytest.raises(CutError):
        embed_web(tmp_path / "web", LSA, Cut(), chunk=3)
    assert Web.open(tmp_path / "web").info.config.dense is None
    watch = Silent()
    resumed = embed_web(tmp_path / "web", LSA, watch, chunk=3)
    assert (watch.skipped, watch.done) == (6, 2)
    small_web(tmp_path / "whole")
    assert embed_web(tmp_path / "whole", LSA, Silent()).id == resumed.id
    ways = [[hit.url for hit in Web.open(tmp_path / name).search("ship", 8)] for name in ("web", "whole")]
    assert ways[0] == ways[1]
    assert not list((tmp_path / "web" / FOLDER).glob("*.npy"))
    again = Silent()
    assert embed_web(tmp_path / "web", LSA, again, chunk=3).id == resumed.id
    lighter = embed_web(tmp_path / "web", LSA.model_copy(update={"weight": 0.1}), again, chunk=3)
    assert (again.done, again.skipped) == (0, 0) and lighter.id != resumed.id
    assert Web.open(tmp_path / "web").info == lighter


def test_vectors_of_other_pages_are_refused(tmp_path: Path) -> None:
    small_web(tmp_path / "web")
    info = embed_web(tmp_path / "web", LSA, Silent())
    with pytest.raises(InputError, match=r"redsearcher web embed .* --encoder lsa"):
        built(tmp_path / "web", [page("https://a.example/1", "One", "a boat")], info.config)


def test_lsa_needs_words_in_common() -> None:
    with pytest.raises(InputError, match="words that several pages share"):
        Lsa.fit(["one", "two"], 4)
    lsa = Lsa.fit(BOATS + BREADS, 4)
    assert not lsa.encode(["zembla"]).any()
    assert np.allclose(np.linalg.norm(lsa.encode(BOATS), axis=1), 1, atol=1e-5)


def test_reciprocal_ranks_add_up_and_ties_are_stable() -> None:
    found = fused([(1, ["a", "b", "c"]), (0.5, ["c", "d"])], ord)
    assert found[0] == (1 / 63 + 0.5 / 61, "c")
    assert [item for _, item in found] == ["c", "a", "b", "d"]
    assert [item for _, item in fused([(1, ["b"]), (1, ["a"])], ord)] == ["a", "b"]


@contextmanager
def api(answers: list[tuple[int, object]]) -> Iterator[str]:
    """An embeddings API that gives each answer once, then vectors of ones."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            rows = [{"index": number, "embedding": [1.0, len(text)]} for number, text in enumerate(asked["input"])]
            status, body = answers.pop(0) if answers else (200, {"data": rows[::-1]})
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_api_is_asked_again_and_its_rows_come_in_any_order() -> None:
    with api([(503, {}), (429, {})]) as url:
        vectors = Endpoint(DenseConfig(encoder=url, model="m"), first_wait_s=0).encode(["a", "bb" * 30])
    assert vectors.shape == (2, 2) and vectors[0, 0] > vectors[1, 0]


def test_an_api_that_fails_says_so() -> None:
    for answers, error in (
        ([(401, {})], ModelError),
        ([(200, {"data": []})], ModelError),
        ([(500, {})] * 9, OutageError),
    ):
        with api(list(answers)) as url, pytest.raises(error):
            Endpoint(DenseConfig(encoder=url, model="m"), first_wait_s=0).encode(["a"])
