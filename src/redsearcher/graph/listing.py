"""How long a list a solver must read: the bottleneck of look-ups between the givens and everything that is unknown."""

from redsearcher.graph.source import FactSource
from redsearcher.records.query import FactAtom, Query


def longest_list(query: Query, source: FactSource) -> int | None:
    """Least, over the orders in which the unknowns can be reached from the givens by fact atoms, of the longest list of
    entities that one look-up along the intended solution names (a look-up: an entity, a property, a direction).

    None where an unknown can be reached by literals or tools alone. Greedy order is exact: this is the bottleneck of a
    minimum spanning tree (Prim 1957), grown from the givens.
    """
    value = {v.name: v.entity for v in query.variables}
    reached = {v.name for v in query.givens}
    missing = {v.name for v in query.unknowns}
    steps = [
        (s, t, n) for atom in query.constraints if isinstance(atom, FactAtom) for s, t, n in _ways(atom, value, source)
    ]
    longest = 1
    while missing:
        open_ = [(n, target) for start, target, n in steps if start in reached and target in missing]
        if not open_:
            return None
        n, target = min(open_)
        longest = max(longest, n)
        reached.add(target)
        missing.discard(target)
    return longest


def _ways(atom: FactAtom, value: dict[str, str | None], source: FactSource) -> list[tuple[str, str, int]]:
    """Both directions of an atom: from which variable, to which, and how many entities the look-up lists."""
    relation = source.relation(atom.property)
    objects = relation.out[source.number(value[atom.subject] or "")]
    subjects = relation.into[source.number(value[atom.object] or "")]
    return [(atom.subject, atom.object, len(objects)), (atom.object, atom.subject, len(subjects))]
