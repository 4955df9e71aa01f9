"""The smallest set of documents that states every fact: an exact minimum hitting set."""

from collections import defaultdict
from collections.abc import Sequence

MILP_FROM = 25
"""With more facts left than this after reductions, the integer program is solved by HiGHS."""


def minimum_cover(sets: Sequence[frozenset[str]]) -> tuple[str, ...] | None:
    """A smallest choice of documents that meets every set, sorted; None if some set is empty.

    Each set holds the documents that state one fact. The choice depends on the sets alone, not on their order.
    """
    if any(not documents for documents in sets):
        return None
    chosen: list[str] = []
    columns = _columns(_minimal(sets))
    while columns:
        forced = _forced(columns)
        if not forced:
            break
        chosen += [columns[column] for column in forced]
        columns = _after(columns, _union(forced))
    if columns:
        facts = _union(columns)
        best = _by_milp(columns) if facts.bit_count() > MILP_FROM else _by_branching(columns, facts)
        chosen += [columns[column] for column in best]
    return tuple(sorted(chosen))


def _minimal(sets: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    """The sets that contain no other one: meeting those meets all. In an order that depends on their content only."""
    found: list[frozenset[str]] = []
    for one in sorted(set(sets), key=lambda documents: (len(documents), sorted(documents))):
        if not any(other <= one for other in found):
            found.append(one)
    return found


def _columns(sets: Sequence[frozenset[str]]) -> dict[int, str]:
    """Bit mask of facts a document states -> the first document with it; masks inside another mask are left out."""
    stated: dict[str, int] = defaultdict(int)
    for i, documents in enumerate(sets):
        for document in documents:
            stated[document] |= 1 << i
    first: dict[int, str] = {}
    for document in sorted(stated):
        first.setdefault(stated[document], document)
    return _undominated(first)


def _undominated(columns: dict[int, str]) -> dict[int, str]:
    kept: dict[int, str] = {}
    for column in sorted(columns, key=lambda c: (-c.bit_count(), columns[c])):
        if not any(column & other == column for other in kept):
            kept[column] = columns[column]
    return kept


def _forced(columns: dict[int, str]) -> list[int]:
    """Columns that alone hold some fact."""
    once = twice = 0
    for column in columns:
        twice |= once & column
        once |= column
    return [column for column in columns if column & once & ~twice]


def _after(columns: dict[int, str], met: int) -> dict[int, str]:
    """What is left to choose from once the facts `met` are settled."""
    rest: dict[int, str] = {}
    for column in sorted(columns, key=lambda c: columns[c]):
        if column & ~met:
            rest.setdefault(column & ~met, columns[column])
    return _undominated(rest)


def _union(columns: Sequence[int] | dict[int, str]) -> int:
    met = 0
    for column in columns:
        met |= column
    return met


def _by_branching(columns: dict[int, str], facts: int) -> list[int]:
    """Iterative deepening: is there a cover of n columns? Branch on the fact that the fewest columns hold."""
    order = sorted(columns, key=lambda c: (-c.bit_count(), columns[c]))
    holding = {fact: [c for c in order if c >> fact & 1] for fact in range(facts.bit_length()) if facts >> fact & 1}
    rarest = sorted(holding, key=lambda fact: len(holding[fact]))
    widest = max(column.bit_count() for column in columns)
    failed: set[tuple[int, int]] = set()

    def extend(owed: int, n_left: int) -> list[int] | None:
        if not owed:
            return []
        if owed.bit_count() > n_left * widest or (owed, n_left) in failed:
            return None
        fact = next(f for f in rarest if owed >> f & 1)
        for column in holding[fact]:
            rest = extend(owed & ~column, n_left - 1)
            if rest is not None:
                return [column, *rest]
        failed.add((owed, n_left))
        return None

    n = 1
    while (found := extend(facts, n)) is None:
        n += 1
    return found


def _by_milp(columns: dict[int, str]) -> list[int]:
    """Minimum cover as an integer program. Raises BudgetError if HiGHS does not prove an optimum."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    from redsearcher.errors import BudgetError

    order = sorted(columns, key=lambda c: columns[c])
    n_facts = _union(columns).bit_length()
    matrix = np.array([[column >> fact & 1 for column in order] for fact in range(n_facts)], dtype=float)
    matrix = matrix[matrix.any(axis=1)]
    found = milp(
        np.ones(len(order)),
        constraints=LinearConstraint(matrix, lb=1),
        integrality=np.ones(len(order)),
        bounds=Bounds(0, 1),
    )
    if found.status != 0:
        raise BudgetError(f"minimum cover of {n_facts} facts by {len(order)} documents: {found.message}")
    return [column for column, share in zip(order, found.x, strict=True) if share > 0.5]
