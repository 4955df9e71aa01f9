"""All anchors of one structure as matrices, so that a table is tested against many of them in a few operations."""

import numpy as np
from numpy.typing import NDArray

from redsearcher.synthesis.anchor import Anchor, GivenAnchor, RangeAnchor, anchors_of
from redsearcher.synthesis.columns import Bools, Columns, Ints
from redsearcher.synthesis.factgraph import FactGraph
from redsearcher.synthesis.solutions import Table, n_rows
from redsearcher.synthesis.structure import Structure

Counts = NDArray[np.float32]


class AnchorChoice:
    """The anchors that stated facts allow on a structure. `clashes[a, b]`: the two may not stand together."""

    def __init__(self, graph: FactGraph, structure: Structure) -> None:
        self._graph = graph
        self.anchors: list[Anchor] = anchors_of(graph, structure)
        self.is_given: Bools = np.array([isinstance(anchor, GivenAnchor) for anchor in self.anchors], dtype=np.bool_)
        self.clashes = self._clashes()
        self._owner: Ints = np.array(
            [a.variable if isinstance(a, GivenAnchor | RangeAnchor) else -1 for a in self.anchors], dtype=np.int64
        )
        self._unary: list[Ints] = [np.flatnonzero(self._owner == v) for v in range(len(structure.nodes))]
        self._rank: Ints = np.zeros(len(self.anchors), dtype=np.int64)
        for own in self._unary:
            self._rank[own] = np.arange(len(own))
        self._masks: dict[tuple[bool, int], Bools] = {}

    def satisfied(self, facts: Columns, table: Table, numbers: Ints) -> Counts:
        """Rows by anchors: 1 where the row satisfies the anchor, or does not bind a variable of it."""
        found = np.ones((n_rows(table), len(numbers)), dtype=np.float32)
        owner = self._owner[numbers]
        for variable, column in table.items():
            at = np.flatnonzero(owner == variable)
            if len(at):
                found[:, at] = self._mask(facts, variable)[:, self._rank[numbers[at]]][column]
        for position in np.flatnonzero(owner < 0):
            anchor = self.anchors[int(numbers[position])]
            if all(variable in table for variable in anchor.variables):
                found[:, position] = anchor.test(facts, table)
        return found

    def survivors(self, facts: Columns, table: Table, numbers: Ints) -> Counts:
        """How many rows satisfy both anchors of each pair."""
        rows = self.satisfied(facts, table, numbers)
        return np.asarray(rows.T @ rows, dtype=np.float32)

    def _mask(self, facts: Columns, variable: int) -> Bools:
        """Entities by the variable's anchors."""
        key = (facts is self._graph.known, variable)
        if key not in self._masks:
            anchors = [self.anchors[int(n)] for n in self._unary[variable]]
            masks = [anchor.mask(facts) for anchor in anchors if isinstance(anchor, GivenAnchor | RangeAnchor)]
            self._masks[key] = np.ascontiguousarray(np.stack(masks, axis=1))
        return self._masks[key]

    def _clashes(self) -> Bools:
        """Anchors that speak of the same fact, or of the same literal of one variable; each clashes with itself."""
        columns: dict[tuple[object, ...], int] = {}
        marks: list[tuple[int, int]] = []
        for number, anchor in enumerate(self.anchors):
            keys: list[tuple[object, ...]] = [(fact,) for fact in anchor.facts]
            if not isinstance(anchor, GivenAnchor):
                keys += [(variable, p) for variable in anchor.variables for p in anchor.properties]
            marks += [(number, columns.setdefault(key, len(columns))) for key in keys]
        incidence = np.zeros((len(self.anchors), len(columns)), dtype=np.float32)
        for number, column in marks:
            incidence[number, column] = 1
        return np.asarray(incidence @ incidence.T > 0)
