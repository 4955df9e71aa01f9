"""Several policies on the same tasks, in one table."""

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import NamedTuple

from redsearcher.evaluation.metrics import msd_bin, success
from redsearcher.records.task import Certificate
from redsearcher.records.trajectory import Score, Trajectory


class Rival(NamedTuple):
    """A policy with its rollouts and their scores by rollout key."""

    name: str
    trajectories: Sequence[Trajectory]
    scores: Mapping[str, Score]


def rival_rows(rivals: Sequence[Rival], certificates: Mapping[str, Certificate]) -> list[tuple[str, list[str]]]:
    """Names, then success over all tasks, by k and by MSD with intervals, then means per rollout; a cell per policy."""
    groups: dict[str, Callable[[Certificate], bool]] = {"all": lambda _: True}
    for k in sorted({found.k for found in certificates.values()}):
        groups[f"k = {k}"] = lambda c, k=k: c.k == k  # type: ignore[misc]
    for name in sorted({msd_bin(found) for found in certificates.values()}):
        groups[f"MSD {name}"] = lambda c, name=name: msd_bin(c) == name  # type: ignore[misc]
    rows = [("", [rival.name for rival in rivals])]
    for name, belongs in groups.items():
        rows.append((f"solved, {name}", [_solved(rival, belongs, certificates) for rival in rivals]))
    means: dict[str, Callable[[Trajectory], float]] = {
        "tool calls per rollout": lambda t: t.n_tool_calls,
        "tokens sampled per rollout": lambda t: t.usage.completion,
    }
    for name, figure in means.items():
        rows.append((name, [_mean(rival, figure) for rival in rivals]))
    return rows


def _solved(rival: Rival, belongs: Callable[[Certificate], bool], certificates: Mapping[str, Certificate]) -> str:
    found = [t for t in rival.trajectories if t.task in certificates and belongs(certificates[t.task])]
    return str(success(found, rival.scores).rate) if found else "–"


def _mean(rival: Rival, figure: Callable[[Trajectory], float]) -> str:
    values = [figure(trajectory) for trajectory in rival.trajectories]
    return f"{fmean(values):,.1f}" if values else "–"
