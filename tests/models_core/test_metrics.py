"""Scores that can be checked by hand."""

import math

import numpy as np
import pytest

from models_core.metrics import (
    Interval,
    auc,
    auc_difference,
    auc_interval,
    bootstrap,
    calibration_error,
    log_loss,
    new_skill_auc,
    scores,
    within_learner_auc,
)


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


def made_up(learners: int, seed: int, levels: int = 0) -> list[tuple[np.ndarray, np.ndarray]]:
    """Learners of 0 to 19 rows whose forecasts know something; with `levels`, of so many different values."""
    rng, logs = np.random.default_rng(seed), []
    for _ in range(learners):
        p = rng.random(rng.integers(20))
        y = (rng.random(len(p)) < p).astype(int)
        logs.append((y, np.round(p * levels) / levels if levels else p))
    return logs


def test_new_skill_auc_looks_at_the_new_rows_alone():
    # all rows: 2 of 4 pairs; the two new ones are in order, the two others are not
    y, p = [1, 0, 1, 0], [0.8, 0.6, 0.1, 0.9]
    assert new_skill_auc(y, p, [True, True, False, False]) == 1
    assert new_skill_auc(y, p, [False, False, True, True]) == 0
    assert auc(y, p) == 1 / 4


def test_bootstrap_of_a_mean_is_the_textbook_interval():
    values = np.random.default_rng(1).normal(5, 2, 400)
    found = bootstrap(lambda counts: float(counts @ values / counts.sum()), 400, draws=4000, seed=2)
    error = 1.96 * values.std() / math.sqrt(400)
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - error, abs=0.02)
    assert found.high == pytest.approx(values.mean() + error, abs=0.02)


def test_bootstrap_draws_as_many_learners_as_there_are():
    seen = []
    bootstrap(lambda counts: float(seen.append(counts) or 0), 7, draws=50)
    assert {len(counts) for counts in seen} == {7}
    assert {int(counts.sum()) for counts in seen} == {7}
    assert max(counts.max() for counts in seen) > 1


@pytest.mark.parametrize("levels", [0, 6])
def test_auc_interval_is_that_of_putting_the_drawn_learners_together_anew(levels):
    logs = made_up(30, seed=3, levels=levels)

    def plain(counts: np.ndarray) -> float:
        drawn = [log for log, times in zip(logs, counts, strict=True) for _ in range(times)]
        return auc(np.concatenate([y for y, _ in drawn]), np.concatenate([p for _, p in drawn]))

    slow, fast = bootstrap(plain, 30, draws=40, seed=5), auc_interval(logs, draws=40, seed=5)
    assert (fast.value, fast.low, fast.high) == pytest.approx((slow.value, slow.low, slow.high), abs=1e-12)
    assert fast.low < fast.value < fast.high


def test_an_interval_is_the_same_for_the_same_seed_only():
    logs = made_up(30, seed=3)
    assert auc_interval(logs, draws=40, seed=1) == auc_interval(logs, draws=40, seed=1)
    assert auc_interval(logs, draws=40, seed=1) != auc_interval(logs, draws=40, seed=2)


def test_learners_who_are_all_alike_leave_no_doubt():
    assert auc_interval([([1, 0, 0], [0.5, 0.2, 0.7])] * 9, draws=20) == Interval(0.5, 0.5, 0.5)


def test_a_draw_with_one_kind_of_outcome_does_not_count():
    # two learners, of whom one always succeeds: only the draws with both have an AUC, and it is 1
    assert auc_interval([([1], [0.9]), ([0], [0.1])], draws=50) == Interval(1.0, 1.0, 1.0)
    assert math.isnan(auc_interval([([1], [0.9])], draws=5).low)


def test_a_forecast_does_not_differ_from_itself():
    logs = made_up(30, seed=3)
    assert auc_difference(logs, logs, draws=40) == Interval(0.0, 0.0, 0.0)


def test_pairing_sees_a_small_difference_that_two_intervals_hide():
    logs = made_up(200, seed=4)
    rng = np.random.default_rng(5)
    blurred = [(y, p + rng.normal(0, 0.15, len(p))) for y, p in logs]
    mine, other = auc_interval(logs, draws=200), auc_interval(blurred, draws=200)
    found = auc_difference(logs, blurred, draws=200)
    assert mine.low < other.high  # they overlap
    assert found.low > 0
    assert found.value == pytest.approx(mine.value - other.value)
    assert auc_difference(blurred, logs, draws=200).value == pytest.approx(-found.value)


def test_what_is_not_the_same_learners_and_outcomes_is_not_compared():
    one = [([1, 0], [0.9, 0.1])]
    with pytest.raises(ValueError, match="not 1 and 2 of them"):
        auc_difference(one, one * 2)
    with pytest.raises(ValueError, match="learner 1 differ"):
        auc_difference(one * 2, [*one, ([0, 1], [0.9, 0.1])])


@pytest.mark.parametrize("score", [auc, log_loss, calibration_error, lambda y, p: auc_interval([(y, p)], draws=2)])
def test_what_cannot_be_scored_gets_a_sentence(score):
    with pytest.raises(ValueError, match=r"shape \(2,\) and \(1,\)"):
        score([1, 0], [0.5])
    with pytest.raises(ValueError, match="no rows"):
        score([], [])
    with pytest.raises(ValueError, match="1 of 2 forecasts are not a number"):
        score([1, 0], [0.5, math.nan])
    with pytest.raises(ValueError, match="1 or 0"):
        score([1, 2], [0.5, 0.5])


def test_scores_and_new_rows_that_are_none_get_a_sentence_too():
    with pytest.raises(ValueError, match="no rows"):
        scores([([], [])])
    with pytest.raises(ValueError, match="None of the 2 rows"):
        new_skill_auc([1, 0], [0.5, 0.2], [False, False])
    with pytest.raises(ValueError, match="one truth for each row"):
        new_skill_auc([1, 0], [0.5, 0.2], [True])
    with pytest.raises(ValueError, match="one learner and one draw, not 0 and 5"):
        bootstrap(lambda counts: 0.0, 0, draws=5)
