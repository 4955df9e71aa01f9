"""A name replaced by what pages say of its bearer: `Gongholm` becomes `a city twinned with Rekopol`."""

from collections.abc import Iterator
from itertools import combinations
from random import Random

from redsearcher.records.query import Constraint, FactAtom, Query
from redsearcher.records.world import Fact
from redsearcher.synthesis.evolve.bench import Bench, Proposal
from redsearcher.synthesis.surgery import constraint_id, entities_of, freed, named, with_constraints
from redsearcher.world.property import properties

MOST_FACTS = 2
POOL = 6
HUB = 60
"""An entity with more facts than this says too little about the other end."""


class Describe:
    """A given becomes a latent that one or two facts about other named things pin down."""

    name = "describe"
    tools: tuple[str, ...] = ()

    def proposals(self, bench: Bench, query: Query, rng: Random) -> Iterator[Proposal]:
        givens = list(query.givens)
        rng.shuffle(givens)
        group = 0
        for given in givens:
            loose, latent = freed(query, given.name)
            facts = self._facts(bench, query, given.entity or "", rng)
            for n_facts in range(1, MOST_FACTS + 1):
                for chosen in combinations(facts, n_facts):
                    group += 1
                    yield Proposal(self._described(bench, loose, latent, given.entity or "", chosen), group)

    def _facts(self, bench: Bench, query: Query, entity: str, rng: Random) -> list[Fact]:
        """Stated facts that tie the entity to something the query does not speak of, each property once."""
        taken, found = entities_of(query), []
        for fact in bench.links(entity):
            other = fact.object if fact.subject == entity else fact.subject
            row = properties().get(fact.property)
            if other is None or other in taken or other == entity or row is None or not row.sample:
                continue
            if bench.is_plain(other) and len(bench.links(other)) <= HUB and bench.world.is_stated(fact.id):
                found.append(fact)
        rng.shuffle(found)
        kinds = {(fact.property, fact.subject == entity): fact for fact in found}
        return list(kinds.values())[:POOL]

    def _described(self, bench: Bench, query: Query, latent: str, entity: str, facts: tuple[Fact, ...]) -> Query:
        for fact in facts:
            outward = fact.subject == entity
            other = (fact.object if outward else fact.subject) or ""
            query, name = named(query, bench.entity(other))
            ends = (latent, name) if outward else (name, latent)
            added: Constraint = FactAtom(
                id=constraint_id(query), subject=ends[0], property=fact.property, object=ends[1], facts=(fact.id,)
            )
            query = with_constraints(query, added)
        return query
