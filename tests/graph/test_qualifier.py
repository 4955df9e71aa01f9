"""Ranges of qualifiers on fact atoms: one single fact must meet them all, in evaluation, in SQL and in the checker."""

from contextlib import closing

from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from redsearcher.graph.certify import certify
from redsearcher.graph.check import Checker
from redsearcher.graph.evaluate import answers, count_solutions
from redsearcher.graph.join import Join
from redsearcher.graph.necessity import necessity
from redsearcher.graph.plan import Plan
from redsearcher.graph.sql import SqlFacts
from redsearcher.records.query import FactAtom, QualifierRange, Query
from redsearcher.records.world import Fact, Qualifier, Statement, Strength, Value
from redsearcher.world.facts import FactTable
from tests.graph.toy import ENTITIES, answer, atom, brute_solutions, fact_lists, given, latent, link, queries, query

QUALIFIERS = ("P580", "P582")


def year(property_: str, number: int) -> Qualifier:
    return Qualifier(property=property_, value=Value(datatype="quantity", text=str(number)))


def asking(atom_: FactAtom, *ranges: tuple[str, int | None, int | None]) -> FactAtom:
    qualifiers = tuple(QualifierRange(property=p, low=low, high=high) for p, low, high in ranges)
    return atom_.model_copy(update={"qualifiers": qualifiers})


@st.composite
def qualified(draw: st.DrawFn) -> tuple[list[Fact], Query]:
    bound = st.none() | st.integers(0, 3)
    facts = []
    for fact in draw(fact_lists()):
        for _ in range(draw(st.integers(1, 2))):  # the same link may hold twice, at different times
            some = draw(st.lists(st.tuples(st.sampled_from(QUALIFIERS), st.integers(0, 3)), max_size=2))
            facts.append(
                fact.model_copy(update={"qualifiers": tuple(year(*one) for one in some)} if fact.object else {})
            )
    asked = draw(queries())
    constraints = []
    for c in asked.constraints:
        if isinstance(c, FactAtom) and draw(st.booleans()):
            wanted = draw(st.lists(st.sampled_from(QUALIFIERS), min_size=1, max_size=2, unique=True))
            c = asking(c, *[(p, draw(bound), draw(bound)) for p in wanted])
        constraints.append(c)
    return facts, asked.model_copy(update={"constraints": tuple(constraints)})


@settings(max_examples=120, deadline=None)
@forall(qualified())
def test_both_evaluations_and_sql_agree_with_all_assignments(drawn: tuple[list[Fact], Query]) -> None:
    facts, asked = drawn
    expected = brute_solutions(asked, facts)
    named = sorted({one[asked.answer.name] for one in expected})
    source = FactTable(facts, ENTITIES)
    assert answers(asked, source) == named
    assert [source.names[e] for e in Join(Plan(asked, source), 10**6, few=0, many=0).answers()] == named
    assert count_solutions(asked, source) == len(expected)
    for constraint, n in necessity(asked, source, cap=3).items():
        without = {one[asked.answer.name] for one in brute_solutions(asked.without(constraint), facts)}
        assert n == min(3, len(without))
    with closing(SqlFacts(facts, ENTITIES)) as database:
        assert database.answers(asked) == named
        assert database.n_answers(asked, 99) == len(named)
        assert database.n_solutions(asked, 10_000) == len(expected)


def test_an_atom_without_ranges_is_written_as_it_always_was() -> None:
    plain = atom("1", "a", "P1", "g")
    assert "qualifiers" not in plain.model_dump() and "qualifiers" not in plain.model_dump_json()
    ranged = asking(plain, ("P580", 1, None))
    assert FactAtom.model_validate_json(ranged.model_dump_json()) == ranged


def test_certificates_over_qualified_facts_are_checked() -> None:
    early, late = (Fact(subject="p0", property="P1", object="f0", qualifiers=(year("P580", n),)) for n in (1, 3))
    facts = [early, late, link("p1", "P1", "f0")]
    pages = [Statement(fact=f.id, document=f.id, start=0, end=1, strength=Strength.STRICT) for f in facts]

    def problems(named: Fact, stated: list[Statement], *ranges: tuple[str, int | None, int | None]) -> list[str]:
        plain = atom("1", "a", "P1", "g", named.id)
        asked = query([answer("a", "person", "p0"), given("g", "film", "f0")], [asking(plain, *ranges)])
        stating = {s.fact: frozenset({s.document}) for s in pages}
        source = FactTable(facts, ENTITIES)
        certificate = certify(
            task_id="t", world_id="w", world_kind="closed", query=asked, known=source, stated=source,
            strict=stating.__getitem__, loose=stating.__getitem__, lexical_overlap=0.0,
        )  # fmt: skip
        assert certificate.n_answers == (1 if ranges else 2)
        with closing(Checker(facts, stated, ENTITIES)) as checker:
            return checker.check(certificate, asked)

    assert problems(late, pages, ("P580", 2, 4)) == []
    assert problems(late, pages) == []
    assert any("do not make it true" in p for p in problems(early, pages, ("P580", 2, 4)))
    unstated = [page for page in pages if page.fact != late.id]
    assert any("no page states" in p for p in problems(late, unstated, ("P580", 2, 4)))


def test_ranges_bind_unknowns_on_both_ends() -> None:
    facts = [
        Fact(subject="p0", property="P1", object="f0", qualifiers=(year("P580", 1), year("P582", 2))),
        Fact(subject="p1", property="P1", object="f1", qualifiers=(year("P580", 1),)),
        Fact(subject="p1", property="P1", object="f1", qualifiers=(year("P582", 2),)),
    ]
    both = asking(atom("1", "a", "P1", "b"), ("P580", 1, 1), ("P582", 2, 2))
    asked = query([answer("a", "person"), latent("b", "film")], [both])
    assert answers(asked, FactTable(facts, ENTITIES)) == ["p0"]  # not p1, of whom two facts say it together
