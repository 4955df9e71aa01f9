"""From a structure and its anchors to the query record, and the canonical form that tells queries apart."""

from collections import Counter

from redsearcher.core.hashing import content_hash
from redsearcher.records.query import CompareAtom, Constraint, FactAtom, LiteralAtom, Query, Role, ToolAtom, Variable
from redsearcher.synthesis.anchor import Anchor, GivenAnchor, LessAnchor, RangeAnchor
from redsearcher.synthesis.factgraph import FactGraph
from redsearcher.synthesis.structure import Structure


def compose(graph: FactGraph, structure: Structure, answer: int, anchors: list[Anchor]) -> Query:
    """The query: unknowns `x1..xn` in the structure's order, givens `g1..gm` in the anchors' order, one per entity."""
    names = [f"x{v + 1}" for v in range(len(structure.nodes))]
    variables = [
        Variable(
            name=names[v],
            role=Role.ANSWER if v == answer else Role.LATENT,
            type=graph.entities[node].type,
            entity=graph.entities[node].id,
        )
        for v, node in enumerate(structure.nodes)
    ]
    givens: dict[int, str] = {}
    for anchor in anchors:
        if isinstance(anchor, GivenAnchor) and anchor.given not in givens:
            givens[anchor.given] = f"g{len(givens) + 1}"
            entity = graph.entities[anchor.given]
            variables.append(
                Variable(
                    name=givens[anchor.given], role=Role.GIVEN, type=entity.type, entity=entity.id, label=entity.label
                )
            )
    constraints: list[Constraint] = []
    for edge in structure.edges:
        subject, object = structure.ends(edge)
        constraints.append(
            FactAtom(
                id=f"c{len(constraints) + 1}",
                subject=names[subject],
                property=edge.property,
                object=names[object],
                facts=(edge.fact,),
            )
        )
    constraints += [_atom(anchor, f"c{len(constraints) + n}", names, givens) for n, anchor in enumerate(anchors, 1)]
    return Query(variables=tuple(variables), constraints=tuple(constraints))


def _atom(anchor: Anchor, id: str, names: list[str], givens: dict[int, str]) -> Constraint:
    if isinstance(anchor, GivenAnchor):
        ends = (names[anchor.variable], givens[anchor.given])
        subject, object = ends if anchor.outward else ends[::-1]
        return FactAtom(id=id, subject=subject, property=anchor.edge.property, object=object, facts=anchor.facts)
    if isinstance(anchor, RangeAnchor):
        return LiteralAtom(
            id=id,
            subject=names[anchor.variable],
            property=anchor.property,
            low=anchor.low,
            high=anchor.high,
            facts=anchor.facts,
        )
    assert isinstance(anchor, LessAnchor)
    return CompareAtom(
        id=id,
        left=names[anchor.left],
        left_property=anchor.by,
        right=names[anchor.right],
        right_property=anchor.by,
        facts=anchor.facts,
    )


def canonical(query: Query) -> str:
    """A hash that does not depend on the names of variables or the order of constraints.

    Colours are refined along the constraints as many rounds as there are variables (Weisfeiler and Leman 1968). Two
    queries with one hash ask the same but in rare regular cases; those count as one, which costs a task, never a fault.
    """
    colours = {
        v.name: content_hash(v.role.value, v.type, v.entity if v.role is Role.GIVEN else None) for v in query.variables
    }
    for _ in query.variables:
        around: dict[str, list[list[object]]] = {name: [] for name in colours}
        for constraint in query.constraints:
            if isinstance(constraint, FactAtom):
                around[constraint.subject].append(["out", constraint.property, colours[constraint.object]])
                around[constraint.object].append(["in", constraint.property, colours[constraint.subject]])
            elif isinstance(constraint, LiteralAtom):
                around[constraint.subject].append(["range", constraint.property, constraint.low, constraint.high])
            elif isinstance(constraint, ToolAtom):
                shape = constraint.call.written(dict.fromkeys(constraint.variables, ""))
                others = [colours[name] for name in constraint.variables]
                for place, name in enumerate(constraint.variables):
                    around[name].append(["tool", shape, place, others, constraint.low, constraint.high])
            else:
                left, right = colours[constraint.left], colours[constraint.right]
                around[constraint.left].append(["below", constraint.left_property, right])
                around[constraint.right].append(["above", constraint.right_property, left])
        colours = {name: content_hash(colours[name], sorted(map(content_hash, rows))) for name, rows in around.items()}
    return content_hash(sorted(Counter(colours.values()).items()))


def topology(query: Query) -> str:
    """What the graph of the unknowns looks like, such as `chain-3`, `cycle-4`, `k4-5`; `k4-5+1` with one node more on
    branches. The number counts the nodes on cycles, or all where there are none."""
    unknowns = {v.name for v in query.unknowns}
    edges = {frozenset(c.variables) for c in query.constraints if isinstance(c, FactAtom)}
    edges = {pair for pair in edges if pair <= unknowns and len(pair) == 2}
    n_all = len(unknowns)
    core = _core(edges)
    degree = Counter(name for pair in core or edges for name in pair)
    most = max(degree.values(), default=0)
    if not core:
        return f"{'chain' if most <= 2 else 'star' if most == len(edges) else 'tree'}-{n_all}"
    n, m = len(degree), len(core)
    if m == n:
        kind = "cycle"
    elif m == n + 1:
        kind = "theta"
    else:
        kind = "k4" if sorted(degree.values())[-4:] == [3, 3, 3, 3] and m == n + 2 else "dense"
    return f"{kind}-{n}" + (f"+{n_all - n}" if n_all > n else "")


def _core(edges: set[frozenset[str]]) -> set[frozenset[str]]:
    """The edges that are left when branches are cut off."""
    while True:
        degree = Counter(name for pair in edges for name in pair)
        kept = {pair for pair in edges if all(degree[name] > 1 for name in pair)}
        if kept == edges:
            return kept
        edges = kept


def properties_of(query: Query) -> list[str]:
    """The property of each constraint, or the function of its tool, in order."""
    found = []
    for c in query.constraints:
        if isinstance(c, ToolAtom):
            found.append(f"{c.call.tool}.{c.call.function}")
        else:
            found.append(c.left_property if isinstance(c, CompareAtom) else c.property)
    return found
