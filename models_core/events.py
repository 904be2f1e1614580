"""Events: what happened to a learner, and how a log of it becomes numbers.

Letters: T events of one learner, F features of what happened, E text embedding width.

The log is the truth; everything else that is known about a learner can be rebuilt from it. `encode_event` is the one
place where an event becomes numbers: training encodes whole logs through it, the live path encodes one event at a time,
so they cannot drift apart.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models_core.curriculum import TEXT_WIDTH, Curriculum


class EventError(ValueError):
    """An event that cannot have happened; the sentence says why."""


@dataclass(frozen=True, slots=True)
class StudentNote:
    """What the models said just before an attempt; recorded with it, never recomputed.

    Attributes:
        probability: the probability of a correct answer that was served.
        sd: its standard deviation, on the probability scale.
        teacher_probability: what the teacher alone said (on the short route: when it last spoke about the skill).
        diagnosis: slug of the misconception that was suspected, if any.
    """

    probability: float
    sd: float
    teacher_probability: float
    diagnosis: str | None = None

    def __post_init__(self) -> None:
        for name in ("probability", "sd", "teacher_probability"):
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise EventError(f"The {name} of a note must lie in [0, 1], not {value!r}.")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One answer to one step. `at` is seconds since the epoch, `seconds` how long the answer took (None: not known)."""

    step: str
    correct: bool
    at: float
    seconds: float | None
    hints: int
    try_number: int
    note: StudentNote | None = None

    def __post_init__(self) -> None:
        _check_time(self.at)
        if self.seconds is not None and not 0 <= self.seconds < math.inf:
            raise EventError(f"An answer cannot take {self.seconds!r} seconds.")
        if self.hints < 0:
            raise EventError(f"An attempt cannot have used {self.hints} hints.")
        if self.try_number < 1:
            raise EventError(f"Tries are counted from 1, not {self.try_number}.")

    @property
    def aided(self) -> bool:
        """Whether a hint helped; aided answers tell about the learner, but nothing is predicted about them."""
        return self.hints > 0


@dataclass(frozen=True, slots=True)
class HintShown:
    """One hint of a step; level 1 is the first of its ladder."""

    step: str
    level: int
    at: float

    def __post_init__(self) -> None:
        _check_time(self.at)
        if self.level < 1:
            raise EventError(f"Hint levels are counted from 1, not {self.level}.")


@dataclass(frozen=True, slots=True)
class Chat:
    """Something the learner wrote that is no answer, about a step or about nothing in particular."""

    step: str | None
    at: float
    text_vector: NDArray[np.float32] | None = field(default=None, compare=False)  # (E,) unit vector

    def __post_init__(self) -> None:
        _check_time(self.at)
        if self.text_vector is not None:
            if np.shape(self.text_vector) != (TEXT_WIDTH,):
                raise EventError(f"A text vector has {TEXT_WIDTH} numbers, not shape {np.shape(self.text_vector)}.")
            if not np.isfinite(self.text_vector).all():
                raise EventError("A text vector holds values that are not finite.")


Event = Attempt | HintShown | Chat

HAPPENED = (
    "attempt",
    "hint",
    "chat",
    "outcome",  # +1 correct, -1 wrong, 0 no attempt
    "seconds_known",
    "log_seconds",
    "log_hints",
    "aided",
    "log_try",
    "hint_level",
    "log_gap",  # time since the event before
    "first",  # nothing came before
    "note_given",
    "note_logit",
    "note_surprise",  # outcome minus prediction
    "note_sd",
    "note_disagreement",  # student minus teacher
)
HAPPENED_WIDTH = len(HAPPENED)  # F
NOTE_COLUMNS = slice(HAPPENED.index("note_given"), HAPPENED_WIDTH)


def note_features(
    probability: ArrayLike, sd: ArrayLike, teacher_probability: ArrayLike, correct: ArrayLike
) -> tuple[ArrayLike, ...]:
    """The NOTE_COLUMNS of attempts that carry a note; works on single numbers and on arrays of one shape."""
    p, sd, teacher_p, y = (np.asarray(x, np.float64) for x in (probability, sd, teacher_probability, correct))
    clipped = np.minimum(np.maximum(p, 0.005), 0.995)
    return np.ones_like(p), np.log(clipped / (1 - clipped)) / 3, y - p, 4 * sd, 3 * (p - teacher_p)


def encode_event(event: Event, gap_s: float | None) -> NDArray[np.float32]:
    """What happened, as (F,) numbers of order one. `gap_s` is the time since the event before, None for the first."""
    gap = (0.0, 1.0) if gap_s is None else (math.log1p(max(gap_s, 0.0)) / 8, 0.0)
    row: tuple[ArrayLike, ...]
    match event:
        case Attempt():
            took = (0.0, 0.0) if event.seconds is None else (1.0, math.log1p(event.seconds) / 4)
            aid = (math.log1p(event.hints), float(event.aided))
            note = event.note
            said: tuple[ArrayLike, ...] = (0.0,) * 5
            if note is not None:
                said = note_features(note.probability, note.sd, note.teacher_probability, event.correct)
            outcome = 1.0 if event.correct else -1.0
            row = (1.0, 0.0, 0.0, outcome, *took, *aid, math.log(event.try_number), 0.0, *gap, *said)
        case HintShown():
            row = (0.0, 1.0, *(0.0,) * 7, math.log1p(event.level), *gap, *(0.0,) * 5)
        case Chat():
            row = (0.0, 0.0, 1.0, *(0.0,) * 7, *gap, *(0.0,) * 5)
    return np.array(row, np.float32)


def asked_in(event: Event, curriculum: Curriculum) -> int:
    """What the event was about: a step's position, or N + S for nothing in particular. Raises UnknownStep."""
    if event.step is None:
        return len(curriculum.steps) + len(curriculum.skills)
    return curriculum.step_index(event.step)


@dataclass(frozen=True, eq=False)
class EncodedLog:
    """One learner's log as arrays, oldest event first.

    Attributes:
        asked: (T,) int64, see `asked_in`.
        at: (T,) float64 seconds, never decreasing.
        happened: (T, F) float32.
        said: (T, E) float32 text vectors of chats, or None where nobody wrote.
        correct: (T,) float32, 1 or 0; 0 where nothing was attempted.
        scored: (T,) bool, the unaided attempts: the only ones that a model is asked to predict.
    """

    asked: NDArray[np.int64]
    at: NDArray[np.float64]
    happened: NDArray[np.float32]
    said: NDArray[np.float32] | None
    correct: NDArray[np.float32]
    scored: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.asked)


def encode_log(events: Sequence[Event], curriculum: Curriculum) -> EncodedLog:
    """Encode a whole log. A clock that ran backwards is held still. Raises UnknownStep."""
    count = len(events)
    asked = np.empty(count, np.int64)
    at = np.empty(count, np.float64)
    happened = np.empty((count, HAPPENED_WIDTH), np.float32)
    correct = np.zeros(count, np.float32)
    scored = np.zeros(count, bool)
    said: NDArray[np.float32] | None = None
    for t, event in enumerate(events):
        asked[t] = asked_in(event, curriculum)
        at[t] = event.at if t == 0 else max(event.at, at[t - 1])
        happened[t] = encode_event(event, None if t == 0 else at[t] - at[t - 1])
        if isinstance(event, Attempt):
            correct[t] = event.correct
            scored[t] = not event.aided
        elif isinstance(event, Chat) and event.text_vector is not None:
            said = np.zeros((count, TEXT_WIDTH), np.float32) if said is None else said
            said[t] = event.text_vector
    return EncodedLog(asked, at, happened, said, correct, scored)


def _check_time(at: float) -> None:
    if not math.isfinite(at):
        raise EventError(f"An event cannot happen at {at!r}.")
