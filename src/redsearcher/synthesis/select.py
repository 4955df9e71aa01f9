"""Choosing tasks from candidates: quotas per cell, variety first, dull properties capped."""

from collections import Counter
from collections.abc import Iterable

from redsearcher.synthesis.candidate import Candidate, Cell, Unit, distinct
from redsearcher.synthesis.compose import properties_of
from redsearcher.synthesis.config import SynthConfig

MIN_CONSTRAINTS = 12
"""The capped share is not enforced on the first few constraints, where any share is large."""


class Selection:
    """A greedy choice that grows in rounds, one task per open cell and round; a function of the candidates."""

    def __init__(self, config: SynthConfig) -> None:
        self.config = config
        self.taken: list[Candidate] = []
        self.per_cell: Counter[tuple[int, int]] = Counter()
        self._answers: Counter[str] = Counter()
        self._properties: Counter[str] = Counter()
        self._types: Counter[str] = Counter()
        self._shapes: Counter[tuple[str, str]] = Counter()
        self._n_capped = 0
        self._n_constraints = 0

    def fill(self, candidates: Iterable[Candidate]) -> None:
        """Take from `candidates` what the quotas allow."""
        open_cells: dict[tuple[int, int], list[Candidate]] = {cell: [] for cell in self.config.cells}
        for candidate in distinct(candidates):
            cell = self.config.cell(candidate.certificate.k, candidate.certificate.msd_loose)
            if cell is not None:
                open_cells[cell].append(candidate)
        progress = True
        while progress:
            progress = False
            for cell, pool in open_cells.items():
                if self.per_cell[cell] < self.config.quota(*cell):
                    progress |= self._take(cell, pool)

    def _take(self, cell: tuple[int, int], pool: list[Candidate]) -> bool:
        """Move the most novel admissible candidate of a cell to the choice."""
        fitting = [candidate for candidate in pool if self._admits(candidate)]
        if not fitting:
            return False
        best = min(fitting, key=self._staleness)
        pool.remove(best)
        self.taken.append(best)
        self.per_cell[cell] += 1
        properties = properties_of(best.query)
        self._answers[best.answer] += 1
        self._properties.update(properties)
        self._types.update(variable.type for variable in best.query.unknowns)
        self._shapes[best.topology, best.role] += 1
        self._n_capped += self._capped(properties)
        self._n_constraints += len(properties)
        return True

    def _capped(self, properties: list[str]) -> int:
        return sum(property in self.config.capped_properties for property in properties)

    def _admits(self, candidate: Candidate) -> bool:
        if self._answers[candidate.answer] >= self.config.per_answer:
            return False
        properties = properties_of(candidate.query)
        capped = self._n_capped + self._capped(properties)
        total = max(self._n_constraints + len(properties), MIN_CONSTRAINTS)
        return self._capped(properties) == 0 or capped <= self.config.capped_share * total

    def _staleness(self, candidate: Candidate) -> float:
        """How much a candidate repeats what is taken: properties, types, shape, answer. Less is better."""
        properties = properties_of(candidate.query)
        types = [variable.type for variable in candidate.query.unknowns]
        seen = sum(self._properties[p] for p in properties) / len(properties) / (1 + self._n_constraints)
        kinds = sum(self._types[t] for t in types) / len(types) / (1 + self._types.total())
        shape = self._shapes[candidate.topology, candidate.role] / (1 + len(self.taken))
        return (
            2 * seen
            + kinds
            + 2 * shape
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
