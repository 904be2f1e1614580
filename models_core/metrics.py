"""Scores of probability forecasts: y are outcomes (1 or 0), p the probabilities that were given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Logs = Sequence[tuple[ArrayLike, ArrayLike]]  # (y, p) of each learner


@dataclass(frozen=True, slots=True)
class Interval:
    """A score and the range that 95 of 100 resamples of the learners fall in."""

    value: float
    low: float
    high: float


def _rows(y: ArrayLike, p: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Both as rows of numbers, or a ValueError that says what cannot be scored."""
    happened, said = np.asarray(y, float), np.asarray(p, float)
    if happened.ndim != 1 or happened.shape != said.shape:
        raise ValueError(
            f"Outcomes and forecasts have to be rows of one length, not of shape {happened.shape} and {said.shape}."
        )
    if not np.isin(happened, (0, 1)).all():
        raise ValueError("An outcome is 1 or 0, and some are neither.")
    if np.isnan(said).any():
        raise ValueError(f"{np.isnan(said).sum()} of {len(said)} forecasts are not a number.")
    return happened, said


def _some_rows(y: ArrayLike, p: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    happened, said = _rows(y, p)
    if not len(happened):
        raise ValueError("There are no rows to score.")
    return happened, said


def _pooled(logs: Logs) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Outcome, forecast and learner (by position) of all rows; a learner may have none."""
    rows = [_rows(y, p) for y, p in logs]
    if not any(len(y) for y, _ in rows):
        raise ValueError("There are no rows to score.")
    learner = np.repeat(np.arange(len(rows)), [len(y) for y, _ in rows])
    return np.concatenate([y for y, _ in rows]), np.concatenate([p for _, p in rows]), learner


def _pairs_won(y: NDArray[np.float64], p: NDArray[np.float64]) -> tuple[float, float]:
    """How many (success, failure) pairs the forecast orders rightly (a tie counts half), and how many there are."""
    _, place, count = np.unique(p, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]  # ties share their mean rank
    successes = float(y.sum())
    won = float(rank[y == 1].sum()) - successes * (successes + 1) / 2
    return won, successes * (len(y) - successes)


def auc(y: ArrayLike, p: ArrayLike) -> float:
    """Share of (success, failure) pairs in the right order; ties count half. NaN without both kinds.

    Raises ValueError, like every score here, without rows, for unequal lengths and for forecasts that are NaN.
    """
    won, pairs = _pairs_won(*_some_rows(y, p))
    return won / pairs if pairs else float("nan")


def new_skill_auc(y: ArrayLike, p: ArrayLike, new: ArrayLike) -> float:
    """The same over the rows where `new` is true: the learner meets that skill for the first time.

    Args:
        y: outcomes (n,).
        p: forecasts (n,).
        new: true or false for each row (n,). Raises ValueError if no row is new.
    """
    happened, said = _some_rows(y, p)
    chosen = np.asarray(new, bool)
    if chosen.shape != happened.shape:
        raise ValueError(f"`new` has to be one truth for each row, of shape {happened.shape}, not {chosen.shape}.")
    if not chosen.any():
        raise ValueError(f"None of the {len(happened)} rows is on a new skill.")
    return auc(happened[chosen], said[chosen])


def within_learner_auc(logs: Logs) -> float:
    """The same over pairs inside one learner only, pooled: what is left when learners' levels do not count."""
    rows = [_rows(y, p) for y, p in logs]
    results = [_pairs_won(y, p) for y, p in rows if len(y)]
    pairs = sum(n for _, n in results)
    return sum(won for won, _ in results) / pairs if pairs else float("nan")


def log_loss(y: ArrayLike, p: ArrayLike) -> float:
    """Mean negative log-likelihood in nats; probabilities are kept 1e-6 away from 0 and 1."""
    happened, said = _some_rows(y, p)
    said = np.clip(said, 1e-6, 1 - 1e-6)
    return float(-np.mean(happened * np.log(said) + (1 - happened) * np.log(1 - said)))


def calibration_error(y: ArrayLike, p: ArrayLike, bins: int = 15) -> float:
    """Expected calibration error: mean gap between forecast and frequency over equal-width bins, weighted by size."""
    happened, said = _some_rows(y, p)
    place = np.minimum((said * bins).astype(int), bins - 1)
    gap = np.abs(np.bincount(place, said - happened, minlength=bins))
    return float(gap.sum() / len(happened))


def scores(logs: Logs) -> dict[str, float]:
    """All of them, over learners' (y, p), rounded to 4 places."""
    y, p, _ = _pooled(logs)
    found = {
        "auc": auc(y, p),
        "auc_within": within_learner_auc(logs),
        "log_loss": log_loss(y, p),
        "ece": calibration_error(y, p),
        "rows": len(y),
    }
    return {name: round(value, 4) for name, value in found.items()}


def bootstrap(
    statistic: Callable[[NDArray[np.int64]], float], learners: int, *, draws: int = 1000, seed: int = 0
) -> Interval:
    """A 95 % percentile interval by learner (Efron 1979): rows of one learner hang together, so learners are drawn.

    Args:
        statistic: the score when learner i is there counts[i] times, from counts (learners,); each once is the value.
        learners: how many there are, at least 1.
        draws: how often as many learners are drawn with replacement; draws whose score is NaN are left out.
        seed: of the draws.
    """
    if learners < 1 or draws < 1:
        raise ValueError(f"An interval takes at least one learner and one draw, not {learners} and {draws}.")
    rng = np.random.default_rng(seed)
    found = np.array(
        [statistic(np.bincount(rng.integers(learners, size=learners), minlength=learners)) for _ in range(draws)]
    )
    value, found = float(statistic(np.ones(learners, np.int64))), found[~np.isnan(found)]
    low, high = np.percentile(found, (2.5, 97.5)) if len(found) else (np.nan, np.nan)
    return Interval(value, float(low), float(high))


def _auc_by_counts(logs: Logs) -> Callable[[NDArray[np.int64]], float]:
    """AUC over all rows, as a function of how often each learner counts; rows are sorted once, for all draws."""
    y, p, learner = _pooled(logs)
    order = np.argsort(p, kind="stable")
    y, p, learner = y[order], p[order], learner[order]
    starts = np.flatnonzero(np.append(True, p[1:] != p[:-1]))  # of each run of equal forecasts

    def weighted(counts: NDArray[np.int64]) -> float:
        weight = counts.astype(float)[learner]
        successes = weight * y
        failures = weight - successes
        if len(starts) < len(p):
            successes, failures = np.add.reduceat(successes, starts), np.add.reduceat(failures, starts)
        below = np.cumsum(failures)
        pairs = float(successes.sum() * below[-1])
        return float(successes @ (below - failures / 2)) / pairs if pairs else float("nan")

    return weighted


def auc_interval(logs: Logs, *, draws: int = 1000, seed: int = 0) -> Interval:
    """AUC over all rows of learners' (y, p), with its interval by learner."""
    return bootstrap(_auc_by_counts(logs), len(logs), draws=draws, seed=seed)


def auc_difference(logs_a: Logs, logs_b: Logs, *, draws: int = 1000, seed: int = 0) -> Interval:
    """AUC of forecasts a minus AUC of forecasts b, paired: each draw takes the same learners for both.

    Raises ValueError unless both have the same learners, in the same order, with the same outcomes.
    """
    if len(logs_a) != len(logs_b):
        raise ValueError(f"Only the same learners can be compared, not {len(logs_a)} and {len(logs_b)} of them.")
    for place, ((y_a, _), (y_b, _)) in enumerate(zip(logs_a, logs_b, strict=True)):
        if not np.array_equal(np.asarray(y_a, float), np.asarray(y_b, float)):
            raise ValueError(f"Only forecasts of the same outcomes can be compared; those of learner {place} differ.")
    first, second = _auc_by_counts(logs_a), _auc_by_counts(logs_b)
    return bootstrap(lambda counts: first(counts) - second(counts), len(logs_a), draws=draws, seed=seed)
