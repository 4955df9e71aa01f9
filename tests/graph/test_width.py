"""Search width and hops against definitions spelled out."""

from itertools import permutations

from hypothesis import given as forall
from hypothesis import settings

from redsearcher.graph.reasoning import hops, reasoning_graph
from redsearcher.graph.width import search_width
from redsearcher.records.query import CompareAtom, LiteralAtom, Query, Role
from redsearcher.records.world import Fact
from tests.graph.toy import answer, atom, brute_solutions, fact_lists, given, latent, link, queries, query, table


def brute_width(asked: Query, facts: list[Fact]) -> int:
    names = [variable.name for variable in asked.unknowns]
    givens = {variable.name for variable in asked.givens}

    def n_partial(bound: frozenset[str]) -> int:
        # the answer's role moves to a bound variable, which changes no solution
        first = min(bound)
        variables = tuple(
            v.model_copy(update={"role": Role.ANSWER if v.name == first else Role.LATENT}) if v.name in bound else v
            for v in asked.variables
            if v.name in bound | givens
        )
        among = tuple(c for c in asked.constraints if set(c.variables) <= bound | givens)
        return len(brute_solutions(Query(variables=variables, constraints=among), facts))

    peaks = []
    for order in permutations(names):
        peaks.append(max(n_partial(frozenset(order[:n])) for n in range(1, len(order) + 1)))
    return max(1, min(peaks))


@settings(max_examples=40, deadline=None)
@forall(fact_lists(), queries())
def test_agrees_with_all_orders(facts: list[Fact], asked: Query) -> None:
    assert search_width(asked, table(facts)) == brute_width(asked, facts)


def test_cap() -> None:
    asked = query([given("g", "person", "p0"), answer("a", "person")], [atom("1", "g", "P1", "a")])
    facts = [link("p0", "P1", f"p{i}") for i in range(4)]
    assert search_width(asked, table(facts)) == 4
    assert search_width(asked, table(facts), cap=3) == 3


def test_hops_and_graph() -> None:
    variables = [given("g", "person", "p0"), latent("x", "person"), latent("y", "film"), answer("a", "person")]
    atoms = [atom("1", "g", "P1", "x"), atom("2", "x", "P1", "y"), atom("3", "a", "P2", "y")]
    chain = query(
        variables, [*atoms, CompareAtom(id="4", left="g", left_property="N1", right="a", right_property="N1")]
    )
    assert hops(chain) == 3
    assert reasoning_graph(chain, with_givens=False) == {"x": {"y"}, "y": {"x", "a"}, "a": {"y"}}
    assert reasoning_graph(chain, with_givens=True)["g"] == {"x"}
    assert hops(query(variables, [*atoms, atom("4", "a", "P1", "g")])) == 2


def test_ranges_stand_in_for_givens_where_there_are_none() -> None:
    born = LiteralAtom(id="2", subject="x", property="N1", low=1900, high=1910)
    asked = query([latent("x", "person"), answer("a", "film")], [atom("1", "a", "P1", "x"), born])
    assert hops(asked) == 2
    assert hops(asked.without("2")) == 2
    anchored = query([given("g", "person", "p0"), latent("x", "person"), answer("a", "film")], [
        atom("1", "a", "P1", "x"), born, atom("3", "g", "P1", "a"),
    ])  # fmt: skip
    assert hops(anchored) == 2
