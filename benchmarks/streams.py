"""What master graphs grow along, compared: whole syntheses that differ in their streams alone.

`python benchmarks/selection.py --streams WORLD` measures and prints it. Each run goes on, wave by wave as in
`redsearcher tasks synth`, until all cells are full, given up, or the units used up. Seconds are CPU seconds of units
(grown, tightened, proved and worded), without the indexes, which are made anew for each run.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rich.table import Table

from redsearcher.synthesis.candidate import Unit, distinct
from redsearcher.synthesis.config import SynthConfig
from redsearcher.synthesis.sample import Sampler
from redsearcher.synthesis.select import Selection, select
from redsearcher.synthesis.verbalise.question import verbalise
from redsearcher.synthesis.wave import next_wave
from redsearcher.world.store import World

STREAM_SETS = {"facts": ("facts",), "links": ("links",), "facts and links": ("facts", "links")}


class Run(NamedTuple):
    """One synthesis: its master graphs, what was chosen from them, and the CPU seconds they took."""

    name: str
    seed: int
    units: list[Unit]
    selection: Selection
    cpu_s: float

    @property
    def figures(self) -> dict[str, float]:
        """Distinct tight queries, also per second and per graph; their topologies; cells filled and tasks chosen."""
        found = distinct(candidate for unit in self.units for candidate in unit.candidates)
        config = self.selection.config
        filled = sum(self.selection.per_cell[cell] >= config.quota(*cell) for cell in config.cells)
        return {
            "master graphs": len(self.units),
            "tight": len(found),
            "tight per CPU s": round(len(found) / self.cpu_s, 2),
            "per graph": round(len(found) / len(self.units), 3),
            "topologies": len({candidate.topology for candidate in found}),
            "cells filled": filled,
            "tasks": len(self.selection.taken),
            "tasks per graph": round(len(self.selection.taken) / len(self.units), 3),
            "CPU s": round(self.cpu_s, 1),
        }


def grown(world: World, config: SynthConfig, name: str) -> Run:
    """A synthesis along the streams of that name, in this process."""
    config = config.model_copy(update={"streams": STREAM_SETS[name], "pairs": 0})
    sampler = Sampler(world, config, verbalise).ready()
    units: list[Unit] = []
    selection, cpu_s = select((), config), 0.0
    while aims := next_wave(config, selection, units):
        for aim in aims:
            start = time.process_time()
            units.append(sampler.unit(*aim))
            cpu_s += time.process_time() - start
        selection = select(units, config, swap=False)
    return Run(name, config.seed, units, select(units, config), cpu_s)


def compared(path: Path, config: SynthConfig, n_seeds: int) -> Iterator[Run]:
    """All sets of streams under so many seeds, each on a world opened anew."""
    for seed in range(n_seeds):
        for name in STREAM_SETS:
            yield grown(World(path), config.model_copy(update={"seed": config.seed + seed}), name)


def stream_table(runs: list[Run]) -> Table:
    """A row a run."""
    table = Table("streams", "seed", *runs[0].figures)
    for run in runs:
        table.add_row(run.name, str(run.seed), *(f"{value:,}" for value in run.figures.values()))
    return table


def stream_line(path: Path, config: SynthConfig, runs: list[Run]) -> dict[str, object]:
    """What the JSON line says."""
    wanted = {f"k{k}m{msd}": config.quota(k, msd) for k, msd in config.cells}
    rows = [{"streams": run.name, "seed": run.seed, **run.figures} for run in runs]
    return {"benchmark": "streams", "world": World(path).info.name, "wanted": wanted, "runs": rows}
