"""What an aggregate is made up of, by its definition: every fact that a reader must have seen to be sure of it."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from redsearcher.records.aggregate import Aggregate
from redsearcher.records.world import Fact

FactsAt = Callable[[str, str, bool], Sequence[Fact]]
"""Entity, property, and whether the entity is the subject (else the object) -> facts."""


class Extension(NamedTuple):
    """What an aggregate comes to (None: nothing), and ids of facts: of links by what they link, of numbers."""

    amount: int | None
    links: Mapping[tuple[str, str, str | None], frozenset[str]]
    numbers: frozenset[str]


def extension(aggregate: Aggregate, bound: Mapping[str, str], facts_at: FactsAt, members: Sequence[str]) -> Extension:
    """`members` are the entities of the aggregate's type, `bound` those of its variables."""
    things, reached = set(members), list[tuple[str | None, Fact]]()
    for arm in aggregate.arms:
        facts = facts_at(bound[arm.variable], arm.property, arm.outward)
        ends = [(fact.object if arm.outward else fact.subject, fact) for fact in facts]
        things &= {end for end, _ in ends if end is not None}
        reached += ends
    links: dict[tuple[str, str, str | None], set[str]] = defaultdict(set)
    for end, fact in reached:
        if end in things:
            links[fact.subject, fact.property, fact.object].add(fact.id)
    held = {link: frozenset(facts) for link, facts in links.items()}
    if aggregate.own is None:
        return Extension(len(things), held, frozenset())
    property_, is_top = aggregate.own.property or "", aggregate.function == "top"
    rows = {thing: _numbers(facts_at(thing, property_, True)) for thing in things}
    used = frozenset(fact.id for facts in rows.values() for fact, _ in facts)
    best = {thing: max(n if is_top else -n for _, n in facts) for thing, facts in rows.items() if facts}
    own = best.get(bound[aggregate.own.variable])
    return Extension(None if own is None else 1 + sum(n > own for n in best.values()), held, used)


def _numbers(facts: Sequence[Fact]) -> list[tuple[Fact, float]]:
    return [(f, f.value.number) for f in facts if f.value is not None and f.value.datatype in ("time", "quantity")]
