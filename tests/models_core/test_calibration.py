"""Calibration: two numbers mend forecasts that are too bold, too shy or to one side, and leave their order alone."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models_core.calibration import NOTHING_TO_MEND, PRIOR, Calibration


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forecasts(count: int, *, scale: float, shift: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Forecasts, and outcomes that came true as often as the calibrated forecasts say."""
    rng = np.random.default_rng(seed)
    z = rng.normal(0, 1.5, count)
    return sigmoid(z), rng.random(count) < sigmoid(scale * z + shift)


@pytest.mark.parametrize(("scale", "shift"), [(1.0, 0.0), (0.5, 0.4), (2.0, -1.0)])
def test_many_outcomes_tell_what_was_wrong_with_the_forecasts(scale, shift):
    found = Calibration.fit(*forecasts(100_000, scale=scale, shift=shift))
    assert found.scale == pytest.approx(scale, abs=0.04)
    assert found.shift == pytest.approx(shift, abs=0.04)


def test_what_was_said_comes_true_once_it_is_mended():
    said, happened = forecasts(50_000, scale=0.4, shift=1.0)
    mended = Calibration.fit(said, happened).apply(said)
    for low, high in ((0.5, 0.6), (0.7, 0.8)):
        there = (mended > low) & (mended < high)
        assert there.sum() > 1000
        assert happened[there].mean() == pytest.approx(mended[there].mean(), abs=0.03)


def test_without_outcomes_there_is_nothing_to_mend():
    assert Calibration.fit([], []) == NOTHING_TO_MEND
    assert (NOTHING_TO_MEND.scale, NOTHING_TO_MEND.shift) == (1, 0)


def test_the_prior_holds_few_outcomes_back_and_gives_way_to_many():
    shifts = []
    for count in (1, 100, 10_000):
        found = Calibration.fit([0.5] * count, [1] * count)  # all log-odds are 0, so nothing is said about the scale
        assert found.scale == 1
        # the slope at the top: n (1 - p) = PRIOR * shift
        assert count * (1 - sigmoid(found.shift)) == pytest.approx(PRIOR * found.shift, abs=1e-6)
        shifts.append(found.shift)
    assert shifts[0] < 0.02
    assert shifts[2] > 3


@given(
    scale=st.floats(0.05, 5),
    shift=st.floats(-5, 5),
    said=st.lists(st.floats(0, 1), min_size=2, max_size=20).map(sorted),
)
def test_the_order_of_forecasts_stays_and_none_is_certain(scale, shift, said):
    mended = Calibration(scale, shift).apply(said)
    assert (np.diff(mended) >= 0).all()
    assert ((mended > 0) & (mended < 1)).all()


def test_forecasts_that_are_the_wrong_way_round_are_not_turned_round():
    said, happened = forecasts(5000, scale=-2.0, shift=0.0)
    found = Calibration.fit(said, happened)
    assert 0 < found.scale < 0.1
    assert (np.diff(found.apply([0.1, 0.5, 0.9])) > 0).all()


def test_certain_forecasts_that_were_wrong_give_finite_numbers():
    found = Calibration.fit([0.0, 1.0] * 500, [1, 0] * 500)
    assert math.isfinite(found.scale)
    assert math.isfinite(found.shift)
    assert 0 < found.of(1.0) < 1


def test_one_forecast_is_mended_like_many_and_by_nothing_not_at_all():
    mend = Calibration(2.0, 1.0)
    assert mend.of(0.5) == pytest.approx(sigmoid(1.0))
    assert mend.of(0.8) == pytest.approx(sigmoid(2 * math.log(4) + 1))
    assert mend.of(0.8) == mend.apply([0.8])[0]
    for p in (0.0, 0.1 + 0.2, 1.0):
        assert NOTHING_TO_MEND.of(p) == p
        assert NOTHING_TO_MEND.of_sd(p, 0.1) == 0.1


@pytest.mark.parametrize("p", [0.02, 0.4, 0.9])
def test_the_spread_moves_as_the_slope_of_the_forecast(p):
    mend = Calibration(1.7, -0.6)
    slope = (mend.of(p + 1e-6) - mend.of(p - 1e-6)) / 2e-6
    assert mend.of_sd(p, 0.05) == pytest.approx(0.05 * slope, rel=1e-4)


@pytest.mark.parametrize("scale", [0.0, -1.0, math.nan, math.inf])
def test_a_scale_that_would_turn_the_order_round_is_refused(scale):
    with pytest.raises(ValueError, match=f"positive scale and a finite shift, not {scale} and 0.5"):
        Calibration(scale, 0.5)


@pytest.mark.parametrize("shift", [math.nan, math.inf, -math.inf])
def test_a_shift_that_is_not_finite_is_refused(shift):
    with pytest.raises(ValueError, match=f"finite shift, not 1.0 and {shift}"):
        Calibration(1.0, shift)


def test_other_numbers_of_forecasts_than_of_outcomes_are_refused():
    with pytest.raises(ValueError, match=r"There are \(2,\) forecasts for \(1,\) outcomes"):
        Calibration.fit([0.5, 0.6], [1])


def test_a_forecast_that_is_not_a_number_is_refused():
    with pytest.raises(ValueError, match="positive scale"):
        Calibration.fit([0.5, math.nan], [1, 0])
