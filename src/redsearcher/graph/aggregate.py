"""What aggregates come to, by the facts of a source: how many entities there are, which place one has among them."""

from collections.abc import Callable, Mapping
from functools import partial
from math import floor, inf

import numpy as np

from redsearcher.graph.bond import Span
from redsearcher.graph.relation import Bools, Column, Floats
from redsearcher.graph.source import FactSource
from redsearcher.records.aggregate import Aggregate, is_aggregate, read
from redsearcher.records.query import ToolAtom, ToolExpression


def values(call: ToolExpression, bound: Mapping[str, str], source: FactSource) -> tuple[float, ...]:
    """The number that a call of `facts` comes to, given the entities of its variables.

    None for what has no place, or where the source does not know an entity. Raises DataError for no aggregate.
    """
    aggregate = read(call)
    ends = tuple(source.number(bound[arm.variable]) for arm in aggregate.arms)
    own = 0 if aggregate.own is None else source.number(bound[aggregate.own.variable])
    if own < 0 or min(ends, default=0) < 0:
        return ()
    if aggregate.own is None:
        return (float(len(_counted(aggregate, ends, source))),)
    is_top, numbers = aggregate.function == "top", source.literal(aggregate.own.property or "")
    worth = float(numbers.worth(np.array([own], dtype=np.int32), is_top)[0])
    if worth == -inf or not _is_counted(own, aggregate, ends, source):
        return ()
    among = (aggregate.type, aggregate.arms, ends)
    ranked = numbers.ranked(among, partial(_counted, aggregate, ends, source), is_top)
    return (1.0 + len(ranked) - int(np.searchsorted(ranked, worth, "right")),)


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
    ranked = numbers.ranked((aggregate.type, (), ()), partial(_counted, aggregate, (), source), is_top)
    place = min(floor(high), len(ranked))
    worth = float(ranked[len(ranked) - place]) if place > 0 else inf
    return Span(numbers, worth, inf) if is_top else Span(numbers, -inf, -worth)


def as_test(atom: ToolAtom, source: FactSource) -> Callable[[Mapping[str, Column]], Bools] | None:
    """Which rows of columns, by variable, an atom holds of; None for all but a place among what one arm leads to."""
    aggregate = read(atom.call) if is_aggregate(atom.call) else None
    if aggregate is None or aggregate.own is None or len(aggregate.arms) != 1:
        return None
    own, arm = aggregate.own.variable, aggregate.arms[0].variable
    low, high = -inf if atom.low is None else atom.low, inf if atom.high is None else atom.high

    def holds(columns: Mapping[str, Column]) -> Bools:
        places = _places(aggregate, columns[own], columns[arm], source)
        return np.asarray((low <= places) & (places <= high))

    return holds


def _places(aggregate: Aggregate, own: Column, ends: Column, source: FactSource) -> Floats:
    """The place of each entity of a column among those that the one arm leads to from its end, or NaN."""
    assert aggregate.own is not None
    (arm,) = aggregate.arms
    relation, block = source.relation(arm.property), source.block(aggregate.type)
    is_top, numbers = aggregate.function == "top", source.literal(aggregate.own.property or "")
    heads, groups_of = np.unique(ends, return_inverse=True)
    groups, counted = relation.rows(arm.outward).reach(heads)
    worth = numbers.worth(counted, is_top)
    kept = (counted >= block.start) & (counted < block.stop) & (worth > -inf)
    levels, level = np.unique(worth[kept], return_inverse=True)
    keys = np.sort(groups[kept] * (len(levels) + 1) + level)
    mine = numbers.worth(own, is_top)
    at_most = np.searchsorted(keys, groups_of * (len(levels) + 1) + np.searchsorted(levels, mine), "right")
    places = 1.0 + np.searchsorted(keys, (groups_of + 1) * (len(levels) + 1), "left") - at_most
    linked = relation.holds(ends, own) if arm.outward else relation.holds(own, ends)
    return np.where(linked & (own >= block.start) & (own < block.stop) & (mine > -inf), places, np.nan)


def _counted(aggregate: Aggregate, ends: tuple[int, ...], source: FactSource) -> Column:
    """The entities of the type that all arms lead to from their ends, ascending."""
    rows = _rows(aggregate, ends, source)
    block = source.block(aggregate.type)
    if not rows:
        return np.arange(block.start, block.stop, dtype=np.int32)
    first = min(rows, key=len)
    counted = first[np.searchsorted(first, block.start) : np.searchsorted(first, block.stop)]
    for row in rows:
        if row is not first:
            counted = np.intersect1d(counted, row, assume_unique=True)
    return counted


def _is_counted(entity: int, aggregate: Aggregate, ends: tuple[int, ...], source: FactSource) -> bool:
    """Whether an entity is of the type, and all arms lead to it."""
    rows = _rows(aggregate, ends, source)
    places = [int(np.searchsorted(row, entity)) for row in rows]
    return entity in source.block(aggregate.type) and all(
        at < len(row) and row[at] == entity for at, row in zip(places, rows, strict=True)
    )


def _rows(aggregate: Aggregate, ends: tuple[int, ...], source: FactSource) -> list[Column]:
    arms = zip(aggregate.arms, ends, strict=True)
    return [source.relation(arm.property).rows(arm.outward).array(end) for arm, end in arms]
