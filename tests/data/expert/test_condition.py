"""Questions read into numbered conditions, in their own words."""

import pytest

from redsearcher.agent.solver.parse.tree import ParseError
from redsearcher.data.expert.condition import read_conditions
from redsearcher.records.query import CompareAtom, FactAtom, LiteralAtom, Query, Role, Variable

FILM = Query(
    variables=(
        Variable(name="a", role=Role.LATENT, type="film", entity="E1"),
        Variable(name="b", role=Role.ANSWER, type="company", entity="E2"),
        Variable(name="g", role=Role.GIVEN, type="person", entity="E3", label="Ola Venn"),
    ),
    constraints=(
        FactAtom(id="c1", subject="a", property="P272", object="b"),
        FactAtom(id="c2", subject="a", property="P161", object="g"),
        LiteralAtom(id="c3", subject="a", property="P577", low=1950.0, high=1959.9999),
    ),
)
CITIES = Query(
    variables=(
        Variable(name="a", role=Role.ANSWER, type="city", entity="E1"),
        Variable(name="b", role=Role.LATENT, type="city", entity="E2"),
        Variable(name="g", role=Role.GIVEN, type="city", entity="E3", label="Orsk"),
    ),
    constraints=(
        FactAtom(id="c1", subject="b", property="P190", object="a"),
        FactAtom(id="c2", subject="b", property="P190", object="g"),
        CompareAtom(id="c3", left="a", left_property="P1082", right="b", right_property="P1082"),
    ),
)


def test_conditions_follow_the_question_in_its_words() -> None:
    question = "A film that features Ola Venn in its cast was released in the 1950s and was produced by a company. "
    found = read_conditions(question + "Which company is this?", FILM)
    assert found.restate().splitlines() == [
        "1) film x features Ola Venn in its cast",
        "2) x was released in the 1950s",
        "3) x was produced by company y",
        "Find y.",
    ]
    assert [item.constraint.id for item in found.items] == ["c2", "c3", "c1"]


def test_a_symmetric_relation_is_turned_as_the_question_says_it() -> None:
    question = (
        "A city is twinned with another city that is a sister city of Orsk. The first city has fewer inhabitants "
    )
    found = read_conditions(question + "than the second city. What is the first city called?", CITIES)
    assert found.restate().splitlines() == [
        "1) city x is twinned with city y",
        "2) y is a sister city of Orsk",
        "3) x has fewer inhabitants than y",
        "Find x.",
    ]


def test_another_question_is_refused() -> None:
    with pytest.raises(ParseError):
        read_conditions("A film that stars Ola Venn was produced by a company. Which company is this?", CITIES)
