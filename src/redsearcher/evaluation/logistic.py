"""Logistic regression with intervals: which measures of difficulty go with success, the others held fixed."""

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from redsearcher.errors import InputError
from redsearcher.evaluation.interval import Z95

RIDGE = 1e-3
"""Weight of the penalty on standardised slopes: keeps them finite where a covariate separates success from failure."""
_MAX_STEPS, _TOLERANCE = 100, 1e-10
_NO_SPREAD = 1e-12

Floats = NDArray[np.float64]


class Coefficient(NamedTuple):
    """Change of the log-odds of success per unit of a covariate, with a 95 % interval."""

    name: str
    value: float
    low: float
    high: float

    @property
    def odds_ratio(self) -> float:
        """Factor on the odds of success per unit."""
        return math.exp(self.value)

    def __str__(self) -> str:
        return f"{math.exp(self.value):.2f} [{math.exp(self.low):.2f}, {math.exp(self.high):.2f}]"


class Fit(NamedTuple):
    """A fitted model. `constant` names covariates left out because they do not vary; `n_clusters` independent units."""

    intercept: float
    coefficients: tuple[Coefficient, ...]
    constant: tuple[str, ...]
    n: int
    n_clusters: int

    def coefficient(self, name: str) -> Coefficient:
        """The coefficient of that covariate. Raises KeyError where it was left out."""
        for coefficient in self.coefficients:
            if coefficient.name == name:
                return coefficient
        raise KeyError(name)


def fit_logistic(
    covariates: Mapping[str, Sequence[float]], outcomes: Sequence[float], clusters: Sequence[Hashable]
) -> Fit:
    """Maximum likelihood by Newton's method, slopes very slightly shrunk (RIDGE); errors robust to clusters (the
    sandwich estimator of Liang and Zeger 1986), since several rollouts of one task are not independent.

    All sequences have length n; `outcomes` are 0 or 1. Raises InputError where lengths differ or nothing was observed.
    """
    n = len(outcomes)
    if n == 0 or len(clusters) != n or any(len(column) != n for column in covariates.values()):
        raise InputError(
            f"a regression needs columns of one length above 0; got {n} outcomes, {len(clusters)} clusters"
        )
    columns = {name: np.asarray(column, dtype=np.float64) for name, column in covariates.items()}
    varying = [name for name, column in columns.items() if column.std() > _NO_SPREAD]
    centres = np.array([columns[name].mean() for name in varying])
    scales = np.array([columns[name].std() for name in varying])
    table: Floats = np.ones((n, len(varying) + 1))
    for number, name in enumerate(varying):
        table[:, number + 1] = (columns[name] - centres[number]) / scales[number]
    truth = np.asarray(outcomes, dtype=np.float64)
    beta, bread = _newton(table, truth)
    meat, n_clusters = _meat(table * (truth - _sigmoid(table @ beta))[:, None], clusters)
    covariance = bread @ meat @ bread
    errors = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    slopes = beta[1:] / scales
    spreads = Z95 * errors[1:] / scales
    return Fit(
        intercept=float(beta[0] - (slopes * centres).sum()),
        coefficients=tuple(
            Coefficient(name, float(b), float(b - s), float(b + s))
            for name, b, s in zip(varying, slopes, spreads, strict=True)
        ),
        constant=tuple(name for name in columns if name not in varying),
        n=n,
        n_clusters=n_clusters,
    )


def _newton(table: Floats, truth: Floats) -> tuple[Floats, Floats]:
    """Coefficients and the inverse of the penalised information."""
    width = table.shape[1]
    penalty = np.full(width, RIDGE * len(truth))
    penalty[0] = _TOLERANCE  # the intercept is free, but all-equal outcomes must not make the system singular
    beta = np.zeros(width)
    inverse: Floats = np.eye(width)
    for _ in range(_MAX_STEPS):
        expected = _sigmoid(table @ beta)
        weight = np.maximum(expected * (1 - expected), _TOLERANCE)
        information = (table * weight[:, None]).T @ table + np.diag(penalty)
        inverse = np.asarray(np.linalg.pinv(information), dtype=np.float64)
        step = inverse @ (table.T @ (truth - expected) - penalty * beta)
        step *= min(1.0, 5.0 / max(float(np.abs(step).max()), _TOLERANCE))  # far steps overshoot under separation
        beta = beta + step
        if float(np.abs(step).max()) < _TOLERANCE:
            break
    return beta, inverse


def _meat(scores: Floats, clusters: Sequence[Hashable]) -> tuple[Floats, int]:
    """Sum of outer products of the scores of clusters, with the small-sample factor g / (g - 1)."""
    sums: dict[Hashable, Floats] = {}
    for cluster, row in zip(clusters, scores, strict=True):
        sums[cluster] = sums[cluster] + row if cluster in sums else row
    stacked = np.stack(list(sums.values()))
    g = len(sums)
    return stacked.T @ stacked * (g / max(g - 1, 1)), g


def _sigmoid(x: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-np.clip(x, -40.0, 40.0)))
