"""Small random worlds and queries, and the slowest possible evaluation of the one on the other."""

from itertools import product

from hypothesis import strategies as st

from redsearcher.records.query import CompareAtom, Constraint, FactAtom, LiteralAtom, Query, Role, Variable
from redsearcher.records.world import Fact, Value
from redsearcher.world.facts import FactTable

TYPES = ("person", "film")
ENTITIES = {f"{type_[0]}{i}": type_ for type_ in TYPES for i in range(4)}
PROPERTIES = ("P1", "P2")
LITERALS = ("N1", "N2")


def link(subject: str, property: str, object: str) -> Fact:
    return Fact(subject=subject, property=property, object=object)


def number(subject: str, property: str, amount: float) -> Fact:
    return Fact(subject=subject, property=property, value=Value(datatype="quantity", text=str(amount)))


def given(name: str, type: str, entity: str) -> Variable:
    return Variable(name=name, role=Role.GIVEN, type=type, entity=entity)


def latent(name: str, type: str, entity: str | None = None) -> Variable:
    return Variable(name=name, role=Role.LATENT, type=type, entity=entity)


def answer(name: str, type: str, entity: str | None = None) -> Variable:
    return Variable(name=name, role=Role.ANSWER, type=type, entity=entity)


def atom(id: str, subject: str, property: str, object: str, *facts: str) -> FactAtom:
    return FactAtom(id=id, subject=subject, property=property, object=object, facts=facts)


def year(id: str, subject: str, *facts: str) -> LiteralAtom:
    return LiteralAtom(id=id, subject=subject, property="N1", low=3, high=3.9999, facts=facts)


def query(variables: list[Variable], constraints: list[Constraint]) -> Query:
    return Query(variables=tuple(variables), constraints=tuple(constraints))


@st.composite
def fact_lists(draw: st.DrawFn) -> list[Fact]:
    names = st.sampled_from(sorted(ENTITIES))
    links = draw(st.lists(st.tuples(names, st.sampled_from(PROPERTIES), names), max_size=28))
    numbers = draw(st.lists(st.tuples(names, st.sampled_from(LITERALS), st.integers(0, 4)), max_size=10))
    found = [link(*row) for row in links] + [number(*row) for row in numbers]
    return list({fact.id: fact for fact in found}.values())


@st.composite
def queries(draw: st.DrawFn) -> Query:
    n_unknowns = draw(st.integers(1, 4))
    roles = [Role.ANSWER] + [Role.LATENT] * (n_unknowns - 1) + [Role.GIVEN] * draw(st.integers(0, 2))
    variables = []
    for i, role in enumerate(roles):
        entity = draw(st.sampled_from(sorted(ENTITIES)))
        variables.append(Variable(name=f"v{i}", role=role, type=ENTITIES[entity], entity=entity))
    names = st.sampled_from([variable.name for variable in variables])
    constraints: list[Constraint] = []
    for i in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(("fact", "fact", "fact", "literal", "compare")))
        if kind == "fact":
            constraints.append(atom(f"c{i}", draw(names), draw(st.sampled_from(PROPERTIES)), draw(names)))
        elif kind == "literal":
            low = draw(st.none() | st.integers(0, 4))
            high = draw(st.none() | st.integers(0, 4))
            property_ = draw(st.sampled_from(LITERALS))
            constraints.append(LiteralAtom(id=f"c{i}", subject=draw(names), property=property_, low=low, high=high))
        else:
            left, right = draw(st.sampled_from(LITERALS)), draw(st.sampled_from(LITERALS))
            constraints.append(
                CompareAtom(id=f"c{i}", left=draw(names), left_property=left, right=draw(names), right_property=right)
            )
    return query(draw(st.permutations(variables)), constraints)


def holds(constraint: Constraint, bound: dict[str, str], facts: list[Fact]) -> bool:
    """Whether a constraint is true of a full assignment, read off the list of facts."""
    if isinstance(constraint, FactAtom):
        wanted = (bound[constraint.subject], constraint.property, bound[constraint.object])
        return any((f.subject, f.property, f.object) == wanted and _meets(f, constraint) for f in facts)
    if isinstance(constraint, LiteralAtom):
        low = float("-inf") if constraint.low is None else constraint.low
        high = float("inf") if constraint.high is None else constraint.high
        return any(low <= n <= high for n in _numbers(bound[constraint.subject], constraint.property, facts))
    lefts = _numbers(bound[constraint.left], constraint.left_property, facts)
    rights = _numbers(bound[constraint.right], constraint.right_property, facts)
    return any(a < b for a in lefts for b in rights)


def _meets(fact: Fact, atom_: FactAtom) -> bool:
    for asked in atom_.qualifiers:
        numbers = [q.value.number for q in fact.qualifiers if q.property == asked.property and q.value]
        low = float("-inf") if asked.low is None else asked.low
        high = float("inf") if asked.high is None else asked.high
        if not any(low <= n <= high for n in numbers):
            return False
    return True


def brute_solutions(asked: Query, facts: list[Fact]) -> list[dict[str, str]]:
    """Every assignment of the unknowns that is typed, injective within a type, and true."""
    unknowns = asked.unknowns
    found = []
    for values in product(sorted(ENTITIES), repeat=len(unknowns)):
        if len(set(values)) < len(values):  # equal entities have equal types, so this is injectivity within a type
            continue
        if any(ENTITIES[value] != variable.type for variable, value in zip(unknowns, values, strict=True)):
            continue
        own = {variable.name: value for variable, value in zip(unknowns, values, strict=True)}
        bound = own | {variable.name: variable.entity or "" for variable in asked.givens}
        if all(holds(constraint, bound, facts) for constraint in asked.constraints):
            found.append(own)
    return found


def table(facts: list[Fact]) -> FactTable:
    return FactTable(facts, ENTITIES)


def _numbers(entity: str, property: str, facts: list[Fact]) -> list[float]:
    return [f.value.number for f in facts if f.subject == entity and f.property == property and f.value]
