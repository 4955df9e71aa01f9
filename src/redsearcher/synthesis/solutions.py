"""Partial solutions of a structure as a table: one integer column per variable, one row per assignment."""

import random

import numpy as np

from redsearcher.synthesis.columns import Bools, Columns, Ints
from redsearcher.synthesis.factgraph import Edge, FactGraph
from redsearcher.synthesis.structure import Structure

Table = dict[int, Ints]


def n_rows(table: Table) -> int:
    """Rows of a table (its columns have one length)."""
    return len(next(iter(table.values())))


def n_values(table: Table, variable: int) -> int:
    """Distinct entities in a column."""
    return len(np.unique(table[variable]))


def varied(column: Ints) -> bool:
    """Whether a column holds two different entities."""
    return len(column) > 1 and bool((column != column[0]).any())


def kept(table: Table, rows: Bools | Ints) -> Table:
    """The table cut to some rows."""
    return {variable: column[rows] for variable, column in table.items()}


def solve(
    graph: FactGraph,
    facts: Columns,
    structure: Structure,
    edges: list[Edge],
    start: int,
    domain: Ints,
    *,
    max_rows: int,
    rng: random.Random | None,
) -> Table | None:
    """Solutions of `edges` in the component of variable `start`, which ranges over `domain`; injective within a type.

    A table that would pass `max_rows` gives None without `rng`; with it, a random part of the rows goes on, so the
    result is a subset of the solutions (enough to show that there are several).
    """
    types = [int(graph.types[node]) for node in structure.nodes]
    if len(domain) > max_rows:
        if rng is None:
            return None
        domain = domain[_draw(len(domain), max_rows, rng)]
    table: Table = {start: domain}
    owed = [(*structure.ends(edge), edge.property) for edge in edges]
    while True:
        step = _next(facts, table, owed)
        if step is None:
            return table
        owed.remove(step)
        subject, property, object = step[0], step[2], step[1]
        if subject in table and object in table:
            table = kept(table, facts.holds(table[subject], property, table[object]))
            continue
        outward = subject in table
        source, target = (subject, object) if outward else (object, subject)
        if facts.fanout(table[source], property, outward) > 8 * max_rows:
            if rng is None:
                return None
            table = kept(table, _draw(n_rows(table), max(1, n_rows(table) // 16), rng))
        rows, reached = facts.expand(table[source], property, outward)
        fits = graph.types[reached] == types[target]
        for variable, column in table.items():
            if types[variable] == types[target]:
                fits &= column[rows] != reached
        table = kept(table, rows[fits])
        table[target] = reached[fits]
        if len(reached[fits]) > max_rows:
            if rng is None:
                return None
            table = kept(table, _draw(n_rows(table), max_rows, rng))


def _next(facts: Columns, table: Table, owed: list[tuple[int, int, str]]) -> tuple[int, int, str] | None:
    """The cheapest edge that touches the table: one between bound variables, else the one with the least fan-out."""
    best: tuple[int, tuple[int, int, str]] | None = None
    for step in owed:
        subject, object, property = step
        if subject in table and object in table:
            return step
        if subject in table or object in table:
            cost = facts.fanout(table[subject if subject in table else object], property, subject in table)
            if best is None or cost < best[0]:
                best = (cost, step)
    return best[1] if best else None


def _draw(n: int, size: int, rng: random.Random) -> Ints:
    return np.sort(np.random.default_rng(rng.getrandbits(64)).choice(n, size=size, replace=False)).astype(np.int64)
