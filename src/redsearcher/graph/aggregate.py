"""What aggregates come to, by the facts of a source: how many entities there are, which place one has among them."""

from collections.abc import Mapping
from math import floor, inf

import numpy as np

from redsearcher.graph.bond import Span
from redsearcher.graph.relation import Column
from redsearcher.graph.source import FactSource
from redsearcher.records.aggregate import Aggregate, is_aggregate, read
from redsearcher.records.query import ToolAtom, ToolExpression


def values(call: ToolExpression, bound: Mapping[str, str], source: FactSource) -> tuple[float, ...]:
    """The number that a call of `facts` comes to, given the entities of its variables.

    None for what has no place, or where the source does not know an entity. Raises DataError for no aggregate.
    """
    aggregate = read(call)
    if any(source.number(bound[operand.variable]) < 0 for operand in call.inputs):
        return ()
    counted = _counted(aggregate, bound, source)
    if aggregate.own is None:
        return (float(len(counted)),)
    is_top, numbers = aggregate.function == "top", source.literal(aggregate.own.property or "")
    own = np.array([source.number(bound[aggregate.own.variable])], dtype=np.int32)
    worth = float(numbers.worth(own, is_top)[0])
    if worth == -inf or not np.isin(own, counted)[0]:
        return ()
    if not aggregate.arms:
        ranked = numbers.ranked(source.block(aggregate.type), is_top)
        return (1.0 + len(ranked) - int(np.searchsorted(ranked, worth, "right")),)
    return (1.0 + np.count_nonzero(numbers.worth(counted, is_top) > worth),)


def as_span(atom: ToolAtom, source: FactSource, block: range) -> Span | None:
    """What an aggregate asks of one variable, whose entities are the block, as a range of numbers they have.

    None for what takes more than that: several arms, or a place that may not be the first.
    """
    aggregate = read(atom.call) if is_aggregate(atom.call) else None
    if aggregate is None or len(atom.variables) != 1:
        return None
    low, high = -inf if atom.low is None else atom.low, inf if atom.high is None else atom.high
    counted = source.block(aggregate.type)
    if aggregate.own is None and len(aggregate.arms) == 1:
        (arm,) = aggregate.arms
        return Span(source.relation(arm.property).degrees(arm.outward, block, counted), low, high)
    if aggregate.own is None or aggregate.arms or counted != block or low > 1 or high == inf:
        return None
    is_top, numbers = aggregate.function == "top", source.literal(aggregate.own.property or "")
    ranked = numbers.ranked(counted, is_top)
    place = min(floor(high), len(ranked))
    worth = float(ranked[len(ranked) - place]) if place > 0 else inf
    return Span(numbers, worth, inf) if is_top else Span(numbers, -inf, -worth)


def _counted(aggregate: Aggregate, bound: Mapping[str, str], source: FactSource) -> Column:
    """The entities of the type that all arms lead to, ascending."""
    block = source.block(aggregate.type)
    counted = np.arange(block.start, block.stop, dtype=np.int32)
    for arm in aggregate.arms:
        row = source.relation(arm.property).rows(arm.outward).array(source.number(bound[arm.variable]))
        counted = np.intersect1d(counted, row, assume_unique=True)
    return counted
