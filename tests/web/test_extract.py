"""What a visit shows: everything if it fits, else the lead and what the goal asks for, in page order."""

from hypothesis import given
from hypothesis import strategies as st

from redsearcher.records.world import Document, Link
from redsearcher.web.analysis import Analysis
from redsearcher.web.extract import GAP, Extract, extract
from tests.web.pages import page

ANALYSIS = Analysis(stem=False)
FILLER = "Reeds grow along the slow river. "


def shown(document: Document, goal: str, max_chars: int) -> Extract:
    idf = {term.read: 1.0 for term in ANALYSIS.query_terms(goal, 64)}
    return extract(document, idf, ANALYSIS, max_chars)


def linked(text: str, *anchors: str) -> Document:
    links = [Link(start=text.index(a), end=text.index(a) + len(a), url=f"https://x.example/{a}") for a in anchors]
    return page("https://x.example/page", "Page", text, links=sorted(links, key=lambda link: link.start))


def test_a_short_page_comes_whole_with_links_inline() -> None:
    document = linked("Velm lies on the Osk.\n\nIt has a mill (old).", "Osk", "mill")
    found = shown(document, "", 500)
    assert found.text == (
        "Velm lies on the [Osk](https://x.example/Osk).\n\nIt has a [mill](https://x.example/mill) (old)."
    )
    assert found.n_shown == len(document.text) and len(found.links) == 2


def test_a_long_page_shows_the_lead_and_the_passages_of_the_goal_in_page_order() -> None:
    parts = [
        "Velm is a town. ",
        FILLER * 30,
        "The bridge was built in 1850. ",
        FILLER * 30,
        "Its mayor is Ola Brandt. ",
    ]
    document = page("https://x.example/page", "Velm", "".join(parts))
    found = shown(document, "Who is the mayor and when was the bridge built?", 500)
    assert found.text.startswith("Velm is a town.")
    assert 0 < found.text.index("built in 1850.") < found.text.index("Its mayor is Ola Brandt.")
    assert f"\n\n{GAP}\n\n" in found.text
    assert len(found.text) <= 500


def test_the_budget_is_filled_from_the_start_when_the_goal_matches_nothing() -> None:
    document = page("https://x.example/page", "Velm", "Velm is a town. " + FILLER * 50)
    found = shown(document, "zembla", 400)
    assert GAP not in found.text and 300 < len(found.text) <= 400
    assert document.text.startswith(found.text)


def test_links_count_against_the_budget_and_appear_only_where_shown() -> None:
    text = "Lead here. " + FILLER * 30 + "The Osk flows. " + FILLER * 30 + "A mill stands."
    found = shown(linked(text, "Osk", "mill"), "osk", 300)
    assert [link.url for link in found.links] == ["https://x.example/Osk"]
    assert len(found.text) <= 300


def test_one_endless_sentence_is_cut() -> None:
    document = page("https://x.example/page", "Velm", "word " * 1000)
    found = shown(document, "word", 300)
    assert 0 < len(found.text) <= 300 and 0 < found.n_shown <= 300


@given(
    st.lists(st.sampled_from(["Alpha beta. ", "Gamma is 5. ", "\n\n", "Delta! ", "北京大学。"]), max_size=80),
    st.integers(200, 400),
)
def test_every_shown_passage_is_verbatim_and_the_budget_holds(parts: list[str], max_chars: int) -> None:
    document = page("https://x.example/page", "T", "".join(parts))
    found = shown(document, "gamma 北京", max_chars)
    assert len(found.text) <= max_chars
    pieces = found.text.split(f"\n\n{GAP}\n\n")
    assert all(piece in document.text for piece in pieces)
    assert found.n_shown == sum(len(piece) for piece in pieces)
