"""Snippets show the part of a page that the query is about."""

from hypothesis import given
from hypothesis import strategies as st

from redsearcher.web.analysis import Analysis
from redsearcher.web.snippet import SnippetMaker

ANALYSIS = Analysis(stem=False)
FILLER = "The harbour froze in most winters of that age. "


def snippet(text: str, query: str, max_chars: int = 160, title: str = "") -> str:
    idf = {term.read: 1.0 for term in ANALYSIS.query_terms(query, 64)}
    return SnippetMaker(ANALYSIS, idf, max_chars).make(text, title)


def test_the_window_holds_the_query_not_the_first_words() -> None:
    text = FILLER * 10 + "Ola Brandt was elected mayor in 1987. " + FILLER * 10
    found = snippet(text, "who became mayor in 1987")
    assert "Ola Brandt was elected mayor in 1987." in found
    assert found.startswith("... The harbour") and found.endswith("age. ...")
    assert len(found) <= 160


def test_two_terms_together_beat_one_term_often() -> None:
    text = "Mayor. Mayor. Mayor. " + FILLER * 8 + "The mayor opened the mill. " + FILLER * 8
    assert "The mayor opened the mill." in snippet(text, "mayor mill")


def test_rare_terms_weigh_more() -> None:
    text = "The town is old. " + FILLER * 6 + "Zembla is here. " + FILLER * 6
    idf = {"town": 0.5, "old": 0.5, "zembla": 4.0}
    assert "Zembla is here." in SnippetMaker(ANALYSIS, idf, 100).make(text)


def test_inflected_words_match() -> None:
    assert "two elections" in snippet(FILLER * 6 + "She won two elections. " + FILLER * 6, "election won")


def test_what_the_title_shows_counts_less() -> None:
    text = "Velm Osk is a town. " + FILLER * 6 + "A bridge was built. " + FILLER * 6
    assert "A bridge" not in snippet(text, "velm osk bridge", 100)
    assert "A bridge" in snippet(text, "velm osk bridge", 100, title="Velm Osk")


def test_a_long_sentence_is_cut_at_words_around_the_match() -> None:
    text = "alpha beta gamma " * 60 + "the needle lies here " + "delta epsilon " * 60
    found = snippet(text, "needle", 80)
    assert "needle" in found and len(found) <= 80
    assert found.startswith("... ") and found.endswith(" ...")
    assert set(found.split()) <= {*text.split(), "..."}
    assert 20 < found.index("needle") < 60


def test_chinese() -> None:
    text = "这座城市很古老。" * 20 + "王小明是北京大学教授。" + "这座城市很古老。" * 20
    found = snippet(text, "北京大学", 60)
    assert "王小明是北京大学教授。" in found and len(found) <= 60
    unbroken = "城" * 200 + "王小明是北京大学教授" + "城" * 200
    assert "北京大学" in snippet(unbroken, "北京大学", 60)


def test_without_a_match_the_page_starts() -> None:
    assert snippet("First words. " + FILLER * 9, "zembla").startswith("First words. The harbour")
    assert snippet("", "zembla") == ""
    assert snippet("Short.", "") == "Short."


def test_one_line_only() -> None:
    assert snippet("A mill\n\nA  bridge", "bridge") == "A mill A bridge"


@given(st.text(alphabet="ab 北京.。\n", max_size=300), st.text(alphabet="ab 北京", max_size=20), st.integers(40, 120))
def test_never_longer_than_allowed(text: str, query: str, max_chars: int) -> None:
    found = snippet(text, query, max_chars)
    assert len(found) <= max_chars and "\n" not in found
    assert found.removeprefix("... ").removesuffix(" ...") in " ".join(text.split())
