"""Replies in the shapes that public clients read."""

import pytest

from redsearcher.web.engine import Web
from redsearcher.web.server.token import token
from tests.web.pages import NEWS, OSK, VELM, WANG
from tests.web.serving import ServedHere


def test_search_in_serpers_shape(served: ServedHere) -> None:
    reply = served.post("/search", {"q": "mayor elected", "num": 1, "gl": "us", "hl": "en", "autocorrect": True})
    assert reply == {
        "searchParameters": {
            "q": "mayor elected", "gl": "us", "hl": "en", "num": 1, "page": 1,
            "type": "search", "engine": "redsearcher",
        },
        "organic": [
            {
                "title": "Mayor elected",
                "link": NEWS,
                "snippet": "Ola Brandt has been elected mayor of Velm, a town on the Osk.",
                "position": 1,
                "site": "news.example",
                "date": "1987-03-02",
            }
        ],
    }  # fmt: skip


def test_a_list_of_queries_is_a_batch(served: ServedHere) -> None:
    replies = served.post("/search", [{"q": "grey hills"}, {"q": "zembla"}, {"q": "北京大学"}])
    assert [[row["link"] for row in reply["organic"]] for reply in replies] == [[OSK], [], [WANG]]


def test_a_query_may_stand_in_the_url(served: ServedHere) -> None:
    asked = served.post("/search", {"q": "grey hills", "num": 1})
    for method in ("GET", "POST"):
        reply = served.client.request(method, "/search", params={"q": "grey hills", "num": "1"})
        assert reply.json() == asked


def test_pages_of_results_follow_one_another(served: ServedHere, web: Web) -> None:
    whole = [hit.url for hit in web.search("velm osk", 10)]
    pages = [served.post("/search", {"q": "velm osk", "num": 2, "page": page})["organic"] for page in (1, 2, 3)]
    assert [row["link"] for rows in pages for row in rows] == whole and len(whole) == 3
    assert [[row["position"] for row in rows] for rows in pages] == [[1, 2], [1], []]


def test_read_in_jinas_shape(served: ServedHere, web: Web) -> None:
    reply = served.client.get(f"/r/{NEWS}", headers={"Accept": "application/json"})
    assert reply.json() == {
        "code": 200,
        "status": 20000,
        "data": {
            "title": "Mayor elected",
            "description": "",
            "url": NEWS,
            "content": "Ola Brandt has been elected mayor of Velm, a town on the Osk.",
            "publishedTime": "1987-03-02",
        },
    }
    text = served.client.get(f"/r/{NEWS}").text
    assert text == (
        f"Title: Mayor elected\n\nURL Source: {NEWS}\n\nPublished Time: 1987-03-02\n\nMarkdown Content:\n"
        "Ola Brandt has been elected mayor of Velm, a town on the Osk.\n"
    )
    whole = served.post("/r/", {"url": VELM}, Accept="application/json")["data"]
    assert "[River Osk](https://atlas.example/osk_%28river%29)" in whole["content"]
    assert len(whole["content"]) > len(web.document(web.resolve(VELM)).text)


@pytest.mark.parametrize(
    "form", [VELM, VELM.replace("https://", "https:/"), VELM.replace("(", "%28").replace(")", "%29")]
)
def test_a_url_in_the_path_as_people_write_it(served: ServedHere, form: str) -> None:
    assert served.client.get(f"/r/{form}").text.startswith("Title: Velm\n")


def test_a_url_in_chinese_and_one_with_a_query(served: ServedHere) -> None:
    assert served.client.get(f"/r/{WANG}").text.startswith("Title: 王小明\n")
    missing = served.client.get("/r/https://no.example/x?a=b&c")
    assert missing.status_code == 404 and "no page at 'https://no.example/x?a=b&c'" in missing.json()["message"]


def test_links_and_plain_text_on_request(served: ServedHere) -> None:
    link = ("River Osk", "https://atlas.example/osk_(river)")
    asked = {"Accept": "application/json", "X-With-Links-Summary": "true"}
    assert served.client.get(f"/r/{VELM}", headers=asked).json()["data"]["links"] == dict([link])
    assert f"- [{link[0]}]({link[1]})" in served.client.get(f"/r/{VELM}", headers={"X-With-Links-Summary": "all"}).text
    plain = served.client.get(f"/r/{VELM}", headers={"X-Return-Format": "text"}).text
    assert "town on the River Osk." in plain
    refused = served.client.get(f"/r/{VELM}", headers={"X-Return-Format": "screenshot"})
    assert refused.status_code == 400 and "markdown or text" in refused.json()["message"]


def test_a_goal_cuts_the_page(served: ServedHere, web: Web) -> None:
    body = {"url": VELM, "goal": "oldest mill", "max_chars": 500}
    data = served.post("/r", body, Accept="application/json")["data"]
    page = web.visit(VELM, "oldest mill", 500)
    assert data["content"] == page.text and "1411" in page.text
    assert (data["n_chars"], data["n_shown"], data["truncated"]) == (page.n_chars, page.n_shown, True)
    assert data["links"] == [[link.text, link.url] for link in page.links]


def test_retrieve_in_search_r1s_shape(served: ServedHere) -> None:
    (first, second) = served.post("/retrieve", {"queries": ["grey hills", "velm"], "topk": 2, "return_scores": True})[
        "result"
    ]
    assert first[0]["document"]["contents"].startswith('"River Osk"\nThe River Osk flows')
    assert len(second) == 2 and second[0]["score"] >= second[1]["score"] > 0
    bare = served.post("/retrieve", {"queries": ["grey hills"], "topk": 1})["result"]
    assert bare == [[first[0]["document"]]]


def test_papers(served: ServedHere) -> None:
    rows = served.post("/scholar", {"q": "Ola Brandt"})["organic"]
    assert [(row["title"], row["citedBy"]) for row in rows] == [("On mills, and why", 1200), ("On rivers", 1)]
    assert rows[0] | {"link": ""} == {
        "title": "On mills, and why", "link": "", "publicationInfo": "Ola Brandt - 1987", "snippet": "", "year": 1987,
        "citedBy": 1200, "id": token("scholar", "A1"),
    }  # fmt: skip
    second = token("scholar", "A2")
    assert second.isdigit() and second != rows[0]["id"]
    assert [row["id"] for row in served.post("/scholar", {"q": "on river"})["organic"]][:1] == [second]
    assert [row["id"] for row in served.post("/scholar", {"q": "Ola Brandt", "num": 1, "page": 2})["organic"]] == [
        second
    ]


def test_places(served: ServedHere) -> None:
    places = served.post("/maps", {"q": "Osk"})["places"]
    assert [(row["position"], row["address"], row["latitude"]) for row in places] == [
        (1, "Northmark", 11.0),
        (2, "Southmark", -40.0),
    ]
    assert places[0] == {
        "position": 1, "title": "Osk", "address": "Northmark", "latitude": 11.0, "longitude": 20.0,
        "type": "City", "cid": token("maps", "C2"),
    }  # fmt: skip
    (place,) = served.post("/places", {"q": "Osk, Southmark"})["places"]
    assert (place["cid"], place["category"]) == (token("maps", "C3"), "City")


def test_tools_answer_as_a_model_reads_them(served: ServedHere) -> None:
    found = served.post("/tools/maps", {"arguments": {"query": "Żór"}})
    assert found["error"] is None and found["content"].startswith("## Żór\nCity in Northmark")
    assert served.post("/tools/python", {"arguments": {"code": "1 / 0"}})["error"] == "code_error"
    assert served.post("/tools/search", {"arguments": {"q": "x"}})["error"] == "bad_arguments"
    assert served.client.post("/tools/fly", json={"arguments": {}}).status_code == 404
    names = [tool["name"] for tool in served.client.get("/tools").json()["tools"]]
    assert names == ["search", "visit", "python", "scholar", "maps"] == served.client.get("/health").json()["tools"]


def test_openapi_and_metrics_tell_of_every_route(served: ServedHere) -> None:
    described = served.client.get("/openapi.json").json()["paths"]
    for path in ("/search", "/scholar", "/maps", "/places", "/retrieve", "/r", "/tools/{name}"):
        assert described[path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    served.post("/search", {"q": "velm"})
    text = served.client.get("/metrics").text
    assert 'redsearcher_web_requests_total{route="search",status="200"}' in text
    assert 'redsearcher_web_request_seconds_bucket{le="0.001",route="search"}' in text


def test_without_a_world_some_routes_are_not_there(web: Web) -> None:
    with ServedHere(web) as server:
        for path in ("/scholar", "/maps", "/places"):
            reply = server.client.post(path, json={"q": "Osk"})
            assert reply.status_code == 404 and "--world" in reply.json()["message"]


def test_health_names_the_web(served: ServedHere, web: Web) -> None:
    assert served.client.get("/health").json()["web"] == web.info.public
