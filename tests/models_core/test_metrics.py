"""Scores that can be checked by hand."""

import math

import numpy as np
import pytest

from models_core.metrics import auc, calibration_error, log_loss, scores, within_learner_auc


def test_auc_counts_a_tie_as_half_a_pair():
    # pairs (success, failure): .8>.5, .8>.2, .5=.5, .5>.2 -> 3.5 of 4
    assert auc([1, 1, 0, 0], [0.8, 0.5, 0.5, 0.2]) == pytest.approx(3.5 / 4)


def test_auc_of_one_forecast_for_all_is_a_half():
    assert auc([1, 0, 1, 0, 0], [0.3] * 5) == 0.5


def test_auc_without_both_kinds_is_not_a_number():
    assert math.isnan(auc([1, 1], [0.2, 0.4]))


def test_auc_agrees_with_counting_all_pairs():
    rng = np.random.default_rng(0)
    y, p = rng.integers(0, 2, 200), rng.integers(0, 12, 200) / 12
    pairs = [(a > b) + 0.5 * (a == b) for a in p[y == 1] for b in p[y == 0]]
    assert auc(y, p) == pytest.approx(np.mean(pairs))


def test_within_learner_auc_forgets_who_is_better():
    # between the two learners all is in order, inside each everything is wrong
    assert within_learner_auc([([0, 1], [0.2, 0.1]), ([0, 1], [0.9, 0.8])]) == 0
    assert within_learner_auc([([0, 1, 0], [0.2, 0.3, 0.1]), ([1, 1], [0.9, 0.8]), ([], [])]) == 1


def test_log_loss_by_hand_and_never_infinite():
    assert log_loss([1, 0], [0.5, 0.75]) == pytest.approx((math.log(2) + math.log(4)) / 2)
    assert log_loss([1], [0.0]) == pytest.approx(-math.log(1e-6))


def test_calibration_error_by_hand():
    # 10 bins: two forecasts of .25 of which one came true, two of .85 of which both did
    assert calibration_error([1, 0, 1, 1], [0.25, 0.25, 0.85, 0.85], bins=10) == pytest.approx((0.5 + 0.3) / 4)


def test_scores_gathers_all():
    assert scores([([1, 0], [0.9, 0.1]), ([0], [0.2])])["rows"] == 3
