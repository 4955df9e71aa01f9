"""Something found by its rank among named others: `the second largest of the cities X, A, B and C`."""

from collections.abc import Iterator
from random import Random

from redsearcher.records.query import Query
from redsearcher.synthesis.evolve.bench import Bench, Proposal, atom, operand
from redsearcher.synthesis.evolve.computed import QUANTITIES, python_call
from redsearcher.synthesis.surgery import constraint_id, entities_of, named, spots, with_constraints
from redsearcher.world.property import properties

N_OTHERS = 3
DRAWS = 3


class Rank:
    """The rank of a number among some that pages state; ties would blur it, so there are none."""

    name = "rank"
    tools = ("python",)

    def proposals(self, bench: Bench, query: Query, rng: Random) -> Iterator[Proposal]:
        types = {type_ for name in QUANTITIES for type_ in properties()[name].subject}
        group = 0
        for spot in spots(query, types, rng):
            target = spot.query.variable(spot.variable)
            owned = [p for p in QUANTITIES if target.entity and bench.number(target.entity, p)]
            if not owned:
                continue
            property_ = rng.choice(owned)
            own = bench.number(target.entity or "", property_)
            assert own is not None
            pool = [e for e in bench.having(target.type, property_) if e not in entities_of(spot.query)]
            pool.sort(key=lambda e: (abs(_value(bench, e, property_) - own[1]), e))
            for _ in range(DRAWS if len(pool) >= N_OTHERS else 0):
                others = rng.sample(pool[: 4 * N_OTHERS], N_OTHERS)
                values = [_value(bench, e, property_) for e in others]
                if len({own[1], *values}) <= N_OTHERS:
                    continue
                made, names, facts = spot.query, [], [own[0]]
                for other in others:
                    made, name = named(made, bench.entity(other))
                    names.append(name)
                    facts += [found[0] for found in [bench.number(other, property_)] if found]
                place = 1.0 + sum(value > own[1] for value in values)
                call = python_call("rank", operand(spot.variable, property_), *(operand(n, property_) for n in names))
                group += 1
                yield Proposal(with_constraints(made, atom(constraint_id(made), call, (place, place), *facts)), group)


def _value(bench: Bench, entity: str, property: str) -> float:
    found = bench.number(entity, property)
    assert found is not None
    return found[1]
