"""Ranking against an exact BM25, filters, pages by URL, and that no query is an error."""

import math
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redsearcher.errors import DataError, ToolError
from redsearcher.records.world import Document
from redsearcher.web.config import WebConfig
from redsearcher.web.engine import Web
from tests.web.pages import NEWS, OSK, VELM, WANG, built, page, random_pages, small_pages

K1, B = 1.2, 0.75


def exact_bm25(pages: list[Document], query: str, title_weight: int) -> dict[str, float]:
    """Score of every page that matches: BM25 of the text and the title, which stands in it several times."""
    scores: Counter[str] = Counter()
    bags = [Counter(document.title.split() * title_weight + document.text.split()) for document in pages]
    average = sum(bag.total() for bag in bags) / len(bags)
    for term in dict.fromkeys(query.split()):
        n_with = sum(term in bag for bag in bags)
        idf = math.log(1 + (len(bags) - n_with + 0.5) / (n_with + 0.5))
        for document, bag in zip(pages, bags, strict=True):
            tf = bag[term]
            if tf:
                norm = K1 * (1 - B + B * bag.total() / average)
                scores[document.id] += idf * tf * (K1 + 1) / (tf + norm)
    return dict(scores)


def in_order(scores: dict[str, float]) -> list[str]:
    """Best first; those that differ by no more than what sums of 32 bits may lose, by id."""
    ranks: dict[str, int] = {}
    before = 0.0
    for found in sorted(scores, key=lambda found: -scores[found]):
        ranks[found] = len(ranks) if not ranks or before - scores[found] > 1e-5 * before else list(ranks.values())[-1]
        before = scores[found]
    return sorted(ranks, key=lambda found: (ranks[found], found))


def urls(web: Web, query: str, k: int = 10) -> list[str]:
    return [hit.url for hit in web.search(query, k)]


@pytest.mark.parametrize("title_weight", [1, 3, 5])
def test_ranking_is_exact_bm25_with_ties_in_the_order_of_ids(tmp_path: Path, title_weight: int) -> None:
    pages = random_pages(400)
    web = built(tmp_path / "web", pages, WebConfig(title_weight=title_weight, writer_threads=1))
    for query in ("word0", "word3 word40", "word1 word2 word7 word299", "word0 word1 word5 word5"):
        scores = exact_bm25(pages, query, title_weight)
        expected = in_order(scores)
        assert [document.id for document in web.find(query, 60)] == expected[:60]
        assert len(web.find(query, 1000)) == len(scores)


def test_title_counts_and_ranks_are_numbered(web: Web) -> None:
    hits = web.search("river osk", 2)
    assert [hit.url for hit in hits] == [OSK, NEWS]
    assert [hit.rank for hit in hits] == [1, 2]
    assert hits[0].site == "atlas.example" and hits[0].date is None
    assert hits[1].site == "news.example" and hits[1].date == "1987-03-02"


def test_case_and_accents_do_not_matter(web: Web) -> None:
    assert urls(web, "ZOR") == urls(web, "żór") == urls(web, "Z\u0307o\u0301r") == [OSK]


def test_a_phrase_must_occur_in_order(web: Web) -> None:
    assert urls(web, '"grey hills"') == [OSK]
    assert urls(web, '"hills grey"') == []
    assert urls(web, '"a town on the river"') == [VELM]
    assert urls(web, '"town on the" mayor elected')[0] == NEWS


def test_where_few_pages_hold_a_phrase_pages_with_its_words_follow(web: Web) -> None:
    found = urls(web, '"town on the" grey hills')
    assert set(found[:2]) == {VELM, NEWS} and found[2:] == [OSK]
    assert urls(web, '"town on the" grey hills', 2) == found[:2]
    assert set(urls(web, '"town on the" grey hills site:news.example')) == {NEWS}
    scores = [ranked.score for ranked in web.ranked('"town on the" grey hills', 9)]
    assert scores == sorted(scores, reverse=True)
    assert urls(web, '"no such phrase" grey hills')[0] == OSK
    assert urls(web, '"no such phrase"') == []


def test_a_phrase_does_not_run_from_the_title_into_the_text(tmp_path: Path) -> None:
    web = built(tmp_path / "web", [page("https://a.example/1", "Grey hills", "Rise in the north.")])
    assert urls(web, '"grey hills"') and urls(web, '"rise in the north"')
    assert urls(web, '"hills rise"') == urls(web, '"hills grey"') == []


def test_an_open_quote_is_plain_text(web: Web) -> None:
    assert urls(web, '"grey hills') == [OSK]


def test_site_filter(web: Web) -> None:
    assert urls(web, "velm site:news.example") == [NEWS]
    assert urls(web, "site:https://www.News.example/mayor velm") == [NEWS]
    assert urls(web, "velm site:elsewhere.example") == []
    assert set(urls(web, "velm site:example")) == {VELM, NEWS}
    assert set(urls(web, "site:atlas.example")) == {VELM, OSK}
    assert set(urls(web, "mayor mill site:atlas.example site:news.example")) == {VELM, NEWS}


def test_stop_words_do_not_rank_unless_alone(web: Web) -> None:
    assert urls(web, "who is the of grey") == [OSK]
    assert set(urls(web, "the")) == {VELM, OSK, NEWS}


def test_chinese(web: Web) -> None:
    for query in ("北京大学", "黄河边的小城", "1956年 教授", "谁是北京大学的教授？", '"北京大学教授"', "城"):
        assert urls(web, query) == [WANG], query
    assert urls(web, '"大学北京"') == []
    assert urls(web, "上海") == []
    assert urls(web, "1956") == [WANG]


def test_one_page_in_both_scripts(tmp_path: Path) -> None:
    mixed = page("https://m.example/1", "Velm 维尔姆", "Velm（维尔姆）lies on the Osk.")
    other = page("https://m.example/2", "Other", "Nothing here.")
    web = built(tmp_path / "web", [mixed, other])
    for query in ("velm", "维尔姆", "维尔姆 velm osk", "哪里 is velm"):
        assert urls(web, query) == [mixed.url]


def test_stems_where_the_config_asks_for_them(tmp_path: Path) -> None:
    plain = built(tmp_path / "plain", small_pages())
    stemmed = built(tmp_path / "stemmed", small_pages(), WebConfig(stem=True, writer_threads=1))
    assert urls(plain, "hill") == [] and urls(stemmed, "hill") == [OSK]
    assert urls(stemmed, '"grey hill"') == [OSK]
    assert plain.info.id != stemmed.info.id


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60) | st.text(alphabet='":()[]{}^~*?+-/\\&|!velm site\u2019“”的\x00\ud800', max_size=60))
def test_no_query_is_an_error(web: Web, query: str) -> None:
    hits = web.search(query, 5)
    assert len(hits) <= 5
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))


def test_a_huge_query_is_cut(web: Web) -> None:
    assert len(web.search("velm " + "word " * 100_000, 5)) == 2
    assert web.search(" ".join(f"w{number}" for number in range(5000)), 5) == []
    assert web.search("velm", 0) == []


def test_urls_resolve_as_models_misspell_them(web: Web) -> None:
    velm = web.resolve(VELM)
    for form in (
        "https://atlas.example/velm_%28town%29", "http://atlas.example/velm_(town)",
        " <https://atlas.example/velm_(town)> ",
        "atlas.example/velm_(town)", "https://atlas.example/velm_(town)/", "https://atlas.example/velm_(town)#history",
        "https://atlas.example/velm_(town).",
    ):  # fmt: skip
        assert web.resolve(form) == velm
    assert web.resolve("https://baike.example/%E7%8E%8B%E5%B0%8F%E6%98%8E") == web.resolve(WANG)
    assert web.document(velm).url == VELM
    assert web.document(velm) == small_pages()[0]


@pytest.mark.parametrize(
    "url", ["", " ", "https://atlas.example/", "velm", "\ud800\x00", "https://atlas.example/Velm_(town)"]
)
def test_an_unknown_url_is_a_tool_error(web: Web, url: str) -> None:
    with pytest.raises(ToolError, match="no page at"):
        web.visit(url, "anything")
    with pytest.raises(ToolError):
        web.resolve(url)


def test_an_unknown_document_is_a_data_error(web: Web) -> None:
    with pytest.raises(DataError, match="has no document"):
        web.document("0" * 20)


def test_visit_gives_a_page(web: Web) -> None:
    found = web.visit(VELM, "When was the oldest mill built?", max_chars=600)
    assert found.title == "Velm" and found.truncated
    assert found.n_chars == len(small_pages()[0].text) > found.n_shown
    assert "[River Osk](https://atlas.example/osk_%28river%29)" in found.text
    assert [(link.text, link.url) for link in found.links] == [("River Osk", "https://atlas.example/osk_(river)")]
    assert "The oldest mill dates to 1411." in found.text
