"""Scores of probability forecasts: y are outcomes (1 or 0), p the probabilities that were given."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def _pairs_won(y: NDArray[np.float64], p: NDArray[np.float64]) -> tuple[float, float]:
    """How many (success, failure) pairs the forecast orders rightly (a tie counts half), and how many there are."""
    _, place, count = np.unique(p, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]  # ties share their mean rank
    successes = float(y.sum())
    won = float(rank[y == 1].sum()) - successes * (successes + 1) / 2
    return won, successes * (len(y) - successes)


def auc(y: ArrayLike, p: ArrayLike) -> float:
    """Share of (success, failure) pairs in the right order; ties count half. NaN without both kinds."""
    won, pairs = _pairs_won(np.asarray(y, float), np.asarray(p, float))
    return won / pairs if pairs else float("nan")


def within_learner_auc(logs: Sequence[tuple[ArrayLike, ArrayLike]]) -> float:
    """The same over pairs inside one learner only, pooled: what is left when learners' levels do not count."""
    results = [_pairs_won(np.asarray(y, float), np.asarray(p, float)) for y, p in logs if len(np.asarray(y))]
    pairs = sum(n for _, n in results)
    return sum(won for won, _ in results) / pairs if pairs else float("nan")


def log_loss(y: ArrayLike, p: ArrayLike) -> float:
    """Mean negative log-likelihood in nats; probabilities are kept 1e-6 away from 0 and 1."""
    happened, said = np.asarray(y, float), np.clip(np.asarray(p, float), 1e-6, 1 - 1e-6)
    return float(-np.mean(happened * np.log(said) + (1 - happened) * np.log(1 - said)))


def calibration_error(y: ArrayLike, p: ArrayLike, bins: int = 15) -> float:
    """Expected calibration error: mean gap between forecast and frequency over equal-width bins, weighted by size."""
    happened, said = np.asarray(y, float), np.asarray(p, float)
    place = np.minimum((said * bins).astype(int), bins - 1)
    gap = np.abs(np.bincount(place, said - happened, minlength=bins))
    return float(gap.sum() / len(happened))


def scores(logs: Sequence[tuple[ArrayLike, ArrayLike]]) -> dict[str, float]:
    """All of them, over learners' (y, p), rounded to 4 places."""
    y = np.concatenate([np.asarray(y, float) for y, _ in logs])
    p = np.concatenate([np.asarray(p, float) for _, p in logs])
    found = {
        "auc": auc(y, p),
        "auc_within": within_learner_auc(logs),
        "log_loss": log_loss(y, p),
        "ece": calibration_error(y, p),
        "rows": len(y),
    }
    return {name: round(value, 4) for name, value in found.items()}
