"""Bayesian knowledge tracing (Corbett & Anderson 1995), fitted per skill: the yardstick that everyone knows.

Letters: Q sequences (one learner's outcomes on one skill), M length of the longest, 2 states (not known, known).

A skill is known or not; each practice may make it known; a known skill slips, an unknown one is guessed. The four
probabilities of a skill are fitted by expectation maximisation (Baum-Welch) on training learners.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Practice = Sequence[tuple[str, bool]]  # one learner: (skill, correct), oldest first

STARTS = ((0.4, 0.15, 0.2, 0.1), (0.7, 0.05, 0.3, 0.2), (0.2, 0.3, 0.1, 0.3))


@dataclass(frozen=True, slots=True)
class SkillBKT:
    """Four probabilities: known at the start, learnt by one practice, right though unknown, wrong though known."""

    known: float
    learn: float
    guess: float
    slip: float

    def chance(self, belief: float) -> float:
        """P(correct) when the skill is known with this probability."""
        return belief * (1 - self.slip) + (1 - belief) * self.guess

    def after(self, belief: float, correct: bool) -> float:
        """The belief after an answer (Bayes), and the practice that came with it."""
        p = self.chance(belief)
        posterior = belief * (1 - self.slip) / p if correct else belief * self.slip / (1 - p)
        return posterior + (1 - posterior) * self.learn


class BKT:
    """Fitted parameters by skill; a skill without data gets the median of the others."""

    def __init__(self, skills: Mapping[str, SkillBKT]) -> None:
        self.skills = dict(skills)
        rows = np.array([(s.known, s.learn, s.guess, s.slip) for s in skills.values()] or [STARTS[0]])
        self.typical = SkillBKT(*map(float, np.median(rows, axis=0)))

    @classmethod
    def fit(cls, learners: Iterable[Practice]) -> "BKT":
        """Fit every skill on its own."""
        sequences: dict[str, list[list[bool]]] = {}
        for practice in learners:
            mine: dict[str, list[bool]] = {}
            for skill, correct in practice:
                mine.setdefault(skill, []).append(correct)
            for skill, outcomes in mine.items():
                sequences.setdefault(skill, []).append(outcomes)
        return cls({skill: fit_skill(found) for skill, found in sequences.items()})

    def predict(self, practice: Practice) -> list[float]:
        """P(correct) of each answer, from those before it."""
        beliefs: dict[str, float] = {}
        chances = []
        for skill, correct in practice:
            parameters = self.skills.get(skill, self.typical)
            belief = beliefs.get(skill, parameters.known)
            chances.append(parameters.chance(belief))
            beliefs[skill] = parameters.after(belief, correct)
        return chances


def fit_skill(sequences: Sequence[Sequence[bool]], rounds: int = 40) -> SkillBKT:
    """The most likely parameters from three starts; guess and slip stay below one half, else the states swap names."""
    longest = max(map(len, sequences))
    outcomes = np.full((len(sequences), longest), -1, np.int8)  # (Q, M), -1 = no answer
    for row, sequence in enumerate(sequences):
        outcomes[row, : len(sequence)] = sequence
    return max((_baum_welch(outcomes, SkillBKT(*start), rounds) for start in STARTS), key=lambda found: found[0])[1]


def _baum_welch(outcomes: NDArray[np.int8], start: SkillBKT, rounds: int) -> tuple[float, SkillBKT]:
    """(log likelihood, parameters) after expectation maximisation; outcomes (Q, M)."""
    answered = outcomes >= 0
    right, wrong = outcomes == 1, outcomes == 0
    count, length = outcomes.shape
    found, before, likelihood = start, -np.inf, -np.inf
    for _ in range(rounds):
        move = np.array([[1 - found.learn, found.learn], [0.0, 1.0]])
        emit = np.ones((count, length, 2))
        emit[right] = (found.guess, 1 - found.slip)
        emit[wrong] = (1 - found.guess, found.slip)
        forward = np.empty((count, length, 2))
        scale = np.empty((count, length))
        belief = np.tile([1 - found.known, found.known], (count, 1))  # (Q, 2)
        for t in range(length):
            joint = belief * emit[:, t]
            scale[:, t] = joint.sum(1)
            forward[:, t] = joint / scale[:, t, None]
            belief = forward[:, t] @ move
        likelihood = float(np.log(scale[answered]).sum())
        if likelihood - before < 1e-5 * abs(likelihood):
            break
        before = likelihood
        backward = np.ones((count, length, 2))
        moved = np.zeros((2, 2))
        for t in range(length - 2, -1, -1):
            ahead = emit[:, t + 1] * backward[:, t + 1] / scale[:, t + 1, None]
            backward[:, t] = ahead @ move.T
            moved += move * (forward[:, t].T @ (ahead * answered[:, t + 1, None]))
        state = forward * backward  # (Q, M, 2)
        unknown, known = state[..., 0], state[..., 1]
        found = SkillBKT(
            known=float(np.clip(known[:, 0].mean(), 0.01, 0.99)),
            learn=float(np.clip(moved[0, 1] / (moved[0].sum() + 1e-9), 0.001, 0.9)),
            guess=float(np.clip(unknown[right].sum() / (unknown[answered].sum() + 1e-9), 0.01, 0.5)),
            slip=float(np.clip(known[wrong].sum() / (known[answered].sum() + 1e-9), 0.01, 0.5)),
        )
    return likelihood, found
