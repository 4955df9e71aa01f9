import asyncio

from redsearcher.agent.answer import read_final
from redsearcher.agent.solver.model import RulesSolver
from redsearcher.errors import DataError
from redsearcher.records.chat import Message, Sampling
from redsearcher.records.query import Constraint, FactAtom, LiteralAtom, Query, Role, Variable
from redsearcher.records.tool import SEARCH, VISIT
from redsearcher.records.trajectory import StopReason
from tests.agent.solver_web import PageText, converse

PAGES = {
    "https://a.example/lorn": PageText(
        "Lorn", "Lorn is a city. It lies on the banks of [River Ash](https://a.example/ash)."
    ),
    "https://a.example/ash": PageText("River Ash", "River Ash is a river. It flows through Lorn and Medwick."),
    "https://a.example/ada": PageText(
        "Ada Kesten",
        "Ada Kesten (born 12 March 1956) is a director. She was born in [Lorn](https://a.example/lorn) and studied at "
        "[Medwick College](https://a.example/medwick).",
    ),
    "https://a.example/bo": PageText(
        "Bo Varn",
        "Bo Varn is a novelist. A native of [Lorn](https://a.example/lorn), he was born on 3 May 1931. "
        "He is married to [Ada Kesten](https://a.example/ada).",
    ),
    "https://b.example/harbour": PageText(
        "The Silent Harbour",
        "The Silent Harbour came out in 1987. The film was directed by [Ada Kesten](https://a.example/ada) and stars "
        "Cy Dorn and [Bo Varn](https://a.example/bo).",
    ),
    "https://b.example/winter": PageText(
        "Winter Road", "Winter Road was released in 1999. It was directed by [Ada Kesten](https://a.example/ada)."
    ),
    "https://b.example/gate": PageText(
        "The Iron Gate", "Directed by Dee Marsh, The Iron Gate is a film set in Lorn. It features Bo Varn in its cast."
    ),
}


def given(name: str, type_: str, label: str) -> Variable:
    return Variable(name=name, role=Role.GIVEN, type=type_, label=label)


def atom(number: int, subject: str, property_: str, object_: str) -> FactAtom:
    return FactAtom(id=f"c{number}", subject=subject, property=property_, object=object_)


def film_query(*extra: Constraint) -> Query:
    """A film directed by a native of Lorn, in whose cast that native's spouse appears."""
    variables = (
        given("g", "city", "Lorn"),
        Variable(name="x", role=Role.LATENT, type="person"),
        Variable(name="y", role=Role.LATENT, type="person"),
        Variable(name="f", role=Role.ANSWER, type="film"),
    )
    atoms = (atom(1, "x", "P19", "g"), atom(2, "f", "P57", "x"), atom(3, "f", "P161", "y"), atom(4, "x", "P26", "y"))
    return Query(variables=variables, constraints=(*atoms, *extra))


def ask(query: Query, sampling: Sampling) -> list[Message]:
    solver = RulesSolver(lambda question, lang: query)
    return asyncio.run(converse(solver, "Which film?", PAGES, sampling))


def test_cycle_is_solved_from_the_pages() -> None:
    messages = ask(film_query(), Sampling(temperature=0))
    assert read_final(messages[-1].content).answer == "The Silent Harbour"
    calls = [call for message in messages for call in message.calls]
    assert {call.name for call in calls} <= {"search", "visit"}
    assert len({call.signature for call in calls}) == len(calls)


def test_literal_range_decides_between_two_films() -> None:
    variables = (given("g", "person", "Ada Kesten"), Variable(name="f", role=Role.ANSWER, type="film"))
    late = LiteralAtom(id="c2", subject="f", property="P577", low=1990, high=1999.9999)
    query = Query(variables=variables, constraints=(atom(1, "f", "P57", "g"), late))
    assert read_final(ask(query, Sampling(temperature=0))[-1].content).answer == "Winter Road"


def test_every_seed_is_repeatable_and_seeds_differ() -> None:
    runs = [ask(film_query(), Sampling(temperature=0.85, seed=seed)) for seed in (1, 1, 2, 3)]
    assert runs[0] == runs[1]
    assert len({run[2].calls[0].signature for run in runs}) > 1
    assert all(read_final(run[-1].content).answer == "The Silent Harbour" for run in runs)


def test_abstains_when_nothing_fits() -> None:
    variables = (given("g", "city", "Nowhere"), Variable(name="f", role=Role.ANSWER, type="person"))
    query = Query(variables=variables, constraints=(atom(1, "f", "P19", "g"),))
    final = read_final(ask(query, Sampling(temperature=0))[-1].content)
    assert (final.answer, final.stop_reason) == (None, StopReason.ABSTAINED)


def test_unreadable_question_is_said_plainly() -> None:
    def refuse(question: str, lang: str | None) -> Query:
        raise DataError("no verb that I know")

    messages = [Message(role="user", content="Hm?")]
    turn = asyncio.run(RulesSolver(refuse).complete(messages, (SEARCH, VISIT), Sampling()))
    assert read_final(turn.message.content).stop_reason is StopReason.PARSE_FAILED


def test_forced_to_answer_it_calls_nothing() -> None:
    solver = RulesSolver(lambda question, lang: film_query())
    messages = [Message(role="user", content="Which film?"), Message(role="user", content="Answer now.")]
    turn = asyncio.run(solver.complete(messages, (), Sampling()))
    assert not turn.message.calls
    assert read_final(turn.message.content).answer is None
