"""Choosing tasks from candidates: quotas per cell, variety first, dull properties capped."""

from collections import Counter, deque
from collections.abc import Iterable
from typing import NamedTuple

from redsearcher.synthesis.candidate import Candidate, Cell, Unit, distinct
from redsearcher.synthesis.compose import properties_of
from redsearcher.synthesis.config import SynthConfig

MIN_CONSTRAINTS = 12
"""The capped share is not enforced on the first few constraints, where any share is large."""


LOOK = 48
"""Candidates of a cell that are compared before one of them is taken. Their order is random, so that this many are a
fair sample; comparing all would cost the square of the number of tasks."""


class Traits(NamedTuple):
    """What makes a candidate like or unlike others."""

    properties: tuple[str, ...]
    types: tuple[str, ...]
    shape: tuple[str, str, int]
    """Topology, role of the answer, size of the search width (its number of binary digits)."""


def traits(candidate: Candidate) -> Traits:
    """The traits of a candidate."""
    return Traits(
        tuple(properties_of(candidate.query)),
        tuple(variable.type for variable in candidate.query.unknowns),
        (candidate.topology, candidate.role, candidate.certificate.search_width.bit_length()),
    )


class Selection:
    """A greedy choice that grows in rounds, one task per open cell and round; a function of the candidates."""

    def __init__(self, config: SynthConfig) -> None:
        self.config = config
        self.taken: list[Candidate] = []
        self.per_cell: Counter[tuple[int, int]] = Counter()
        self._traits: dict[str, Traits] = {}
        self._answers: Counter[str] = Counter()
        self._properties: Counter[str] = Counter()
        self._types: Counter[str] = Counter()
        self._shapes: Counter[tuple[str, str, int]] = Counter()
        self._n_capped = 0
        self._n_constraints = 0

    def fill(self, candidates: Iterable[Candidate]) -> None:
        """Take from `candidates` what the quotas allow."""
        pools: dict[tuple[int, int], deque[Candidate]] = {cell: deque() for cell in self.config.cells}
        for candidate in distinct(candidates):
            cell = self.config.cell(candidate.certificate.k, candidate.certificate.msd_loose)
            if cell is not None:
                pools[cell].append(candidate)
                self._traits[candidate.form] = traits(candidate)
        progress = True
        while progress:
            progress = False
            for cell, pool in pools.items():
                if self.per_cell[cell] < self.config.quota(*cell):
                    progress |= self._take(cell, pool)

    def _take(self, cell: tuple[int, int], pool: deque[Candidate]) -> bool:
        """Move the most novel of the first admissible candidates of a cell to the choice."""
        looked_at: list[Candidate] = []
        fitting: list[int] = []
        while pool and len(fitting) < LOOK:
            candidate = pool.popleft()
            if self._answers[candidate.answer] >= self.config.per_answer:
                continue  # it never will be admissible again
            if self._admits(candidate):
                fitting.append(len(looked_at))
            looked_at.append(candidate)
        if not fitting:
            pool.extendleft(reversed(looked_at))
            return False
        best = looked_at.pop(min(fitting, key=lambda n: self._staleness(looked_at[n])))
        pool.extendleft(reversed(looked_at))
        self.taken.append(best)
        self.per_cell[cell] += 1
        found = self._traits[best.form]
        self._answers[best.answer] += 1
        self._properties.update(found.properties)
        self._types.update(found.types)
        self._shapes[found.shape] += 1
        self._n_capped += self._capped(found.properties)
        self._n_constraints += len(found.properties)
        return True

    def _capped(self, properties: Iterable[str]) -> int:
        return sum(property in self.config.capped_properties for property in properties)

    def _admits(self, candidate: Candidate) -> bool:
        properties = self._traits[candidate.form].properties
        own = self._capped(properties)
        total = max(self._n_constraints + len(properties), MIN_CONSTRAINTS)
        return own == 0 or self._n_capped + own <= self.config.capped_share * total

    def _staleness(self, candidate: Candidate) -> float:
        """How much a candidate repeats what is taken: properties, types, shape, answer. Less is better."""
        properties, types, shape = self._traits[candidate.form]
        seen = sum(self._properties[p] for p in properties) / len(properties) / (1 + self._n_constraints)
        kinds = sum(self._types[t] for t in types) / len(types) / (1 + self._types.total())
        return (
            2 * seen
            + kinds
            + 2 * self._shapes[shape] / (1 + len(self.taken))
            + self._answers[candidate.answer]
            + 2 * self._capped(properties) / len(properties)
        )

    @property
    def open_cells(self) -> list[tuple[int, int]]:
        """Cells below their quota, the least filled (by share) first."""
        found = [cell for cell in self.config.cells if self.per_cell[cell] < self.config.quota(*cell)]
        return sorted(found, key=lambda cell: (self.per_cell[cell] / self.config.quota(*cell), cell))


def select(units: Iterable[Unit], config: SynthConfig) -> Selection:
    """The choice from all candidates of whole waves, in unit order."""
    selection = Selection(config)
    selection.fill(candidate for unit in units for candidate in unit.candidates)
    return selection


def cell_report(units: list[Unit], selection: Selection) -> list[Cell]:
    """What became of each cell, with the reason where it is not full."""
    config = selection.config
    found: Counter[tuple[int, int]] = Counter()
    for candidate in distinct(candidate for unit in units for candidate in unit.candidates):
        cell = config.cell(candidate.certificate.k, candidate.certificate.msd_loose)
        if cell is not None:
            found[cell] += 1
    report = []
    for k, msd in config.cells:
        aimed = [unit for unit in units if (unit.k, unit.msd) == (k, msd)]
        reasons: Counter[str] = Counter()
        for unit in aimed:
            reasons.update(unit.tally)
        wanted, taken = config.quota(k, msd), selection.per_cell[k, msd]
        report.append(
            Cell(
                k=k,
                msd=msd,
                or_more=msd == config.msd[-1],
                wanted=wanted,
                found=found[k, msd],
                taken=taken,
                units=len(aimed),
                reasons=dict(sorted(reasons.items())),
                note=_note(wanted, taken, found[k, msd], reasons),
            )
        )
    return report


def _note(wanted: int, taken: int, found: int, reasons: Counter[str]) -> str:
    if taken >= wanted:
        return "full"
    if not reasons:
        return "never aimed at: no unit was left"
    structures, tight = reasons["structures"], reasons["tight"]
    other = ", ".join(
        f"{n} had MSD {name.removeprefix('tight_msd_')}"
        for name, n in sorted(reasons.items())
        if name.startswith("tight_msd_")
    )
    lost = {
        name: n
        for name, n in reasons.items()
        if name not in ("structures", "tight", "no_structure") and not name.startswith("tight_msd_")
    }
    most = ", ".join(f"{name} {n}" for name, n in sorted(lost.items(), key=lambda item: (-item[1], item[0]))[:3])
    start = f"{structures} structures aimed here gave {tight} tight queries"
    start += f" ({other})" if other else ""
    start += f"; most often in the way: {most}" if most else ""
    if found > taken:
        start += f"; {found - taken} more found but passed over for repeated answers or capped properties"
    return start
