"""Aggregates as tool expressions: `facts.count(film, ^P57 of x)`, `facts.top(P1082 of x, city, P17 of x)`."""

from collections.abc import Iterator
from typing import NamedTuple

from redsearcher.errors import DataError
from redsearcher.records.query import Constant, Operand, ToolAtom, ToolExpression


class Arm(NamedTuple):
    """Leads to the objects of a variable's property; not `outward`: to the subjects whose property it is."""

    variable: str
    property: str
    outward: bool


class Aggregate(NamedTuple):
    """What is asked about the entities of a type that all arms lead to; `own` is the number placed among theirs."""

    function: str
    own: Operand | None
    type: str
    arms: tuple[Arm, ...]

    @property
    def properties(self) -> frozenset[str]:
        """The properties that it goes through all facts of."""
        return frozenset(arm.property for arm in self.arms) | ({self.own.property or ""} if self.own else set())


def is_aggregate(call: ToolExpression) -> bool:
    """Whether a call aggregates facts."""
    return call.tool == "facts"


def read(call: ToolExpression) -> Aggregate:
    """The parts of a call of `facts`. Raises DataError for one that is not put together as `ToolExpression` says."""
    operands = list(call.operands)
    own = operands.pop(0) if call.function in ("top", "bottom") and operands else None
    kind = operands.pop(0) if operands else None
    arms = [_arm(operand) for operand in operands if isinstance(operand, Operand) and operand.property]
    fits = isinstance(own, Operand) and own.property if call.function != "count" else arms
    if (
        call.function not in ("count", "top", "bottom")
        or not fits
        or not isinstance(kind, Constant)
        or len(arms) < len(operands)
    ):
        raise DataError(f"{call.written({})} is no aggregate; write count(type, arm, ...) or top(own, type, arm, ...)")
    return Aggregate(call.function, own if isinstance(own, Operand) else None, kind.text, tuple(arms))


def aggregates(atom: ToolAtom) -> Iterator[tuple[ToolExpression, Aggregate]]:
    """Every aggregate an atom computes with. Raises DataError as `read`."""
    for call in atom.call.calls:
        if is_aggregate(call):
            yield call, read(call)


def _arm(operand: Operand) -> Arm:
    property_ = operand.property or ""
    return Arm(operand.variable, property_.removeprefix("^"), not property_.startswith("^"))
