"""Logistic regression: fits that can be checked by hand, and data that would break a careless one."""

import numpy as np
import pytest

from models_core.logistic import CHUNK, LogisticRegression


def logit(p):
    return np.log(p / (1 - p))


def measured(rows, seed=0):
    """Four features and outcomes that really depend on them, as (x, y, weights, intercept)."""
    rng = np.random.default_rng(seed)
    x, weights, intercept = rng.normal(3, 2, (rows, 4)), np.array([0.5, -0.3, 0.0, 0.2]), -1.0
    return x, rng.random(rows) < 1 / (1 + np.exp(-(x @ weights + intercept))), weights, intercept


def test_one_binary_feature_gives_back_the_frequencies():
    # 1 of 4 without the feature, 4 of 5 with it
    x, y = [[0]] * 4 + [[1]] * 5, [1, 0, 0, 0, 1, 1, 1, 1, 0]
    model = LogisticRegression.fit(x, y, penalty=0)
    assert model.predict([[0], [1]]) == pytest.approx([1 / 4, 4 / 5])
    # weights are of the standardised feature: one spread is sqrt(4/9 * 5/9) of the step from 0 to 1
    assert model.weights[0] == pytest.approx((logit(4 / 5) - logit(1 / 4)) * np.sqrt(20) / 9)


def test_without_features_the_forecast_is_the_frequency():
    model = LogisticRegression.fit(np.zeros((8, 0)), [1, 0, 0, 0, 0, 0, 1, 0])
    assert model.predict(np.zeros((2, 0))) == pytest.approx([1 / 4, 1 / 4])
    assert model.parameters == 1


def test_the_intercept_is_free_however_dear_the_weights_are():
    model = LogisticRegression.fit([[0], [1], [2], [3]], [0, 1, 1, 1], penalty=1e9)
    assert model.weights == pytest.approx([0], abs=1e-8)
    assert model.predict([[0], [3]]) == pytest.approx([3 / 4, 3 / 4])


def test_the_penalty_balances_the_pull_of_the_data():
    # two rows at -1 and 1 spread: the minimum of 2 log(1 + exp(-w)) + penalty w^2 / 2 has penalty w = 2 / (1 + exp(w))
    model = LogisticRegression.fit([[0], [1]], [0, 1], penalty=1 / (1 + np.e) * 2)
    assert model.weights == pytest.approx([1])
    assert model.intercept == pytest.approx(0, abs=1e-8)


def test_fitting_finds_the_weights_that_made_the_data():
    x, y, weights, intercept = measured(20_000)
    model = LogisticRegression.fit(x, y, penalty=0)
    assert model.weights / model.spread == pytest.approx(weights, abs=0.03)
    assert model.intercept - model.weights @ (model.mean / model.spread) == pytest.approx(intercept, abs=0.1)
    assert model.parameters == 5


def test_no_better_weights_are_near():
    x, y, _, _ = measured(3 * CHUNK + 7, seed=1)  # more than one chunk, and one that is not full
    model = LogisticRegression.fit(x, y, penalty=2.0)

    z = np.clip((x - model.mean) / model.spread, -6, 6)
    residual = model.predict(x) - y
    assert residual @ z + 2.0 * model.weights == pytest.approx(np.zeros(4), abs=1e-4)
    assert residual.sum() == pytest.approx(0, abs=1e-4)


def test_the_unit_of_a_feature_does_not_matter():
    x, y, _, _ = measured(500)
    plain, other = LogisticRegression.fit(x, y), LogisticRegression.fit(x * [1e6, 1e-6, -1, 1] + [0, 0, 1e3, 0], y)
    assert other.predict(x * [1e6, 1e-6, -1, 1] + [0, 0, 1e3, 0]) == pytest.approx(plain.predict(x), abs=1e-6)


def test_constant_and_doubled_features_change_nothing():
    x, y, _, _ = measured(500)
    constant = np.full((500, 1), 0.1, np.float32)
    more = np.hstack([x, constant, constant * 1e6 + 1e-3 * x[:, :1], np.zeros((500, 1))])
    plain, other = LogisticRegression.fit(x, y, penalty=0), LogisticRegression.fit(more, y, penalty=0)
    assert other.weights[4:] == pytest.approx([0, 0, 0])
    assert other.predict(more) == pytest.approx(plain.predict(x), abs=1e-6)
    doubled = LogisticRegression.fit(np.hstack([x, x]), y, penalty=0)
    assert doubled.predict(np.hstack([x, x])) == pytest.approx(plain.predict(x), abs=1e-6)


def test_a_constant_feature_that_changes_later_is_ignored():
    model = LogisticRegression.fit([[0, 7], [1, 7], [0, 7], [1, 7]], [0, 1, 1, 0])
    assert model.predict([[1, 7]]) == pytest.approx(model.predict([[1, -1e9]]))


@pytest.mark.parametrize("penalty", [0.0, 1e-6, 1.0])
def test_separable_data_stay_finite(penalty):
    model = LogisticRegression.fit(np.arange(20)[:, None], np.arange(20) >= 7, penalty=penalty)
    assert np.isfinite([*model.weights, model.intercept]).all()
    said = model.predict(np.arange(20)[:, None])
    assert said[:7].max() < 0.5 < said[7:].min()


@pytest.mark.parametrize("penalty", [0.0, 1.0])
def test_outcomes_that_are_all_the_same_give_a_forecast_that_is_not_certain(penalty, recwarn):
    x = np.arange(9.0)[:, None]
    assert LogisticRegression.fit(x, np.ones(9), penalty=penalty).predict(x) == pytest.approx([9.5 / 10] * 9)
    assert LogisticRegression.fit(x, np.zeros(9), penalty=penalty).predict(x) == pytest.approx([0.5 / 10] * 9)
    assert LogisticRegression.fit(x[:1], [1], penalty=penalty).predict(x) == pytest.approx([1.5 / 2] * 9)
    assert not recwarn.list


def test_wild_values_count_as_six_spreads():
    x, y, _, _ = measured(2000)
    model = LogisticRegression.fit(x, y)
    end, beyond = model.mean + 6 * model.spread, model.mean + 1e30 * model.spread
    assert model.predict([end, beyond])[0] == pytest.approx(model.predict([beyond])[0])

    x[0, 0] = 1e4
    spoilt = LogisticRegression.fit(x, y)
    assert abs((x[0] - spoilt.mean) / spoilt.spread)[0] > 40
    assert np.isfinite(spoilt.predict(x)).all()


def test_float32_features_are_fitted_like_their_float64_copies():
    x, y, _, _ = measured(500)
    x = x.astype(np.float32)
    assert LogisticRegression.fit(x, y).predict(x) == pytest.approx(
        LogisticRegression.fit(x.astype(float), y).predict(x), abs=1e-12
    )


def test_what_is_fitted_cannot_be_changed():
    model = LogisticRegression.fit([[0], [1]], [0, 1])
    with pytest.raises(AttributeError):
        model.intercept = 1.0
    with pytest.raises(ValueError, match="read-only"):
        model.weights[0] = 1.0


def test_no_rows_forecast_nothing():
    assert LogisticRegression.fit([[0], [1]], [0, 1]).predict(np.zeros((0, 1))).shape == (0,)


def test_what_cannot_be_fitted_gets_a_sentence():
    fit = LogisticRegression.fit
    with pytest.raises(ValueError, match=r"not \(2, 1\) and \(1,\)"):
        fit([[0], [1]], [1])
    with pytest.raises(ValueError, match=r"n > 0, not \(0, 3\) and \(0,\)"):
        fit(np.zeros((0, 3)), [])
    with pytest.raises(ValueError, match="1 or 0"):
        fit([[0], [1]], [1, 0.5])
    with pytest.raises(ValueError, match="0 or more, not -1"):
        fit([[0], [1]], [1, 0], penalty=-1)
    for wrong in (np.nan, np.inf, -np.inf):
        with pytest.raises(ValueError, match="some in rows 0 to 1 are not"):
            fit([[0], [wrong]], [1, 0])


def test_what_cannot_be_forecast_gets_a_sentence():
    model = LogisticRegression.fit([[0], [1]], [0, 1])
    with pytest.raises(ValueError, match=r"\(n, 1\), not \(1, 2\)"):
        model.predict([[0, 1]])
    with pytest.raises(ValueError, match="finite"):
        model.predict([[np.nan]])
