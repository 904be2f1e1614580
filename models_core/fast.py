"""The fast update: a Bayesian last layer that learns from one learner's answers, in closed form and in microseconds.

Letters: K features of a student's last layer.

The student's network gives features phi and an offset; the log-odds of success are z = offset + w.phi. What is known
about this learner's w is a Gaussian N(mean, covariance). An answer y moves it by one step of Newton's method on the log
posterior (the extended Kalman filter for a logistic observation):

    p = sigmoid(z),  h = p (1 - p),  v = phi' P phi + noise
    mean' = mean + P phi (y - p) / (1 + h v)
    P'    = P - P phi phi' P h / (1 + h v)

where `noise` is the variance of what moves z from one moment to the next and says nothing about w. The prediction
allows for the uncertainty of w: sigmoid(z / sqrt(1 + pi phi'Pphi / 8)).

Spiegelhalter & Lauritzen (1990), "Sequential updating of conditional probabilities on directed graphical structures",
Networks 20, give the update; MacKay (1992), "The evidence framework applied to classification networks", Neural
Computation 4, gives the moderated prediction.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def sigmoid(z: float) -> float:
    """The logistic function, safe for any finite z."""
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


@dataclass(frozen=True, slots=True, eq=False)
class FastLayer:
    """What is known of one learner's last layer. Never changed; `after` gives the next one.

    Attributes:
        mean: (K,) float64.
        covariance: (K, K) float64, symmetric.
        updates: how many answers are in it.
    """

    mean: Floats
    covariance: Floats
    updates: int = 0

    def predict(self, phi: Floats, offset: float, noise: float = 0.0) -> tuple[float, float]:
        """Probability of success, and its standard deviation on the probability scale.

        Args:
            phi: (K,) features.
            offset: log-odds before w has its say.
            noise: variance, in squared logits, that is not about w; it widens the sd and leaves the probability alone,
                because the network was trained to give probabilities with it averaged out.
        """
        variance = float(phi @ self.covariance @ phi)
        z = (offset + float(self.mean @ phi)) / math.sqrt(1 + math.pi * variance / 8)
        p = sigmoid(z)
        return p, p * (1 - p) * math.sqrt(variance + noise)

    def after(self, phi: Floats, offset: float, correct: bool, noise: float = 0.0) -> "FastLayer":
        """The layer after one more answer; arguments as for `predict`."""
        p = sigmoid(offset + float(self.mean @ phi))
        gain = self.covariance @ phi  # (K,)
        slope = p * (1 - p)
        total = 1 + slope * (float(phi @ gain) + noise)
        return FastLayer(
            mean=self.mean + gain * ((correct - p) / total),
            covariance=self.covariance - np.outer(gain, gain) * (slope / total),
            updates=self.updates + 1,
        )

    def digest(self) -> bytes:
        """The exact numbers, as bytes."""
        return self.mean.tobytes() + self.covariance.tobytes() + str(self.updates).encode()
