"""How good diagnoses are: accuracy, macro F1, and accuracy by how much is answered."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

COVERAGES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


@dataclass(frozen=True)
class Scores:
    """Of diagnoses whose truth is known.

    Attributes:
        steps: how many.
        accuracy: share whose first label is right.
        macro_f1: mean F1 of the labels that occur, in truth or as an answer.
        curve: (share answered, accuracy among those), surest first.
        answered: share where the student did not abstain.
        answered_accuracy: accuracy among those; 0 without any.
        log_loss: mean negative log of the true label's probability.
    """

    steps: int
    accuracy: float
    macro_f1: float
    curve: tuple[tuple[float, float], ...]
    answered: float
    answered_accuracy: float
    log_loss: float


def score(
    truth: Sequence[str],
    said: Sequence[str],
    sure: Sequence[float],
    abstains: Sequence[bool],
    given_to_truth: Sequence[float],
) -> Scores:
    """Scores of steps, in one order: true label, answer, its probability, abstention, probability of the true label.

    Raises ValueError when there is nothing to score.
    """
    if not truth:
        raise ValueError("There are no labelled steps to score.")
    right = np.array([a == b for a, b in zip(truth, said, strict=True)])
    surest = np.argsort(-np.asarray(sure, float), kind="stable")
    curve = []
    for share in COVERAGES:
        count = max(1, round(share * len(right)))
        curve.append((share, float(right[surest[:count]].mean())))
    answered = ~np.asarray(abstains, bool)
    return Scores(
        steps=len(right),
        accuracy=float(right.mean()),
        macro_f1=macro_f1(truth, said),
        curve=tuple(curve),
        answered=float(answered.mean()),
        answered_accuracy=float(right[answered].mean()) if answered.any() else 0.0,
        log_loss=float(-np.log(np.clip(np.asarray(given_to_truth, float), 1e-6, 1)).mean()),
    )


def macro_f1(truth: Sequence[str], said: Sequence[str]) -> float:
    """Mean over labels of 2 * hits / (times it was so + times it was said)."""
    pairs = list(zip(truth, said, strict=True))
    found = []
    for label in sorted({*truth, *said}):
        hits = sum(a == b == label for a, b in pairs)
        found.append(2 * hits / sum((a == label) + (b == label) for a, b in pairs))
    return float(np.mean(found))
