"""Item statistics: how hard the steps and skills of a course proved for everybody who tried them.

Letters: N steps, S skills.

Of all that can be known about a step, how often others got it right is worth most. A step that few have tried is
shrunk towards its skill, a skill towards the course, a course towards what courses are like:

    p(course) = (right + 20 * 0.65)     / (tried + 20)
    p(skill)  = (right + 5 * p(course)) / (tried + 5)
    p(step)   = (right + 4 * p(skill))  / (tried + 4)

so that a course opened today (nobody tried anything) is the case of no data, not another kind of course. The counts go
with the estimates: models are trained on populations of every size and learn how far to trust them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Counts = NDArray[np.int64]

USUAL = 0.65  # share of right answers in a course of which nothing is known
COURSE_STRENGTH, SKILL_STRENGTH, STEP_STRENGTH = 20.0, 5.0, 4.0  # as if so many average attempts came first


@dataclass(frozen=True, eq=False)
class ItemStatistics:
    """Unaided attempts at each step and how many of them were right; a step's attempts count for its main skill.

    Attributes:
        tried, right: (N,) int64.
        main_skill: (N,) int64, per step the position of its main skill.
        skills: S.

    Raises:
        ValueError: when there are more right answers than attempts, or less than none, or no whole numbers.
    """

    tried: Counts
    right: Counts
    main_skill: Counts
    skills: int

    def __post_init__(self) -> None:
        if not self.tried.shape == self.right.shape == self.main_skill.shape:
            raise ValueError(
                f"Item statistics of {self.tried.shape} attempts, {self.right.shape} right answers and "
                f"{self.main_skill.shape} skills do not fit each other."
            )
        for counts in (self.tried, self.right, self.main_skill):
            if counts.dtype.kind != "i":  # a NaN would pass every other check
                raise ValueError(f"Item statistics count in whole numbers, not in {counts.dtype}.")
        odd = np.flatnonzero((self.right < 0) | (self.right > self.tried))
        if len(odd):
            step = int(odd[0])
            raise ValueError(f"Step number {step} has {self.right[step]} right answers in {self.tried[step]} attempts.")

    @classmethod
    def none(cls, main_skill: Sequence[int], skills: int) -> "ItemStatistics":
        """Of a course that nobody has tried."""
        nothing = np.zeros(len(main_skill), np.int64)
        return cls(nothing, nothing, np.array(main_skill, np.int64), skills)

    @classmethod
    def of(cls, asked: ArrayLike, correct: ArrayLike, main_skill: Sequence[int], skills: int) -> "ItemStatistics":
        """Count attempts: the step's position and the outcome of each, in any order."""
        step, right = np.asarray(asked, np.int64), np.asarray(correct, bool)
        count = len(main_skill)
        return cls(
            np.bincount(step, minlength=count),
            np.bincount(step[right], minlength=count),
            np.array(main_skill, np.int64),
            skills,
        )

    def without(self, other: "ItemStatistics") -> "ItemStatistics":
        """These attempts less those: nobody must meet their own answers in the statistics that predict them."""
        return ItemStatistics(self.tried - other.tried, self.right - other.right, self.main_skill, self.skills)

    @cached_property
    def base_logit(self) -> float:
        """Log-odds of a right answer anywhere in the course."""
        right, tried = float(self.right.sum()), float(self.tried.sum())
        return float(_logit((right + COURSE_STRENGTH * USUAL) / (tried + COURSE_STRENGTH)))

    @cached_property
    def skill_tried(self) -> Counts:
        """(S,) attempts by main skill."""
        return np.bincount(self.main_skill, self.tried, self.skills).astype(np.int64)

    @cached_property
    def skill_logit(self) -> list[float]:
        """(S,) log-odds of a right answer, by skill."""
        return _logit(self._skill_share).tolist()

    @cached_property
    def step_logit(self) -> list[float]:
        """(N,) log-odds of a right answer, by step."""
        toward = self._skill_share[self.main_skill]
        return _logit((self.right + STEP_STRENGTH * toward) / (self.tried + STEP_STRENGTH)).tolist()

    @cached_property
    def log_skill_tried(self) -> list[float]:
        """(S,) log(1 + attempts): how far `skill_logit` may be trusted."""
        return np.log1p(self.skill_tried).tolist()

    @cached_property
    def log_step_tried(self) -> list[float]:
        """(N,) the same for `step_logit`."""
        return np.log1p(self.tried).tolist()

    @cached_property
    def _skill_share(self) -> NDArray[np.float64]:
        base = 1 / (1 + math.exp(-self.base_logit))
        right = np.bincount(self.main_skill, self.right, self.skills)
        return (right + SKILL_STRENGTH * base) / (self.skill_tried + SKILL_STRENGTH)


def _logit(share: ArrayLike) -> NDArray[np.float64]:
    """Log-odds, kept within those of 1 in 100."""
    kept = np.clip(np.asarray(share, np.float64), 0.01, 0.99)
    return np.log(kept / (1 - kept))
