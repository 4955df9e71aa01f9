"""The longest list on the cheapest way from the givens."""

from redsearcher.graph.listing import longest_list
from redsearcher.records.query import FactAtom, LiteralAtom, Query, Role, Variable
from redsearcher.records.world import Fact
from redsearcher.world.facts import FactTable

PEOPLE = [f"P{n}" for n in range(6)]
TYPES = {**dict.fromkeys(PEOPLE, "person"), "C": "city", "F": "film"}


def _table() -> FactTable:
    born = [Fact(subject=person, property="P19", object="C") for person in PEOPLE]
    cast = [Fact(subject="F", property="P161", object=person) for person in PEOPLE[:2]]
    return FactTable([*born, *cast], TYPES)


def _query(*constraints: FactAtom | LiteralAtom, givens: tuple[tuple[str, str], ...]) -> Query:
    variables = [Variable(name="x", role=Role.ANSWER, type="person", entity="P0")]
    variables += [Variable(name=name, role=Role.GIVEN, type=TYPES[entity], entity=entity) for name, entity in givens]
    return Query(variables=tuple(variables), constraints=constraints)


BORN = FactAtom(id="c1", subject="x", property="P19", object="c")
CAST = FactAtom(id="c2", subject="f", property="P161", object="x")


def test_a_hub_alone_must_be_read_whole() -> None:
    assert longest_list(_query(BORN, givens=(("c", "C"),)), _table()) == 6


def test_the_shorter_way_in_counts() -> None:
    assert longest_list(_query(BORN, CAST, givens=(("c", "C"), ("f", "F"))), _table()) == 2


def test_chains_take_their_longest_list() -> None:
    chain = Query(
        variables=(
            Variable(name="f", role=Role.GIVEN, type="film", entity="F"),
            Variable(name="x", role=Role.LATENT, type="person", entity="P0"),
            Variable(name="c", role=Role.LATENT, type="city", entity="C"),
            Variable(name="y", role=Role.ANSWER, type="person", entity="P3"),
        ),
        constraints=(CAST, BORN, FactAtom(id="c3", subject="y", property="P19", object="c")),
    )
    assert longest_list(chain, _table()) == 6


def test_what_facts_do_not_reach_has_no_length() -> None:
    query = _query(LiteralAtom(id="c1", subject="x", property="P569", low=1900.0), givens=())
    assert longest_list(query, _table()) is None
