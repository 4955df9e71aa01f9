"""Sentences about tools and hints at names read back: round trips over every function, by hand, and what is refused."""

from random import Random

import pytest

from redsearcher.agent.solver.parse.question import parse_question
from redsearcher.agent.solver.parse.tree import ParseError
from redsearcher.records.query import Constant, Query, ToolAtom
from redsearcher.synthesis.verbalise.question import verbalise
from redsearcher.world.property import Lang
from tests.agent.isomorphic import same_query
from tests.synthesis.random_tool import FUNCTIONS, random_tool_query

N_ROUND_TRIPS = 5


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_sentences_about_tools_come_back(lang: Lang, function: str) -> None:
    for number in range(N_ROUND_TRIPS):
        query, names = random_tool_query(Random(f"{function} {number}"), lang, function)
        question = verbalise(query, names, lang=lang, seed=number)
        assert same_query(query, parse_question(question), names), question


def said(query: Query) -> dict[str, tuple[str, float | None, float | None]]:
    """Calls as code, with names for givens and roles for unknowns -> what is called, and its range."""
    names = {v.name: v.label or v.role.value for v in query.variables}
    return {c.call.written(names): (c.id, c.low, c.high) for c in query.constraints if isinstance(c, ToolAtom)}


def test_a_question_by_hand() -> None:
    query = parse_question(
        "I am looking for a city crossed by the River Ash. The name of the city begins with the letter K. The initials "
        "of the city are K. S. The city lies between 1,300 and 1,350 km from Rek as the crow flies. Travelling on foot "
        "from “Osk, Upper” to the city takes between 50 minutes and 1 hour 10 minutes. The city is the second nearest "
        "city to Rek. The population of the city is between 2.1 and 2.4 times the population of Velm. Compared with "
        "Ash, Bel and Co, and Tor, the city has the lowest population of the four. Which city is it?"
    )
    assert {call: row[1:] for call, row in said(query).items()} == {
        "name.first(answer, K)": (1, 1),
        "name.initials(answer, KS)": (1, 1),
        "maps.distance(Rek, answer)": (1300, 1350),
        "maps.travel(Osk, Upper, answer, foot)": (50, 70),
        "maps.nearness(Rek, answer)": (2, 2),
        "python.ratio(P1082 of answer, P1082 of Velm)": (2.1, 2.4),
        "python.rank(P1082 of answer, P1082 of Ash, P1082 of Bel and Co, P1082 of Tor)": (4, 4),
    }
    assert query.answer.type == "city"


def test_a_chinese_question_by_hand() -> None:
    query = parse_question(
        "某位人物出生于卡林。此人的姓名以“沈”开头。此人的h指数在2至4之间。维拉到卡林的直线距离与维拉到“与海”的直线距离"
        "之和至少为3.5万公里。此人逝世的年份比此人出生的年份晚61年。此人是谁？"
    )
    assert {call: row[1:] for call, row in said(query).items()} == {
        "name.first(answer, 沈)": (1, 1),
        "scholar.h_index(answer)": (2, 4),
        "python.sum(maps.distance(维拉, 卡林), maps.distance(维拉, 与海))": (35_000, None),
        "python.years(P570 of answer, P569 of answer)": (61, 61),
    }


@pytest.mark.parametrize(
    "sentence",
    [
        "The city lies between 300 and 350 miles from Rek as the crow flies.",
        "The film lies between 300 and 350 km from Rek as the crow flies.",  # there is no film
        "The city lies between 300 and 350 km from the city as the crow flies.",
        "The population of the city and the population of Velm add up to between 20 and 40 km.",
        "The city is one of the several cities nearest to Rek.",
        "Compared with Ash, Bel, and Tor, the city has the fourth highest population of the four.",
    ],
)
def test_what_no_tool_says_is_refused(sentence: str) -> None:
    with pytest.raises(ParseError):
        parse_question(f"A city is crossed by the River Ash. {sentence} Which city is it?")


def test_hints_keep_their_letters() -> None:
    query = parse_question("Someone was born in Osk. The initials of the person are É. D. V. Who is the person?")
    atom = next(c for c in query.constraints if isinstance(c, ToolAtom))
    assert Constant(text="ÉDV") in atom.call.operands
