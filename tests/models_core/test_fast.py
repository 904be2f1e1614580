"""The fast update: numbers that can be checked by hand, and what must hold for any answers."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models_core.fast import FastLayer, sigmoid

ONE = FastLayer(mean=np.zeros(1), covariance=np.eye(1))


def test_one_success_from_even_odds_by_hand():
    # p = 1/2, h = 1/4, v = 1: mean = (1 - 1/2) / (1 + 1/4) = 0.4, variance = 1 - (1/4) / (5/4) = 0.8
    after = ONE.after(np.ones(1), 0.0, True)
    assert after.mean == pytest.approx([0.4])
    assert after.covariance == pytest.approx(np.array([[0.8]]))
    assert after.updates == 1


def test_noise_makes_an_answer_tell_less_by_hand():
    # v = 1 + 3: mean = (1/2) / (1 + 4/4) = 0.25, variance = 1 - (1/4) / 2 = 0.875
    after = ONE.after(np.ones(1), 0.0, True, noise=3.0)
    assert after.mean == pytest.approx([0.25])
    assert after.covariance == pytest.approx(np.array([[0.875]]))


def test_two_features_share_the_blame_by_their_size_by_hand():
    # phi = (1, 2), P = I: v = 5, 1 + h v = 9/4, so the mean moves by (1, 2) (-1/2) / (9/4)
    after = FastLayer(np.zeros(2), np.eye(2)).after(np.array([1.0, 2.0]), 0.0, False)
    assert after.mean == pytest.approx([-2 / 9, -4 / 9])
    assert after.covariance == pytest.approx(np.eye(2) - np.array([[1, 2], [2, 4]]) / 9)


def test_uncertainty_moves_a_prediction_towards_one_half_by_hand():
    # z = 2, variance 8 / pi: the moderated log-odds are 2 / sqrt(2)
    layer = FastLayer(mean=np.array([2.0]), covariance=np.array([[8 / math.pi]]))
    p, sd = layer.predict(np.ones(1), 0.0)
    assert p == pytest.approx(sigmoid(math.sqrt(2)))
    assert sd == pytest.approx(p * (1 - p) * math.sqrt(8 / math.pi))


def test_noise_widens_the_sd_and_leaves_the_probability():
    certain = FastLayer(mean=np.zeros(1), covariance=np.zeros((1, 1)))
    assert certain.predict(np.ones(1), 0.0, noise=0.16) == pytest.approx((0.5, 0.25 * 0.4))


def test_a_layer_without_variance_never_moves():
    layer = FastLayer(mean=np.ones(2), covariance=np.zeros((2, 2)))
    after = layer.after(np.array([1.0, -3.0]), 0.5, False)
    assert after.mean.tolist() == [1.0, 1.0]
    assert not after.covariance.any()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.floats(-1, 1), min_size=3, max_size=3), st.floats(-30, 30), st.booleans(), st.floats(0, 5)
        ),
        max_size=40,
    )
)
def test_whatever_the_answers_the_layer_stays_finite_and_only_grows_surer(answers):
    layer = FastLayer(np.zeros(3), np.eye(3))
    for phi, offset, correct, noise in answers:
        following = layer.after(np.array(phi), offset, correct, noise)
        assert np.trace(following.covariance) <= np.trace(layer.covariance) + 1e-12
        layer = following
    assert np.isfinite(layer.mean).all()
    assert np.linalg.eigvalsh(layer.covariance).min() > -1e-9


@pytest.mark.parametrize(("z", "p"), [(0, 0.5), (800, 1.0), (-800, 0.0)])
def test_the_logistic_function_does_not_overflow(z, p):
    assert sigmoid(z) == p
