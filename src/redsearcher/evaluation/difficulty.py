"""Does structure govern difficulty? Success regressed on what the certificate says."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from redsearcher.evaluation.interval import Estimate, proportion
from redsearcher.evaluation.logistic import Fit, fit_logistic
from redsearcher.records.task import Certificate
from redsearcher.records.trajectory import FAILED_TO_RUN, Score, StopReason, Trajectory

COVARIATES = ("k", "MSD", "log2 search width", "constraints")


class Difficulty(NamedTuple):
    """Two fits over the same rollouts, and the raw success at each number of constraints.

    `understood` leaves out rollouts whose solver could not parse the question: what is left is failure to find.
    `strata` maps a number of constraints to success by k within it.
    """

    all_rollouts: Fit
    understood: Fit
    n_parse_failed: int
    strata: Mapping[int, Mapping[int, Estimate]]


def difficulty(
    trajectories: Sequence[Trajectory], scores: Mapping[str, Score], certificates: Mapping[str, Certificate]
) -> Difficulty:
    """Regress success on k, MSD, search width and the number of constraints; tasks are the clusters.

    Rollouts that failed to run are left out; one without an answer counts as not solved. `scores` is keyed by
    trajectory. Raises InputError where no rollout is left.
    """
    ran = [t for t in trajectories if t.stop_reason not in FAILED_TO_RUN]
    understood = [t for t in ran if t.stop_reason is not StopReason.PARSE_FAILED]
    return Difficulty(
        all_rollouts=_fit(ran, scores, certificates),
        understood=_fit(understood, scores, certificates),
        n_parse_failed=len(ran) - len(understood),
        strata=_strata(understood, scores, certificates),
    )


def _fit(rollouts: Sequence[Trajectory], scores: Mapping[str, Score], certificates: Mapping[str, Certificate]) -> Fit:
    rows = [_row(certificates[t.task]) for t in rollouts]
    columns = {name: [row[number] for row in rows] for number, name in enumerate(COVARIATES)}
    return fit_logistic(columns, [_right(t, scores) for t in rollouts], [t.task for t in rollouts])


def _row(certificate: Certificate) -> tuple[float, float, float, float]:
    width = math.log2(max(certificate.search_width, 1))
    return float(certificate.k), float(certificate.msd_loose), width, float(certificate.n_constraints)


def _right(trajectory: Trajectory, scores: Mapping[str, Score]) -> float:
    return scores[trajectory.key].value or 0.0


def _strata(
    rollouts: Sequence[Trajectory], scores: Mapping[str, Score], certificates: Mapping[str, Certificate]
) -> dict[int, dict[int, Estimate]]:
    cells: dict[tuple[int, int], dict[str, list[float]]] = {}
    for trajectory in rollouts:
        certificate = certificates[trajectory.task]
        cell = cells.setdefault((certificate.n_constraints, certificate.k), {})
        cell.setdefault(trajectory.task, []).append(_right(trajectory, scores))
    strata: dict[int, dict[int, Estimate]] = {}
    for (n_constraints, k), tasks in sorted(cells.items()):
        rates = [sum(values) / len(values) for values in tasks.values()]
        strata.setdefault(n_constraints, {})[k] = proportion(rates)
    return strata
