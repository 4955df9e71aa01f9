"""Choosing anchors so that the answer is forced and every constraint is necessary.

With the solutions that give *another* answer as rows and anchors as columns of a 0/1 matrix M, the entry (a, b) of
M'M counts how many of them survive anchors a and b. So one product per table judges all pairs of anchors at once:
the pair forces the answer iff the count over all facts known is zero, and a constraint stays necessary iff the count
over the stated solutions without it is not. Larger sets fix one or two anchors first and judge pairs on top.
"""

import random
from collections import Counter
from typing import NamedTuple

import numpy as np

from redsearcher.synthesis.anchor import Anchor, GivenAnchor, RangeAnchor
from redsearcher.synthesis.choice import AnchorChoice
from redsearcher.synthesis.columns import Bools, Columns, Ints
from redsearcher.synthesis.config import SynthConfig
from redsearcher.synthesis.factgraph import Edge, FactGraph
from redsearcher.synthesis.solutions import Table, kept, n_rows, n_values, solve
from redsearcher.synthesis.structure import Structure

MAX_OPTIONS = 64
MAX_STARTS = 3
MAX_DEEPER = 2
MAX_DOMAIN = 600
MIN_GAIN = 1.1
"""Without an edge of a cyclic structure the answers must grow by this factor, or the structure is passed over: on a
generated world none below it could be made tight, and those took three quarters of the time."""

Unary = GivenAnchor | RangeAnchor


class Problem(NamedTuple):
    """A structure, which of its variables is asked for, the anchors at hand, which of them may not stand together."""

    graph: FactGraph
    structure: Structure
    answer: int
    choice: AnchorChoice
    leaves: frozenset[int]
    config: SynthConfig
    rng: random.Random

    @property
    def intended(self) -> int:
        """The entity that the answer should be."""
        return self.structure.nodes[self.answer]

    @property
    def room(self) -> int:
        """How many anchors the query may have."""
        return min(self.config.max_anchors, self.config.max_constraints - len(self.structure.edges))

    def type_of(self, variable: int) -> int:
        return int(self.graph.types[self.structure.nodes[variable]])


class Tables(NamedTuple):
    """Solutions with another answer under the anchors `fixed`: of the whole query on all facts known; on stated facts
    of the query whole, and less each of its constraints (edges and fixed anchors) in turn."""

    fixed: tuple[Anchor, ...]
    known: Table
    stated: Table
    without: tuple[Table, ...]


def tighten(
    graph: FactGraph,
    structure: Structure,
    answer: int,
    choice: AnchorChoice,
    config: SynthConfig,
    rng: random.Random,
    tally: Counter[str],
) -> list[Anchor] | None:
    """Anchors out of `choice` that make the query unique and tight, or None; `tally` counts why attempts failed."""
    leaves = frozenset(v for v, around in enumerate(structure.neighbours()) if len(around) == 1 and v != answer)
    problem = Problem(graph, structure, answer, choice, leaves, config, rng)
    for start in [None, *_starts(problem)]:
        tables = _tables(problem, start, tally)
        if tables is None:
            continue
        chosen = _search(problem, tables, tally)
        if chosen is not None:
            return chosen
    return None


def _starts(problem: Problem) -> list[Unary]:
    """First anchors to try: on one variable, moderately selective, bare ends of the structure first."""
    options: list[Unary] = []
    weights: list[float] = []
    for anchor in problem.choice.anchors:
        if isinstance(anchor, GivenAnchor | RangeAnchor):
            size = len(anchor.domain(problem.graph.known, problem.type_of(anchor.variable)))
            if 2 <= size <= MAX_DOMAIN:
                options.append(anchor)
                weights.append(_appeal(problem, anchor, ()) / size**0.5)
    found: list[Unary] = []
    while options and len(found) < MAX_STARTS:
        at = problem.rng.choices(range(len(options)), weights)[0]
        found.append(options.pop(at))
        weights.pop(at)
    return found


def _appeal(problem: Problem, anchor: Anchor, chosen: tuple[Anchor, ...]) -> float:
    """How welcome an anchor is: bare leaves first, the answer itself rarely, dull properties hardly, a mix of kinds."""
    weight = problem.graph.share[anchor.properties[0]] * (1.0 if isinstance(anchor, GivenAnchor) else 0.3)
    if not problem.leaves.isdisjoint(anchor.variables):
        anchored = {variable for other in chosen for variable in other.variables}
        weight *= 6 if any(v in problem.leaves and v not in anchored for v in anchor.variables) else 1
    if problem.answer in anchor.variables:
        weight *= 0.4
    if not problem.graph.capped.isdisjoint(anchor.properties):
        weight *= 0.1
    used = any(p in other.properties for other in chosen for p in anchor.properties)
    return weight * (0.4 if used else 1.0)


def _tables(problem: Problem, start: Unary | None, tally: Counter[str]) -> Tables | None:
    """The tables under `start` (or under no anchor), or None if they are too large or some edge is not necessary."""
    edges = list(problem.structure.edges)
    known = _solve(problem, problem.graph.known, edges, start)
    if known is None:
        tally["too_many_partial_solutions"] += 1
        return None
    stated = _solve(problem, problem.graph.stated, edges, start)
    if stated is None or not n_rows(stated):
        tally["anchor_not_necessary"] += 1
        return None
    least = MIN_GAIN * (n_values(stated, problem.answer) + 1) - 1 if len(edges) >= len(problem.structure.nodes) else 1
    without = []
    for edge in edges:
        table = _solve(problem, problem.graph.stated, [other for other in edges if other is not edge], start)
        if table is None or n_values(table, problem.answer) < least:
            tally["edge_not_necessary"] += 1
            return None
        without.append(table)
    if start is None:
        return Tables((), known, stated, tuple(without))
    free = _solve(problem, problem.graph.stated, edges, None)
    if free is None or not n_rows(free):
        tally["anchor_not_necessary"] += 1
        return None
    return Tables((start,), known, stated, (*without, free))


def _solve(problem: Problem, facts: Columns, edges: list[Edge], start: Unary | None) -> Table | None:
    """Solutions that bind the answer to another entity than intended, grown from the start's variable if it reaches
    the answer, else from the answer. On all facts known the table is whole or None; on stated facts it may be a
    random part."""
    graph, whole = problem.graph, facts is problem.graph.known
    max_rows = problem.config.max_rows if whole else problem.config.max_rows // 4
    rng = None if whole else problem.rng
    table: Table | None = None
    if start is not None:
        domain = start.domain(facts, problem.type_of(start.variable))
        table = solve(graph, facts, problem.structure, edges, start.variable, domain, max_rows=max_rows, rng=rng)
        if table is None:
            return None
    if table is None or problem.answer not in table:
        members = graph.members[problem.type_of(problem.answer)]
        table = solve(graph, facts, problem.structure, edges, problem.answer, members, max_rows=max_rows, rng=rng)
    return None if table is None else kept(table, table[problem.answer] != problem.intended)


def _search(problem: Problem, tables: Tables, tally: Counter[str]) -> list[Anchor] | None:
    """The fixed anchors plus one or two more that are tight, else the same with one more anchor fixed."""
    n_fixed = len(tables.fixed)
    if any(isinstance(anchor, GivenAnchor) for anchor in tables.fixed) and not n_rows(tables.known):
        return list(tables.fixed)
    if n_fixed >= problem.room:
        tally["not_unique"] += 1
        return None
    choice, graph = problem.choice, problem.graph
    numbers = _options(problem, tables.fixed)
    if not len(numbers):
        tally["no_anchors"] += 1
        return None
    fitting = ~choice.clashes[np.ix_(numbers, numbers)]
    if n_fixed + 2 > problem.room:
        fitting[:] = False
    np.fill_diagonal(fitting, True)
    if not any(isinstance(anchor, GivenAnchor) for anchor in tables.fixed):
        # A question that names nothing gives a search nowhere to start.
        fitting &= choice.is_given[numbers][:, None] | choice.is_given[numbers][None, :]
    necessary = np.ones_like(fitting)
    for table in sorted(tables.without, key=n_rows):
        necessary &= choice.survivors(graph.stated, table, numbers) > 0
        if not necessary.any():
            tally["edge_not_necessary"] += 1
            return None
    # Without either anchor of a pair, the other one alone must leave another answer.
    alone = np.diag(choice.survivors(graph.stated, tables.stated, numbers)) > 0
    pairs = fitting & necessary
    pairs &= (alone[:, None] & alone[None, :]) | np.eye(len(numbers), dtype=np.bool_)
    if pairs.any():
        pairs &= choice.survivors(graph.known, tables.known, numbers) == 0
    chosen = _draw(problem, tables.fixed, numbers, pairs)
    if chosen is not None:
        return [*tables.fixed, *chosen]
    if not (1 <= n_fixed < problem.room - 2):
        tally["no_tight_anchors"] += 1
        return None
    fit = [n for at, n in enumerate(numbers) if necessary[at, at] and alone[at]]
    problem.rng.shuffle(fit)
    for n in fit[:MAX_DEEPER]:
        deeper = _search(problem, _under(problem, tables, choice.anchors[int(n)]), tally)
        if deeper is not None:
            return deeper
    return None


def _options(problem: Problem, fixed: tuple[Anchor, ...]) -> Ints:
    """Numbers of anchors to consider beside the fixed ones, at most MAX_OPTIONS, the appealing ones more likely."""
    anchors = problem.choice.anchors
    barred = np.zeros(len(anchors), dtype=np.bool_)
    for number, anchor in enumerate(anchors):
        if any(anchor is other for other in fixed):
            barred |= problem.choice.clashes[number]
    found = [int(n) for n in np.flatnonzero(~barred)]
    if len(found) > MAX_OPTIONS:
        keys = {n: problem.rng.random() ** (1 / _appeal(problem, anchors[n], fixed)) for n in found}
        found = sorted(sorted(found, key=lambda n: -keys[n])[:MAX_OPTIONS])
    return np.array(found, dtype=np.int64)


def _draw(problem: Problem, fixed: tuple[Anchor, ...], numbers: Ints, pairs: Bools) -> tuple[Anchor, ...] | None:
    """One of the fitting pairs (a diagonal entry is a single anchor), by the appeal of both."""
    fitting = [(int(numbers[a]), int(numbers[b])) for a, b in np.argwhere(pairs) if a >= b]
    if not fitting:
        return None
    anchors = problem.choice.anchors
    appeal = {n: _appeal(problem, anchors[n], fixed) for n in sorted({n for pair in fitting for n in pair})}
    a, b = problem.rng.choices(fitting, [(appeal[a] * appeal[b]) ** 0.5 for a, b in fitting])[0]
    return (anchors[a],) if a == b else (anchors[a], anchors[b])


def _under(problem: Problem, tables: Tables, anchor: Anchor) -> Tables:
    """The tables with one more anchor fixed."""

    def cut(facts: Columns, table: Table) -> Table:
        bound = all(variable in table for variable in anchor.variables)
        return kept(table, anchor.test(facts, table)) if bound else table

    stated = problem.graph.stated
    without = tuple(cut(stated, table) for table in tables.without)
    return Tables(
        (*tables.fixed, anchor),
        cut(problem.graph.known, tables.known),
        cut(stated, tables.stated),
        (*without, tables.stated),
    )
