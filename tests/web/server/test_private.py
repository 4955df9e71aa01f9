"""What a server says of a web with invented addresses: never a document's id, its own URL, or how they are made."""

from collections.abc import Iterator

import pytest

from redsearcher.web.address.book import AddressBook
from redsearcher.web.address.config import AddressConfig
from redsearcher.web.config import WebConfig
from redsearcher.web.engine import Web
from redsearcher.web.noise.mix import KIND
from tests.web.pages import VELM, built, small_pages
from tests.web.serving import ServedHere

SEED = 8_071_405_112_233
ADDRESS = AddressBook(AddressConfig(seed=SEED)).address(VELM)


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> Web:
    pages = small_pages()
    pages[1] = pages[1].model_copy(update={"kind": KIND})
    config = WebConfig(writer_threads=1, addresses=AddressConfig(seed=SEED))
    return built(tmp_path_factory.mktemp("hidden") / "web", pages, config)


@pytest.fixture(scope="module")
def server(hidden: Web) -> Iterator[ServedHere]:
    with ServedHere(hidden) as running:
        yield running


def test_no_reply_tells(server: ServedHere, hidden: Web) -> None:
    client = server.client
    replies = [
        client.get("/health"),
        client.get("/openapi.json"),
        client.post("/search", json={"q": "velm osk", "num": 10}),
        client.post("/retrieve", json={"queries": ["velm osk", "mayor"], "topk": 4, "return_scores": True}),
        client.get(f"/r/{ADDRESS}", headers={"Accept": "application/json", "X-With-Links-Summary": "all"}),
        client.post("/r", json={"url": ADDRESS, "goal": "mills"}, headers={"Accept": "application/json"}),
        client.get(f"/r/{ADDRESS}"),
        client.get("/tools"),
        client.post("/tools/search", json={"arguments": {"query": ["velm osk"]}}),
        client.post("/tools/visit", json={"arguments": {"url": [ADDRESS], "goal": "mills"}}),
        client.get("/metrics"),
    ]
    assert [reply.status_code for reply in replies] == [200] * len(replies)
    secrets = [str(SEED), "addresses", "origin", KIND]
    secrets += [secret for page in small_pages() for secret in (page.id, page.url, page.site)]
    for reply in replies:
        found = [secret for secret in secrets if secret in reply.text]
        assert not found, (reply.request.url, found)


def test_a_passages_id_is_one_per_page_and_tells_nothing(server: ServedHere, hidden: Web) -> None:
    rows = server.post("/retrieve", {"queries": ["velm osk", "osk"], "topk": 4})["result"]
    ids = {(row["id"], row["url"]) for result in rows for row in result}
    assert len(ids) == len({id_ for id_, _ in ids}) == 3
    assert not {id_ for id_, _ in ids} & {hidden.resolve(url) for _, url in ids}
