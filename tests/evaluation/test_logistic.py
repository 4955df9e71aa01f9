"""Logistic regression: known coefficients come back, intervals cover, separation stays finite."""

import math

import pytest

from redsearcher.core.rng import derive
from redsearcher.errors import InputError
from redsearcher.evaluation.logistic import fit_logistic


def _draw(seed: int, n: int, slope: float, intercept: float) -> tuple[list[float], list[float]]:
    rng = derive(seed, "logistic")
    xs = [rng.uniform(-2, 6) for _ in range(n)]
    ys = [float(rng.random() < 1 / (1 + math.exp(-(intercept + slope * x)))) for x in xs]
    return xs, ys


def test_recovers_the_slope_and_covers_it() -> None:
    covered = 0
    for seed in range(60):
        xs, ys = _draw(seed, 300, slope=-0.8, intercept=1.0)
        slope = fit_logistic({"x": xs}, ys, range(300)).coefficient("x")
        covered += slope.low <= -0.8 <= slope.high
    assert 52 <= covered <= 60


def test_matches_the_closed_form_of_two_groups() -> None:
    """With one binary covariate the slope is the log of the odds ratio of the table, up to the ridge."""
    xs = [0.0] * 100 + [1.0] * 100
    ys = [1.0] * 70 + [0.0] * 30 + [1.0] * 40 + [0.0] * 60
    fit = fit_logistic({"x": xs}, ys, range(200))
    assert fit.coefficient("x").value == pytest.approx(math.log(40 / 60 / (70 / 30)), abs=0.02)
    assert fit.intercept == pytest.approx(math.log(70 / 30), abs=0.02)


def test_repeats_of_a_task_do_not_narrow_the_interval() -> None:
    xs, ys = _draw(3, 100, slope=-0.8, intercept=1.0)
    once = fit_logistic({"x": xs}, ys, range(100)).coefficient("x")
    many = fit_logistic({"x": xs * 8}, ys * 8, list(range(100)) * 8).coefficient("x")
    assert many.high - many.low == pytest.approx(once.high - once.low, rel=0.02)


def test_separation_and_constant_columns() -> None:
    fit = fit_logistic({"x": [0.0, 0.0, 1.0, 1.0], "same": [3.0] * 4}, [1.0, 1.0, 0.0, 0.0], range(4))
    assert math.isfinite(fit.coefficient("x").value)
    assert fit.coefficient("x").value < 0
    assert fit.constant == ("same",)


def test_all_right_is_finite() -> None:
    assert math.isfinite(fit_logistic({"x": [0.0, 1.0, 2.0]}, [1.0, 1.0, 1.0], range(3)).coefficient("x").value)


def test_refuses_ragged_input() -> None:
    with pytest.raises(InputError, match="columns of one length"):
        fit_logistic({"x": [1.0]}, [1.0, 0.0], range(2))
