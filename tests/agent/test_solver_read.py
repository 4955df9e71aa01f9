import pytest

from redsearcher.agent.solver.extract import triples
from redsearcher.agent.solver.kind import introduced_as
from redsearcher.agent.solver.literal import amounts
from redsearcher.agent.solver.names import guessed_mentions
from redsearcher.agent.solver.observe import Document, read_observation, sentences
from redsearcher.agent.solver.title import topic

Read = set[tuple[str, str]]


def page(title: str, text: str) -> Document:
    return Document(title, "https://a.example/p", sentences(text), visited=True)


def read(title: str, text: str, property_: str, lang: str = "en", at_least: float = 0.5) -> Read:
    """(subject, object) pairs a page is taken to state."""
    found = triples(page(title, text), (), (property_,), lang)
    return {(t.subject.text, t.object.text) for t in found if t.object is not None and t.weight >= at_least}


@pytest.mark.parametrize(
    ("text", "property_", "expected"),
    [
        ("The film was directed by [Bo Varn](u1).", "P57", {("Ada Kesten", "Bo Varn")}),
        ("She directed [Iron Gate](u1) and was born in [Lorn](u2).", "P57", {("Iron Gate", "Ada Kesten")}),
        ("Born in [Lorn](u1), she married [Bo Varn](u2).", "P19", {("Ada Kesten", "Lorn")}),
        ("Her father was [Bo Varn](u1).", "P22", {("Ada Kesten", "Bo Varn")}),
        (
            "[Bo Varn](u1) and [Cy Dorn](u2) studied here.",
            "P69",
            {("Bo Varn", "Ada Kesten"), ("Cy Dorn", "Ada Kesten")},
        ),
        (
            "Its employees over the years include [Bo Varn](u1) and [Cy Dorn](u2).",
            "P108",
            {("Bo Varn", "Ada Kesten"), ("Cy Dorn", "Ada Kesten")},
        ),
        ("[Bo Varn](u1) supervised her doctoral thesis.", "P184", {("Ada Kesten", "Bo Varn")}),
    ],
)
def test_english_facts(text: str, property_: str, expected: Read) -> None:
    assert expected <= read("Ada Kesten", text, property_)


def test_openers_alone_are_no_names() -> None:
    assert guessed_mentions("She left in March", []) == []


def test_an_adjective_tells_citizenship() -> None:
    text = "Ada Kesten (1831-1914) was a Dutch geologist."
    assert read("Ada Kesten", text, "P27") == {("Ada Kesten", "Netherlands")}


def test_a_list_does_not_swallow_the_next_verb() -> None:
    text = "She is a citizen of [Lornia](u1) and was a player of [Real Lorn](u2)."
    assert read("Ada Kesten", text, "P27") == {("Ada Kesten", "Lornia")}


@pytest.mark.parametrize(
    ("text", "property_", "expected"),
    [
        ("该片由[林清](u1)执导。", "P57", {("寒江", "林清")}),
        ("他的父亲是[林清](u1)。", "P22", {("寒江", "林清")}),
        ("[林清](u1)是他的女儿。", "P22", {("林清", "寒江")}),
        ("[林清](u1)和[周远](u2)出演了该片。", "P161", {("寒江", "林清"), ("寒江", "周远")}),
    ],
)
def test_chinese_facts(text: str, property_: str, expected: Read) -> None:
    assert expected <= read("寒江", text, property_, "zh")


@pytest.mark.parametrize(
    ("text", "property_", "lang", "number"),
    [
        ("She was born on 12 March 1956 and died in 1999.", "P569", "en", 1956 + 2 / 12 + 11 / 372),
        ("She was born on 12 March 1956 and died in 1999.", "P570", "en", 1999.0),
        ("The city has a population of 263,300 inhabitants.", "P1082", "en", 263300.0),
        ("The firm has an annual revenue of 98 million crowns.", "P2139", "en", 98.0),
        ("She is 1.83 m tall.", "P2048", "en", 183.0),
        ("她出生于1923年4月16日。", "P569", "zh", 1923 + 3 / 12 + 15 / 372),
        ("该省人口为4.66万人。", "P1082", "zh", 46600.0),
    ],
)
def test_literals(text: str, property_: str, lang: str, number: float) -> None:
    found = [t.number for t in triples(page("Ada Kesten", text), (), (property_,), lang) if t.number is not None]
    assert found == [pytest.approx(number)]


def test_a_date_is_not_read_again_as_an_amount() -> None:
    assert [a.is_time for a in amounts("on 12 March 1956")] == [True]


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("In memory of Ada Kesten", "Friends of Ada Kesten met.", "Ada Kesten"),
        ("Lorn – gazetteer", "Lorn is a city.", "Lorn"),
        (
            "Decay in marshes: a survey – record",
            "“Decay in marshes: a survey” is a paper.",
            "Decay in marshes: a survey",
        ),
        ("林清的一天", "林清早起。林清是演员。", "林清"),
    ],
)
def test_topic_of_a_title(title: str, text: str, expected: str) -> None:
    assert topic(page(title, text)) == expected


def test_kind_from_the_introduction() -> None:
    assert introduced_as(page("Lorn", "Lorn is a port city in Lornia.")) == "city"
    assert introduced_as(page("Ash Prize", "It is given each year.")) == "award"


def test_observations_are_read_back() -> None:
    search = (
        '## Results for "a "b" c"\n1. [Ada (film)](https://a.example/x%28y%29)\n   a.example · 2020-01-02\n   '
        'Ada is a film. More.\n\n2. [Bo](https://b.example)\n   b.example\n\n## Results for "d"\nNo results.'
    )
    first, second = read_observation(search).results
    assert first.query == 'a "b" c'
    assert [(h.title, h.url, len(h.sentences)) for h in first.hits] == [
        ("Ada (film)", "https://a.example/x(y)", 2),
        ("Bo", "https://b.example", 0),
    ]
    assert second.hits == ()
    visit = (
        "# Lorn\nURL: https://a.example/l\n\nLorn lies by [River Ash](https://a.example/r).\n[...]\nEnd.\n\n"
        "(12 of 34 characters shown)\n\n---\n\n# https://x.example\nURL: https://x.example\n\nError: no page there"
    )
    (lorn,) = read_observation(visit).pages
    assert [s.text for s in lorn.sentences] == ["Lorn lies by River Ash.", "End."]
    anchor = lorn.sentences[0].anchors[0]
    assert (lorn.sentences[0].text[anchor.start : anchor.end], anchor.url) == ("River Ash", "https://a.example/r")
    assert read_observation("Error: bad arguments").pages == ()
