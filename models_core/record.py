"""A learner's record: what they did on each skill and step, in counts that a student model can use at once.

Letters: G local features.

The record is the part of a learner that needs no teacher: it is exact, always fresh, and costs microseconds. A record
is never changed; `after` gives the next one.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from models_core.curriculum import Curriculum
from models_core.events import Attempt, Event, HintShown

RECENCY = 0.75  # how much an outcome counts after one more attempt on the skill


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts over one skill or one step. A success is a correct answer without hints."""

    attempts: int = 0
    successes: int = 0
    hints: int = 0
    streak: int = 0  # successes in a row, negative for failures in a row
    recent: float = 0.0  # recency-weighted successes
    weight: float = 0.0  # what `recent` would be had all been successes
    last_at: float = 0.0

    def after(self, event: Event) -> "Tally":
        """The tally with one more attempt or hint in it."""
        if isinstance(event, HintShown):
            return replace(self, hints=self.hints + 1)
        if not isinstance(event, Attempt):
            return self
        success = event.correct and not event.aided
        return Tally(
            attempts=self.attempts + 1,
            successes=self.successes + success,
            hints=self.hints,
            streak=max(self.streak, 0) + 1 if success else min(self.streak, 0) - 1,
            recent=RECENCY * self.recent + success,
            weight=RECENCY * self.weight + 1,
            last_at=event.at,
        )


NOTHING = Tally()


@dataclass(frozen=True, slots=True)
class Record:
    """Everything a learner did so far, tallied; skills and steps by their position in the curriculum."""

    overall: Tally = NOTHING
    skills: Mapping[int, Tally] = field(default_factory=dict)
    steps: Mapping[int, Tally] = field(default_factory=dict)

    def skill(self, skill: int) -> Tally:
        return self.skills.get(skill, NOTHING)

    def after(self, event: Event, curriculum: Curriculum) -> "Record":
        """The record with one more event in it. Raises UnknownStep."""
        if event.step is None:
            return self
        step = curriculum.step_index(event.step)
        touched = {skill: self.skill(skill).after(event) for skill in curriculum.step_skills[step]}
        return Record(
            overall=self.overall.after(event),
            skills={**self.skills, **touched},
            steps={**self.steps, step: self.steps.get(step, NOTHING).after(event)},
        )

    def rate(self, skill: int) -> float:
        """A plain estimate of success on a skill, without any model: recent successes, shrunk to the overall rate."""
        overall = (self.overall.successes + 3 * 0.6) / (self.overall.attempts + 3)
        tally = self.skill(skill)
        return (tally.recent + 2 * overall) / (tally.weight + 2)


LOCAL = (
    "log_attempts",
    "log_successes",
    "log_failures",
    "recent",
    "log_hints",
    "streak",
    "log_away",  # time since the last attempt on the skill
    "new_skill",
    "step_log_attempts",
    "step_last",  # +1 the step was solved last time, -1 not, 0 never tried
    "step_hints",
    "overall",
    "difficulty",
    "typical",  # no step in particular: the skill's typical one
    "context_given",
    "context_log_age",  # events since the teacher was asked; 0 = just now
)
LOCAL_WIDTH = len(LOCAL)  # G
CONTEXT_GIVEN, CONTEXT_AGE = LOCAL.index("context_given"), LOCAL.index("context_log_age")


def query_features(record: Record, curriculum: Curriculum, asked: int, at: float) -> NDArray[np.float32]:
    """What the record says about anything that can be asked, as the teacher is told it: (G,).

    Args:
        record: the learner's record before the event.
        curriculum: N steps and S skills.
        asked: a step (below N), a typical step of a skill (below N + S), or nothing in particular: all zero.
        at: now, seconds since the epoch.
    """
    skill = asked - len(curriculum.steps)
    if skill < 0:
        return local_features(record, curriculum, curriculum.main_skills[asked], asked, at, 0).astype(np.float32)
    if skill < len(curriculum.skills):
        return local_features(record, curriculum, skill, None, at, 0).astype(np.float32)
    return np.zeros(LOCAL_WIDTH, np.float32)


def local_features(
    record: Record, curriculum: Curriculum, skill: int, step: int | None, at: float, context_age: int | None
) -> NDArray[np.float64]:
    """What a student may know without the teacher, as (G,) numbers of order one.

    Args:
        record: the learner's record before the attempt.
        curriculum: where `skill` and `step` are positions.
        skill: the skill that the student serves.
        step: the step about to be asked, or None for a typical one.
        at: now, seconds since the epoch.
        context_age: how many events ago the teacher's context was read; 0 = fresh, None = there is none.
    """
    tally = record.skill(skill)
    on_step = NOTHING if step is None else record.steps.get(step, NOTHING)
    away_h = max(at - tally.last_at, 0.0) / 3600 if tally.attempts else 0.0
    return np.array(
        [
            math.log1p(tally.attempts),
            math.log1p(tally.successes),
            math.log1p(tally.attempts - tally.successes),
            2 * (tally.recent + 0.6) / (tally.weight + 1) - 1,
            math.log1p(tally.hints),
            max(-5, min(5, tally.streak)) / 3,
            math.log1p(away_h) / 3,
            0.0 if tally.attempts else 1.0,
            math.log1p(on_step.attempts),
            float(np.sign(on_step.streak)),
            math.log1p(on_step.hints),
            2 * (record.overall.successes + 1.8) / (record.overall.attempts + 3) - 1,
            0.0 if step is None else curriculum.difficulty_of(step),
            1.0 if step is None else 0.0,
            0.0 if context_age is None else 1.0,
            0.0 if context_age is None else math.log1p(context_age),
        ]
    )
