import math

import pytest

from redsearcher.evaluation.interval import mean, proportion


def test_wilson_against_hand_values() -> None:
    # 8 of 10: the score interval is 0.490 to 0.943 (Wilson 1927; any table of it).
    found = proportion([1.0] * 8 + [0.0] * 2)
    assert found.value == 0.8
    assert found.low == pytest.approx(0.4902, abs=1e-4)
    assert found.high == pytest.approx(0.9433, abs=1e-4)


def test_no_units_no_figure() -> None:
    assert proportion([]).value is None
    assert str(proportion([])) == "–"
    assert math.isnan(mean([]).low)


def test_extremes_stay_in_range() -> None:
    assert proportion([0.0] * 5).low == 0.0
    assert proportion([1.0] * 5).high == 1.0


def test_mean_of_rates() -> None:
    found = mean([0.0, 0.5, 1.0])
    assert found.value == 0.5
    assert found.high - 0.5 == pytest.approx(1.959964 * 0.5 / math.sqrt(3), abs=1e-5)
