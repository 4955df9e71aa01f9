"""Joining whole columns against searching one by one, and the parts it is made of against the plainest code."""

from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from redsearcher.errors import BudgetError
from redsearcher.graph.evaluate import LIGHT, answers
from redsearcher.graph.join import Join
from redsearcher.graph.plan import Plan
from redsearcher.graph.relation import ROWS_KEPT, Numbers, Relation
from redsearcher.graph.search import Search
from redsearcher.graph.table import Table
from redsearcher.records.query import CompareAtom, Constraint, LiteralAtom, Query
from redsearcher.records.world import Fact
from redsearcher.world.facts import FactTable
from tests.graph.toy import (
    answer,
    atom,
    brute_solutions,
    fact_lists,
    given,
    latent,
    link,
    number,
    queries,
    query,
    table,
)


@settings(max_examples=120, deadline=None)
@forall(fact_lists(), queries(), st.sampled_from(((0, 0), (0, 10**6), (3, 5))))
def test_agrees_with_brute_force(facts: list[Fact], asked: Query, sizes: tuple[int, int]) -> None:
    source = table(facts)
    found = Join(Plan(asked, source), 10**6, few=sizes[0], many=sizes[1]).answers()
    expected = {one[asked.answer.name] for one in brute_solutions(asked, facts)}
    assert [source.names[entity] for entity in found] == sorted(expected)


@settings(max_examples=60, deadline=None)
@forall(fact_lists(), queries())
def test_necessity_by_columns_agrees_with_brute_force(facts: list[Fact], asked: Query) -> None:
    source = table(facts)
    for constraint in asked.constraints:
        less = asked.without(constraint.id)
        found = Join(Plan(less, source), 10**6, few=0, many=0).answers()
        expected = {one[asked.answer.name] for one in brute_solutions(less, facts)}
        assert [source.names[entity] for entity in found] == sorted(expected)


TYPES = {f"{kind}{n}": kind for kind in "pfc" for n in range(25)}


def larger(random: Random) -> tuple[list[Fact], Query]:
    """Seventy-five entities and a query of up to seven unknowns, many of one type, so that clashes are common."""
    names = sorted(TYPES)
    facts = [link(random.choice(names), random.choice(("P1", "P2", "P3")), random.choice(names)) for _ in range(500)]
    facts += [number(name, "N1", random.randrange(12)) for name in names for _ in range(random.randrange(3))]
    kinds = random.choices("ppfc", k=random.randint(3, 7))
    variables = [answer("v0", kinds[0])] + [latent(f"v{n}", kind) for n, kind in enumerate(kinds[1:], 1)]
    variables += [given(f"g{n}", TYPES[e], e) for n, e in enumerate(random.sample(names, random.randrange(3)))]
    ends = [v.name for v in variables]
    made: list[Constraint] = []
    for n in range(1, len(kinds)):  # mostly connected
        if random.random() < 0.85:
            pair = [f"v{random.randrange(n)}", f"v{n}"]
            random.shuffle(pair)
            made.append(atom(f"e{n}", pair[0], random.choice(("P1", "P2", "P3")), pair[1]))
    for n in range(random.randrange(4)):
        kind = random.randrange(4)
        if kind == 0:
            low = random.randrange(10)
            made.append(LiteralAtom(id=f"l{n}", subject=random.choice(ends), property="N1", low=low, high=low + 4))
        elif kind < 3:
            left, right = random.choice(ends), random.choice(ends)
            made.append(CompareAtom(id=f"c{n}", left=left, left_property="N1", right=right, right_property="N1"))
        else:
            made.append(atom(f"x{n}", random.choice(ends), random.choice(("P1", "P2", "P3")), random.choice(ends)))
    return list({fact.id: fact for fact in facts}.values()), query(variables, made)


@pytest.mark.parametrize("seed", range(60))
def test_agrees_with_searching_one_by_one(seed: int) -> None:
    facts, asked = larger(Random(seed))
    source = FactTable(facts, TYPES)
    expected = sorted(Search(Plan(asked, source), 10**7).answers(None))
    for few, many in ((0, 0), (0, 200), (4, 20_000)):
        assert Join(Plan(asked, source), 10**7, few=few, many=many).answers() == expected


def test_a_heavy_query_goes_from_one_to_the_other() -> None:
    types = {f"p{n}": "person" for n in range(900)}
    facts = [link(f"p{n}", "P1", f"p{(n * d) % 900}") for n in range(900) for d in (7, 11, 13)]
    asked = query(
        [answer("a", "person"), latent("b", "person"), latent("c", "person")],
        [atom("1", "a", "P1", "b"), atom("2", "b", "P1", "c")],
    )
    source = FactTable(facts, types)
    with pytest.raises(BudgetError, match=f"more than {LIGHT} candidates"):
        answers(asked, source, budget=LIGHT)
    whole = sorted(Search(Plan(asked, source), 10**7).answers(None))
    assert answers(asked, source) == [source.names[entity] for entity in whole]
    assert answers(asked, source, limit=5) == answers(asked, source)[:5] or len(answers(asked, source, limit=5)) == 5


def test_tables_past_the_bound_are_an_error() -> None:
    types = {f"p{n}": "person" for n in range(60)}
    facts = [link(f"p{n}", "P1", f"p{m}") for n in range(60) for m in range(60)]
    asked = query([answer("a", "person"), latent("b", "person")], [atom("1", "a", "P1", "b")])
    with pytest.raises(BudgetError, match="more than 100 partial solutions"):
        Join(Plan(asked, FactTable(facts, types)), 100, many=10**6).answers()


@settings(max_examples=100, deadline=None)
@forall(
    st.lists(st.tuples(st.integers(2, 9), st.integers(0, 9)), max_size=40), st.lists(st.integers(0, 12), max_size=9)
)
def test_relations_read_rows_and_columns_alike(pairs: list[tuple[int, int]], entities: list[int]) -> None:
    relation = Relation(*(np.array([pair[i] for pair in pairs], dtype=np.int32) for i in (0, 1)))
    column = np.array(entities, dtype=np.int32)
    for outward in (True, False):
        rows = relation.rows(outward)
        expected = {
            e: tuple(sorted({b if outward else a for a, b in pairs if (a if outward else b) == e})) for e in range(13)
        }
        assert {e: rows[e] for e in range(13)} == expected
        assert rows.entities.tolist() == [e for e in range(13) if expected[e]]
        places, ends = rows.reach(column)
        assert list(zip(places.tolist(), ends.tolist(), strict=True)) == [
            (at, end) for at, e in enumerate(entities) for end in expected[e]
        ]
        assert rows.fan_out(column) == len(ends)
        assert rows.has(column).tolist() == [bool(expected[e]) for e in entities]
    both = list(product(range(13), repeat=2))
    held = relation.holds(*(np.array([pair[i] for pair in both], dtype=np.int32) for i in (0, 1)))
    assert held.tolist() == [pair in pairs for pair in both]


@settings(max_examples=100, deadline=None)
@forall(st.lists(st.tuples(st.integers(2, 6), st.integers(0, 5)), max_size=20), st.integers(0, 5), st.integers(0, 3))
def test_numbers_are_found_by_subject_and_by_value(pairs: list[tuple[int, int]], low: int, width: int) -> None:
    numbers = Numbers.of_pairs(
        np.array([s for s, _ in pairs], dtype=np.int32), np.array([v for _, v in pairs], dtype=np.float64)
    )
    column = np.arange(9, dtype=np.int32)
    of = {e: sorted({float(v) for s, v in pairs if s == e}) for e in range(9)}
    inside = {e for e, values in of.items() if any(low <= v <= low + width for v in values)}
    assert numbers.within(low, low + width).tolist() == sorted(inside)
    assert numbers.fit(column, low, low + width).tolist() == [e in inside for e in range(9)]
    assert numbers.least(column).tolist() == [min(of[e], default=np.inf) for e in range(9)]
    assert numbers.greatest(column).tolist() == [max(of[e], default=-np.inf) for e in range(9)]
    for _ in range(2):  # the second time from what was kept
        assert numbers.ranked("3", column[3:].copy, True).tolist() == sorted(max(of[e]) for e in range(3, 9) if of[e])
        assert numbers.ranked("3", column[3:].copy, False).tolist() == sorted(-min(of[e]) for e in range(3, 9) if of[e])


def test_rows_kept_do_not_pile_up() -> None:
    n = ROWS_KEPT + 10
    relation = Relation(np.arange(n, dtype=np.int32), np.zeros(n, dtype=np.int32))
    assert all(relation.out[e] == (0,) for e in range(n))
    assert len(relation.out) == 10


@settings(max_examples=100, deadline=None)
@forall(st.lists(st.tuples(*[st.integers(0, 3)] * 3), min_size=1, max_size=30), st.integers(1, 3))
def test_thinning_keeps_the_best_of_each_group(rows: list[tuple[int, int, int]], n: int) -> None:
    blocks = [range(4)] * 3
    columns = {v: np.array([row[v] for row in rows], dtype=np.int32) for v in range(3)}
    best = Table(len(rows), columns).best(1, -columns[1], n, blocks)
    found = list(zip(*(best.columns[v].tolist() for v in range(3)), strict=True))
    expected = []
    for first, last in {(a, c) for a, _, c in rows}:
        middles = sorted({b for a, b, c in rows if (a, c) == (first, last)}, reverse=True)[:n]
        expected += [(first, b, last) for b in middles]
    assert sorted(found) == sorted(expected)
    once = Table(len(rows), columns).first(blocks)
    assert sorted(zip(*(once.columns[v].tolist() for v in range(3)), strict=True)) == sorted(set(rows))
