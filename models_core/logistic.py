"""Logistic regression on the features that a student model sees: what is left to explain is what the model adds.

Letters: n rows, G features, C rows of a chunk.

Features are standardised and clipped, then fitted by Newton's method (iteratively reweighted least squares; Hastie,
Tibshirani & Friedman 2009, 4.4.1), in float64 and chunk by chunk: a million rows of float32 are never copied whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

CLIP = 6.0  # standard deviations: one wild value must not outweigh a thousand plain ones
CHUNK = 2048  # rows; 60 features in float64 then take 1 MB, which a processor keeps near
TOLERANCE = 1e-9  # norm of the gradient per row
ROUNDS = 100

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class LogisticRegression:
    """A fitted model: P(1) is the logistic of intercept + weights @ clipped((x - mean) / spread)."""

    mean: Floats  # (G,)
    spread: Floats  # (G,) standard deviation, infinite where a feature is as good as constant
    weights: Floats  # (G,) of standardised features
    intercept: float

    def __post_init__(self) -> None:
        for array in (self.mean, self.spread, self.weights):
            array.flags.writeable = False

    @classmethod
    def fit(cls, x: ArrayLike, y: ArrayLike, *, penalty: float = 1.0) -> "LogisticRegression":
        """The minimum of summed log loss + penalty / 2 * |weights|^2; the intercept costs nothing.

        When all outcomes are the same there is nothing to tell apart: weights are 0 and the forecast is
        (successes + 1/2) / (n + 1), which is never certain.

        Args:
            x: finite features (n, G), of any numeric type.
            y: outcomes (n,), 1 or 0, at least one.
            penalty: of weights on standardised features, 0 or more.

        Raises:
            ValueError: for anything else.
            ArithmeticError: no minimum after many rounds, which only a penalty near 0 can cause.
        """
        rows, happened = np.asarray(x), np.asarray(y, float)
        if rows.ndim != 2 or happened.shape != rows.shape[:1] or not len(rows):
            raise ValueError(f"Takes features (n, G) and outcomes (n,), n > 0, not {rows.shape} and {happened.shape}.")
        if not np.isin(happened, (0, 1)).all():
            raise ValueError("An outcome is 1 or 0, and some are neither.")
        if not 0 <= penalty < np.inf:
            raise ValueError(f"A penalty is 0 or more, not {penalty}.")
        mean, spread = _moments(rows)
        n, successes = len(rows), happened.sum()
        start = np.zeros(rows.shape[1] + 1)
        start[-1] = np.log((successes + 0.5) / (n - successes + 0.5))
        if 0 < successes < n:
            start = _newton(rows, happened, mean, spread, penalty, start)
        return cls(mean, spread, start[:-1], float(start[-1]))

    @property
    def parameters(self) -> int:
        """How many numbers were fitted to outcomes: G weights and the intercept."""
        return len(self.weights) + 1

    def predict(self, x: ArrayLike) -> Floats:
        """P(1) of each row of features (n, G), as (n,). Raises ValueError for another G and what is not finite."""
        rows = np.asarray(x)
        if rows.ndim != 2 or rows.shape[1] != len(self.weights):
            raise ValueError(f"Takes features (n, {len(self.weights)}), not {rows.shape}.")
        margin = np.empty(len(rows))
        for place, chunk in _chunks(rows):
            margin[place] = _standardised(chunk, self.mean, self.spread) @ self.weights + self.intercept
        return _logistic(margin)


def _logistic(margin: Floats) -> Floats:
    return 0.5 + 0.5 * np.tanh(margin / 2)  # never overflows


def _chunks(rows: NDArray[np.generic]) -> Iterator[tuple[slice, Floats]]:
    """The features as float64 (C, G), and where they belong. Raises ValueError for what is not finite."""
    for start in range(0, len(rows), CHUNK):
        place = slice(start, start + CHUNK)
        chunk = rows[place].astype(np.float64)
        if not np.isfinite(chunk).all():
            raise ValueError(f"Features have to be finite; some in rows {start} to {start + len(chunk) - 1} are not.")
        yield place, chunk


def _moments(rows: NDArray[np.generic]) -> tuple[Floats, Floats]:
    """Mean and spread of each feature, (G,) each; in two passes, as sums of squares lose small spreads."""
    total, squares = np.zeros(rows.shape[1]), np.zeros(rows.shape[1])
    for _, chunk in _chunks(rows):
        total += chunk.sum(0)
    mean = total / len(rows)
    for _, chunk in _chunks(rows):
        squares += np.square(chunk - mean).sum(0)
    spread = np.sqrt(squares / len(rows))
    return mean, np.where(spread > 1e-7 * np.abs(mean) + 1e-12, spread, np.inf)


def _standardised(chunk: Floats, mean: Floats, spread: Floats) -> Floats:
    return np.clip((chunk - mean) / spread, -CLIP, CLIP)  # (C, G)


def _newton(
    rows: NDArray[np.generic], y: Floats, mean: Floats, spread: Floats, penalty: float, start: Floats
) -> Floats:
    """Weights and, last, the intercept (G + 1,): Newton steps, halved as long as they lead uphill."""
    cost = np.append(np.full(rows.shape[1], penalty), 0.0)
    found, before = start, np.inf
    step: NDArray[np.floating] = np.zeros_like(start)
    for _ in range(ROUNDS):
        loss, gradient, curvature = float(cost @ found**2) / 2, cost * found, np.diag(cost)  # (), (G+1,), (G+1, G+1)
        for place, chunk in _chunks(rows):
            z = np.column_stack([_standardised(chunk, mean, spread), np.ones(len(chunk))])  # (C, G+1)
            margin = z @ found
            p = _logistic(margin)
            loss += float(np.logaddexp(0, margin).sum() - y[place] @ margin)
            gradient += (p - y[place]) @ z
            curvature += (z * (p * (1 - p))[:, None]).T @ z
        if loss > before + 1e-12 * abs(before):
            step = 0.5 * step
            found = found - step
            continue
        if np.linalg.norm(gradient) <= TOLERANCE * len(rows):
            return found
        # what no row tells apart (constant or doubled features) has no curvature: a trace of it makes the step unique
        curvature += np.diag(1e-10 * np.diag(curvature) + 1e-12)
        step, before = -np.linalg.solve(curvature, gradient), loss
        found = found + step
    raise ArithmeticError(f"No minimum after {ROUNDS} rounds; a penalty above {penalty} would give one.")
