"""Changing a query: constraints replaced, givens turned into latents, new variables."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from random import Random
from typing import NamedTuple

from redsearcher.records.query import (
    CompareAtom,
    Constraint,
    FactAtom,
    LiteralAtom,
    Operand,
    Query,
    Role,
    ToolAtom,
    ToolExpression,
    Variable,
)
from redsearcher.records.world import Entity


class Spot(NamedTuple):
    """A query with room for a new constraint on `variable`; `freed` tells that it was a given before."""

    query: Query
    variable: str
    freed: bool


def constraint_id(query: Query, n: int = 0) -> str:
    """An id that no constraint has: one above the highest, plus `n`."""
    numbers = [int(c.id[1:]) for c in query.constraints if c.id[1:].isdigit()]
    return f"c{max(numbers, default=0) + 1 + n}"


def variable_name(query: Query, letter: str) -> str:
    """A name that no variable has: `x5`, `g3`."""
    taken = {variable.name for variable in query.variables}
    n = 1
    while f"{letter}{n}" in taken:
        n += 1
    return f"{letter}{n}"


def with_constraints(query: Query, *constraints: Constraint, variables: Sequence[Variable] = ()) -> Query:
    """The query with more constraints and variables."""
    return Query(variables=(*query.variables, *variables), constraints=(*query.constraints, *constraints))


def dropped(query: Query, ids: Collection[str]) -> Query:
    """The query less some constraints and less the givens that nothing mentions any more. Unknowns stay."""
    kept = tuple(c for c in query.constraints if c.id not in ids)
    used = {name for c in kept for name in c.variables}
    return Query(
        variables=tuple(v for v in query.variables if v.role is not Role.GIVEN or v.name in used), constraints=kept
    )


def freed(query: Query, name: str) -> tuple[Query, str]:
    """The query with a given turned into a latent of a new name, and that name."""
    new = variable_name(query, "x")
    given = query.variable(name)
    latent = Variable(name=new, role=Role.LATENT, type=given.type, entity=given.entity)
    variables = tuple(latent if v.name == name else v for v in query.variables)
    unknown = [v for v in variables if v.role is not Role.GIVEN]
    givens = [v for v in variables if v.role is Role.GIVEN]
    return Query(
        variables=(*unknown, *givens), constraints=tuple(_renamed(c, {name: new}) for c in query.constraints)
    ), new


def named(query: Query, entity: Entity) -> tuple[Query, str]:
    """The query with a given for the entity, and its name; the one that is there already where there is one."""
    for variable in query.givens:
        if variable.entity == entity.id:
            return query, variable.name
    name = variable_name(query, "g")
    given = Variable(name=name, role=Role.GIVEN, type=entity.type, entity=entity.id, label=entity.label)
    return with_constraints(query, variables=(given,)), name


def spots(query: Query, types: Collection[str], rng: Random) -> Iterator[Spot]:
    """Where a constraint on a variable of some types may go, in random order.

    Either a given becomes a latent, or an unknown loses what anchors it: a fact about a given, or a range.
    """
    found: list[tuple[str, str]] = [(v.name, "") for v in query.givens if v.type in types]
    unknown = {v.name: v.type for v in query.unknowns}
    for constraint in query.constraints:
        if isinstance(constraint, FactAtom | LiteralAtom):
            own = [name for name in constraint.variables if name in unknown]
            found += [(own[0], constraint.id)] if len(own) == 1 and unknown[own[0]] in types else []
    rng.shuffle(found)
    for name, anchor in found:
        if anchor:
            yield Spot(dropped(query, {anchor}), name, False)
        else:
            made, latent = freed(query, name)
            yield Spot(made, latent, True)


def comparisons(query: Query, rng: Random) -> list[tuple[Query, CompareAtom]]:
    """Every comparison with the query that lacks it, in random order."""
    found = [c for c in query.constraints if isinstance(c, CompareAtom)]
    rng.shuffle(found)
    return [(dropped(query, {c.id}), c) for c in found]


def entities_of(query: Query) -> set[str]:
    """Entities the query speaks of, named or not."""
    return {v.entity for v in query.variables if v.entity is not None}


def bound(query: Query) -> dict[str, str]:
    """The intended solution, givens included."""
    return {v.name: v.entity for v in query.variables if v.entity is not None}


def _renamed(constraint: Constraint, names: Mapping[str, str]) -> Constraint:
    def new(name: str) -> str:
        return names.get(name, name)

    def call(expression: ToolExpression) -> ToolExpression:
        operands = tuple(
            call(o)
            if isinstance(o, ToolExpression)
            else Operand(variable=new(o.variable), property=o.property)
            if isinstance(o, Operand)
            else o
            for o in expression.operands
        )
        return ToolExpression(tool=expression.tool, function=expression.function, operands=operands)

    # Made anew, not copied: a copy would keep the cached tuple of its old variables.
    own = constraint.model_dump()
    if isinstance(constraint, FactAtom):
        return FactAtom(**own | {"subject": new(constraint.subject), "object": new(constraint.object)})
    if isinstance(constraint, LiteralAtom):
        return LiteralAtom(**own | {"subject": new(constraint.subject)})
    if isinstance(constraint, ToolAtom):
        return ToolAtom(**own | {"call": call(constraint.call)})
    return CompareAtom(**own | {"left": new(constraint.left), "right": new(constraint.right)})
