"""Calibration: two numbers that make forecasts mean what they say on a course (Platt 1999).

A forecast with log-odds z becomes sigmoid(scale * z + shift). The order of forecasts, and so every AUC, stays.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

PRIOR = 25.0  # attempts' worth of belief that nothing needs mending


@dataclass(frozen=True, slots=True)
class Calibration:
    """scale > 0; (1, 0) leaves everything as it is.

    Raises:
        ValueError: when they are not finite or would turn the order round.
    """

    scale: float = 1.0
    shift: float = 0.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.scale) and math.isfinite(self.shift)) or self.scale <= 0:
            raise ValueError(
                f"A calibration needs a positive scale and a finite shift, not {self.scale} and {self.shift}."
            )

    @classmethod
    def fit(cls, probability: ArrayLike, correct: ArrayLike) -> "Calibration":
        """The most likely two numbers, held near (1, 0) by a prior that a few hundred attempts outweigh.

        Args:
            probability: forecasts (n,), made without knowing the outcomes.
            correct: outcomes (n,).

        Raises:
            ValueError: for different numbers of either.
        """
        z, y = _logit(probability), np.asarray(correct, np.float64)
        if z.shape != y.shape:
            raise ValueError(f"There are {z.shape} forecasts for {y.shape} outcomes.")
        x = np.stack([z, np.ones_like(z)], 1)  # (n, 2)
        start = np.array([1.0, 0.0])
        found = start.copy()
        for _ in range(50):
            p = _sigmoid(x @ found)
            slope = x.T @ (y - p) - PRIOR * (found - start)
            curvature = (x * (p * (1 - p))[:, None]).T @ x + PRIOR * np.eye(2)
            step = np.linalg.solve(curvature, slope)
            found += step * min(1.0, 1.0 / (np.abs(step).max() + 1e-12))
            if np.abs(step).max() < 1e-9:
                break
        return cls(max(float(found[0]), 0.05), float(found[1]))

    def apply(self, probability: ArrayLike) -> NDArray[np.float64]:
        """Calibrated forecasts, of the shape of those given."""
        return _sigmoid(self.scale * _logit(probability) + self.shift)

    def of(self, probability: float) -> float:
        """One calibrated forecast; exactly the given one where there is nothing to mend."""
        return probability if self == NOTHING_TO_MEND else float(self.apply(probability))

    def of_sd(self, probability: float, sd: float) -> float:
        """The standard deviation of a calibrated forecast, which moves as its slope does."""
        if self == NOTHING_TO_MEND:
            return sd
        p = self.of(probability)
        return sd * self.scale * p * (1 - p) / max(probability * (1 - probability), 1e-9)


NOTHING_TO_MEND = Calibration()


def _logit(probability: ArrayLike) -> NDArray[np.float64]:
    p = np.clip(np.asarray(probability, np.float64), 1e-6, 1 - 1e-6)
    return np.log(p / (1 - p))


def _sigmoid(z: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-np.clip(z, -30, 30)))
