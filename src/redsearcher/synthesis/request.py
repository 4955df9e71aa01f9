"""What a person asks for, as settings of the synthesis: cells, how many tasks of each, how much work that may take."""

import math
from collections.abc import Sequence

from redsearcher.synthesis.config import SynthConfig, cell_name

MANY = 50
"""From this many tasks per cell on, each master graph gives more of them."""
UNITS_PER_TASK = 6
"""Units that a cell may cost for each task wanted, before it is given up."""


def requested(
    *,
    treewidth: Sequence[int] = (),
    msd: Sequence[int] = (),
    count: int | None = None,
    per_cell: int | None = None,
    seed: int = 0,
) -> SynthConfig:
    """Settings for tasks of these treewidths and MSDs (none named: the default grid): `count` in all, spread evenly
    over the cells, or `per_cell` of each. Raises InputError for a grid that there is not."""
    settings: dict[str, object] = {"seed": seed}
    if treewidth:
        settings["grid"] = sorted(set(treewidth))
    if msd:
        settings["msd"] = sorted(set(msd))
    plain = SynthConfig.parse(settings, "the request")
    if count is not None:
        each, rest = divmod(count, len(plain.cells))
        settings["per_cell"] = each
        settings["quotas"] = {cell_name(*cell): each + 1 for cell in plain.cells[:rest]}
    elif per_cell is not None:
        settings["per_cell"] = per_cell
    most = max(SynthConfig.parse(settings, "the request").quota(*cell) for cell in plain.cells)
    if most >= MANY:
        settings["per_unit"] = 2 * plain.per_unit
    settings["units_per_cell"] = max(plain.units_per_cell, UNITS_PER_TASK * most)
    settings["max_units"] = max(plain.max_units, math.ceil(UNITS_PER_TASK * most * len(plain.cells)))
    return SynthConfig.parse(settings, "the request")
