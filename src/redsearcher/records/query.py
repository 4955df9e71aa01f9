"""The conjunctive query a task asks: variables, constraints, and the facts that make them true."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from redsearcher.records.base import Record


class Role(StrEnum):
    """Given: named or described in the question. Latent: neither named nor asked for. Answer: asked for."""

    GIVEN = "given"
    LATENT = "latent"
    ANSWER = "answer"


class Variable(Record):
    """A typed variable. `entity` is its value in the intended solution (for a given: what the question names).

    In a query parsed back from text the entity is unknown; `label` then holds the name as the question wrote it.
    """

    name: str
    role: Role
    type: str
    entity: str | None = None
    label: str | None = None


class QualifierRange(Record):
    """Some number of a qualifier (`Value.number`) lies in `[low, high]`; None is unbounded."""

    property: str
    low: float | None = None
    high: float | None = None


class FactAtom(Record):
    """`(subject, property, object)` between two variables; `facts` are the ids that make it true as intended.

    With `qualifiers` one single fact must meet all of these ranges.
    """

    kind: Literal["fact"] = "fact"
    id: str
    subject: str
    property: str
    object: str
    qualifiers: Annotated[tuple[QualifierRange, ...], Field(exclude_if=lambda ranges: not ranges)] = ()
    facts: tuple[str, ...] = ()

    @cached_property
    def variables(self) -> tuple[str, ...]:
        return (self.subject, self.object)


class LiteralAtom(Record):
    """The subject's literal lies in `[low, high]` (`Value.number`); None is unbounded.

    Numbers are amounts or fractional years; the year Y is [Y, Y + 0.9999].
    """

    kind: Literal["literal"] = "literal"
    id: str
    subject: str
    property: str
    low: float | None = None
    high: float | None = None
    facts: tuple[str, ...] = ()

    @cached_property
    def variables(self) -> tuple[str, ...]:
        return (self.subject,)


class CompareAtom(Record):
    """`(left, left_property) < (right, right_property)` by `Value.number`; adds no edge to the reasoning graph."""

    kind: Literal["compare"] = "compare"
    id: str
    left: str
    left_property: str
    right: str
    right_property: str
    facts: tuple[str, ...] = ()

    @cached_property
    def variables(self) -> tuple[str, ...]:
        return (self.left, self.right)


class Operand(Record):
    """A variable as the input of a tool: the entity itself, or with `property` its number, read from a page.

    As an arm of an aggregate: the entities that the property leads to, or with a `^` before it comes from.
    """

    kind: Literal["variable"] = "variable"
    variable: str
    property: str | None = None


class Constant(Record):
    """A fixed input of a tool, such as a means of travel."""

    kind: Literal["constant"] = "constant"
    text: str


class ToolExpression(Record):
    """`tool.function(operands)`: a number. An operand may be an expression again, so tools can be chained.

    Two are no tools an agent calls. The functions of `name` are hints, read off how an entity is called. Those of
    `facts` are aggregates of what pages state about the entities of a type (a constant) that all arms lead to:
    `count(type, arm, ...)` how many there are; `top(own, type, arm, ...)` and `bottom(own, ...)` which place the number
    `own` has among theirs, counted from the largest or the smallest (1: none is larger), if its subject is of them.
    """

    kind: Literal["call"] = "call"
    tool: Literal["maps", "scholar", "python", "name", "facts"]
    function: str
    operands: tuple[Annotated["Operand | Constant | ToolExpression", Field(discriminator="kind")], ...]

    @cached_property
    def inputs(self) -> tuple[Operand, ...]:
        """Every variable it reads, nested calls included, in order."""
        found: list[Operand] = []
        for operand in self.operands:
            if isinstance(operand, ToolExpression):
                found += operand.inputs
            elif isinstance(operand, Operand):
                found.append(operand)
        return tuple(found)

    def written(self, names: Mapping[str, str]) -> str:
        """It as code: `maps.distance(Velm, Osk)`; `names` maps variables to what they are called."""
        parts = []
        for operand in self.operands:
            if isinstance(operand, ToolExpression):
                parts.append(operand.written(names))
            elif isinstance(operand, Constant):
                parts.append(operand.text)
            else:
                parts.append(
                    f"{operand.property} of " * bool(operand.property) + names.get(operand.variable, operand.variable)
                )
        return f"{self.tool}.{self.function}({', '.join(parts)})"

    @property
    def calls(self) -> tuple["ToolExpression", ...]:
        """Itself and every nested call, innermost first. Not kept: it would hold itself."""
        inner = [call for o in self.operands if isinstance(o, ToolExpression) for call in o.calls]
        return (*inner, self)


class ToolAtom(Record):
    """What a tool computes lies in `[low, high]`; None is unbounded.

    `facts` are the ids of the facts it reads from pages: one for each operand with a property, for an aggregate all
    that make it up, none where the tool itself knows all it needs.
    """

    kind: Literal["tool"] = "tool"
    id: str
    call: ToolExpression
    low: float | None = None
    high: float | None = None
    facts: tuple[str, ...] = ()

    @cached_property
    def variables(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(operand.variable for operand in self.call.inputs))

    @property
    def reads_pages(self) -> bool:
        """Whether some operand is a number that a page states."""
        return any(operand.property is not None for operand in self.call.inputs)

    def admits(self, number: float) -> bool:
        """Whether the range holds the number."""
        return (self.low is None or number >= self.low) and (self.high is None or number <= self.high)


PlainAtom = FactAtom | LiteralAtom | CompareAtom
"""What pages alone settle."""
Constraint = Annotated[FactAtom | LiteralAtom | CompareAtom | ToolAtom, Field(discriminator="kind")]


class Query(Record):
    """A conjunction of constraints over variables, exactly one of them the answer."""

    variables: tuple[Variable, ...]
    constraints: tuple[Constraint, ...]

    @property
    def answer(self) -> Variable:
        return next(v for v in self.variables if v.role is Role.ANSWER)

    @property
    def givens(self) -> tuple[Variable, ...]:
        return tuple(v for v in self.variables if v.role is Role.GIVEN)

    @property
    def unknowns(self) -> tuple[Variable, ...]:
        """Latent variables and the answer: what a solver must find."""
        return tuple(v for v in self.variables if v.role is not Role.GIVEN)

    def variable(self, name: str) -> Variable:
        """The variable of that name. Raises KeyError."""
        for variable in self.variables:
            if variable.name == name:
                return variable
        raise KeyError(name)

    def without(self, constraint_id: str) -> "Query":
        """The query less one constraint and less any variable then left without a constraint (never the answer)."""
        kept = tuple(c for c in self.constraints if c.id != constraint_id)
        used = {name for c in kept for name in c.variables}
        variables = tuple(v for v in self.variables if v.name in used or v.role is Role.ANSWER)
        return Query(variables=variables, constraints=kept)
