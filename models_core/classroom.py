"""The classroom: where the teacher and the students meet. Start reading here.

A learner's log goes in, predictions come out. The teacher reads everything the learner did; each student knows one
skill. What passes between them is the exchange, and all of it is in this file:

    teacher -> student   the context vector of (this learner, what is about to be asked)          `_read`, `_amount`
    student -> teacher   the note: what was predicted, how surely, and how wrong it was, goes
                         into the teacher's memory as part of the event's value                   `_experience`

    log ──► Record (counts) ─────────────► student ──► Prediction ──► note ─┐
     └────► teacher's Memory ──► context ────┘                              │
              ▲                                                             │
              └───────────── the event, with its note ◄────────────────────┘

Each direction has an amount in `ExchangeConfig`; 0 switches it off, so that its worth can be measured.

Letters: n queries, D width of the context, G local features.
"""

import hashlib
import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models_core.calibration import Calibration
from models_core.curriculum import Curriculum
from models_core.engine import Engine, Memory, Said
from models_core.events import NOTE_COLUMNS, Attempt, Chat, Event, StudentNote, asked_in, encode_event
from models_core.fast import FastLayer, Floats, sigmoid
from models_core.record import Record, local_features, query_features
from models_core.student import PredictStudent
from models_core.teacher import TeacherModel

logger = logging.getLogger(__name__)

Route = Literal["full", "short", "teacher"]  # teacher then student · student on the last known context · teacher alone


@dataclass(frozen=True)
class ExchangeConfig:
    """How much flows each way while serving; in training, `StudentConfig.distillation` is the teacher's share.

    Attributes:
        teacher_to_student: factor on the context; at 0 students see their learner's record alone.
        student_to_teacher: factor on the notes in the teacher's memory; at 0 the teacher never hears of them.
        sure: the short route's policy: how far from 50 % a student's forecast on the last context that it was given
            must be, for it to answer a turn without the teacher being asked. At 0.5 the teacher is always asked; what
            lower values cost and save is measured by `ablate`.
    """

    teacher_to_student: float = 1.0
    student_to_teacher: float = 1.0
    sure: float = 0.5

    def __post_init__(self) -> None:
        for name in ("teacher_to_student", "student_to_teacher"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must lie in [0, 1], not {getattr(self, name)!r}.")
        if not 0 <= self.sure <= 0.5:
            raise ValueError(f"sure must lie in [0, 0.5], not {self.sure!r}.")


@dataclass(frozen=True, slots=True)
class Prediction:
    """What is expected of one step: P(correct unaided answer), its sd, the teacher's own word, and the route taken."""

    step: str
    probability: float
    sd: float
    teacher_probability: float
    route: Route

    def note(self, diagnosis: str | None = None) -> StudentNote:
        """What to record with the attempt that follows."""
        return StudentNote(self.probability, min(self.sd, 1.0), self.teacher_probability, diagnosis)


@dataclass(frozen=True, slots=True)
class Mastery:
    """P(correct unaided answer to a typical step of a skill), its sd, and how many attempts it rests on."""

    skill: str
    mean: float
    sd: float
    attempts: int


@dataclass(frozen=True, slots=True, eq=False)
class _Context:
    """What the teacher gives a student about one query.

    Attributes:
        vector: (D,) the context.
        logit: the teacher's own log-odds, None where it never spoke.
        log_sd: log of how far off they may be.
        read_at: how many events the learner had when it was read, None where it never was.
    """

    vector: NDArray[np.float32]
    logit: float | None
    log_sd: float
    read_at: int | None


class _Answer(NamedTuple):
    """What is expected of one query, before it gets its name."""

    probability: float
    sd: float
    teacher_probability: float
    route: Route


@dataclass(frozen=True, eq=False)
class LearnerState:
    """All that is believed about one learner: a cache of their log. Never changed; observing gives a new one.

    Attributes:
        events: how many events are in it.
        at: time of the last event, seconds since the epoch.
        record: the learner's counts.
        fast: what students learned about this learner, by skill slug.
        contexts: by skill number, what the teacher gave when it last saw the skill: the short route's provision.
        teacher_listening: False once the teacher missed an event; `recall` from the log mends it.
    """

    memory: Memory
    record: Record = field(default_factory=Record)
    fast: Mapping[str, FastLayer] = field(default_factory=dict)
    contexts: Mapping[int, _Context] = field(default_factory=dict)
    events: int = 0
    at: float | None = None
    teacher_listening: bool = True

    def digest(self) -> str:
        """sha256 over every number in the state: equal digests, equal states, bit for bit."""
        digest = hashlib.sha256(self.memory.digest())
        digest.update(repr((self.events, self.at, self.teacher_listening)).encode())
        digest.update(repr(self.record.overall).encode())
        for tallies in (self.record.skills, self.record.steps):
            digest.update(repr(sorted(tallies.items())).encode())
        for skill, layer in sorted(self.fast.items()):
            digest.update(skill.encode() + layer.digest())
        for number, last in sorted(self.contexts.items()):
            digest.update(repr((number, last.logit, last.log_sd, last.read_at)).encode() + last.vector.tobytes())
        return digest.hexdigest()


class Classroom:
    """A teacher, its students and one curriculum. Holds no learner; threads may share it.

    Args:
        teacher: the teacher.
        students: `predict` students by the slug of the skill that they serve; skills without one are the teacher's.
        curriculum: the course. A changed course is a new Classroom, which is cheap; its learners are recalled from
            their logs. Steps that were retired but stand in logs must stay in the curriculum.
        exchange: how much flows each way.
        calibration: what makes forecasts mean what they say on this course.

    Raises:
        ValueError: when a student belongs to another teacher or serves another skill.
        UnknownSkill: when the curriculum does not have a student's skill.
    """

    def __init__(
        self,
        teacher: TeacherModel,
        students: Mapping[str, PredictStudent],
        curriculum: Curriculum,
        exchange: ExchangeConfig | None = None,
        calibration: Calibration | None = None,
    ) -> None:
        fingerprint = teacher.fingerprint()
        for skill, student in students.items():
            curriculum.skill_index(skill)
            if student.teacher != fingerprint:
                raise ValueError(
                    f"The student for {skill!r} belongs to teacher {student.teacher[:12]}, not {fingerprint[:12]}."
                )
            if student.skill != skill:
                raise ValueError(f"The student given for {skill!r} serves {student.skill!r}.")
        self.teacher = teacher.eval()
        self.students = dict(students)
        self.curriculum = curriculum
        self.exchange = exchange or ExchangeConfig()
        self.calibration = calibration or Calibration()
        self._engine = Engine(teacher, curriculum)
        self._silence = _Context(np.zeros(teacher.config.width, np.float32), None, 0.0, None)

    # The life of a learner state ------------------------------------------------------------------------------------

    def start(self) -> LearnerState:
        """The state of a learner of whom nothing is known."""
        return LearnerState(self._engine.remember_nothing())

    def recall(self, events: Sequence[Event]) -> LearnerState:
        """Rebuild a state from a log, oldest event first: bit for bit what observing the events one by one gave."""
        state = self.start()
        for event in events:
            state = self.observe(state, event)
        return state

    def observe(self, state: LearnerState, event: Event) -> LearnerState:
        """The state after one more event: one step of the teacher, one closed-form update of the students concerned.

        The given state stays valid. Raises UnknownStep, and then nothing has changed.
        """
        asked = asked_in(event, self.curriculum)
        at = event.at if state.at is None else max(event.at, state.at)
        memory, reading = self._experience(state, event, asked, at)
        contexts, fast = state.contexts, state.fast
        if event.step is not None:
            skills = self.curriculum.step_skills[asked]
            if reading is not None:
                (context,) = self._contexts_of(reading, state.events)
                contexts = {**contexts, **dict.fromkeys(skills, context)}
            if isinstance(event, Attempt) and not event.aided:
                fast = {**fast, **self._taught(replace(state, contexts=contexts), skills, asked, at, event.correct)}
        return LearnerState(
            memory=memory,
            record=state.record.after(event, self.curriculum),
            fast=fast,
            contexts=contexts,
            events=state.events + 1,
            at=at,
            teacher_listening=state.teacher_listening and reading is not None,
        )

    # What is believed -----------------------------------------------------------------------------------------------

    def predict(self, state: LearnerState, steps: Sequence[str], at: float) -> list[Prediction]:
        """What to expect of each step if it were asked now, unaided. Raises UnknownStep."""
        asked = [self.curriculum.step_index(step) for step in steps]
        skills = [self._serving(step) for step in asked]
        answers = self._expect(state, asked, skills, asked, at)
        return [Prediction(step, *answer) for step, answer in zip(steps, answers, strict=True)]

    def forecasts_without(
        self, state: LearnerState, step: str, at: float, hidden: Sequence[int | None], records: Sequence[Record]
    ) -> list[float]:
        """What a step's forecast would be, on the full route, with one event hidden at a time, see `explain`.

        What the student's fast layer learned stays learned.

        Args:
            state: after all events.
            step: asked now.
            at: now.
            hidden: n events, counted from the end: -1 is the last one; only those in the teacher's window. None hides
                nothing.
            records: per event, the record of everything else.

        Raises UnknownStep.
        """
        asked = self.curriculum.step_index(step)
        skill = self._serving(asked)
        unseen = np.zeros((len(hidden), min(state.memory.length, self.teacher.config.window)), bool)
        for row, event in enumerate(hidden):
            if event is not None:
                unseen[row, event] = True
        local = np.stack([query_features(record, self.curriculum, asked, at) for record in records])  # (n, G)
        reading = self._engine.read(state.memory, np.full(len(hidden), asked), at, local, unseen)
        contexts = self._contexts_of(reading, state.events)
        others = [replace(state, record=record) for record in records]
        return [
            self._answers(other, [context], [skill], [asked], at, read=True)[0].probability
            for other, context in zip(others, contexts, strict=True)
        ]

    def mastery(self, state: LearnerState, skills: Sequence[str], at: float) -> list[Mastery]:
        """What to expect of a typical unaided step of each skill. Raises UnknownSkill."""
        numbers = [self.curriculum.skill_index(skill) for skill in skills]
        asked = [len(self.curriculum.steps) + number for number in numbers]
        answers = self._expect(state, asked, numbers, [None] * len(numbers), at)
        return [
            Mastery(skill, answer.probability, answer.sd, state.record.skill(number).attempts)
            for skill, number, answer in zip(skills, numbers, answers, strict=True)
        ]

    def _expect(
        self, state: LearnerState, asked: Sequence[int], skills: Sequence[int], steps: Sequence[int | None], at: float
    ) -> list[_Answer]:
        """Teacher, then students.

        Args:
            asked: n positions in the teacher's content.
            skills: per query, position of the skill whose student answers.
            steps: per query, position of the step, None for a typical one.
            at: now.
        """
        last = [state.contexts.get(skill, self._silence) for skill in skills]
        served = all(self.curriculum.skills[skill] in self.students for skill in skills)
        if self.exchange.sure < 0.5 and served and all(context.read_at is not None for context in last):
            short = self._answers(state, last, skills, steps, at, read=False)
            if all(abs(answer.probability - 0.5) >= self.exchange.sure for answer in short):
                return short
        reading = self._read(state, asked, at)
        if reading is None:
            return self._answers(state, last, skills, steps, at, read=False)
        return self._answers(state, self._contexts_of(reading, state.events), skills, steps, at, read=True)

    def _answers(
        self,
        state: LearnerState,
        contexts: Sequence[_Context],
        skills: Sequence[int],
        steps: Sequence[int | None],
        at: float,
        *,
        read: bool,
    ) -> list[_Answer]:
        """What students (or, without one, the teacher) say on these contexts; `read` says whether they are fresh."""
        answers: dict[int, _Answer] = {}
        for skill in dict.fromkeys(skills):
            rows = [i for i, other in enumerate(skills) if other == skill]
            student = self.students.get(self.curriculum.skills[skill])
            if student is None:
                said = [self._alone(state, skill, contexts[i]) for i in rows]
            else:
                fast = state.fast.get(student.skill, student.start())
                vectors = np.stack([self._amount(contexts[i]) for i in rows])  # (n, D)
                local = np.stack([self._local(state, skill, steps[i], at, contexts[i]) for i in rows])  # (n, G)
                said = student.predict(fast, vectors, local)
            route: Route = "short" if not read else "teacher" if student is None else "full"
            for i, (p, sd) in zip(rows, said, strict=True):
                logit = contexts[i].logit
                teacher_p = p if logit is None else sigmoid(logit)
                answers[i] = _Answer(self.calibration.of(p), self.calibration.of_sd(p, sd), teacher_p, route)
        return [answers[i] for i in range(len(skills))]

    def _alone(self, state: LearnerState, skill: int, context: _Context) -> tuple[float, float]:
        """Probability and sd without a student: the teacher's word or, if there never was one, the learner's rate."""
        if context.logit is None:
            p = state.record.rate(skill)
            return p, math.sqrt(p * (1 - p) / (state.record.skill(skill).weight + 2))
        p = sigmoid(context.logit)
        return p, p * (1 - p) * math.exp(min(context.log_sd, 2.0))

    # The exchange, teacher to student -------------------------------------------------------------------------------

    def _read(self, state: LearnerState, asked: Sequence[int], at: float) -> Said | None:
        """Ask the teacher about everything at once. None when it cannot say: a turn never fails because of that."""
        if not state.teacher_listening or not asked:
            return None
        try:
            local = np.stack([query_features(state.record, self.curriculum, thing, at) for thing in asked])  # (n, G)
            return self._engine.read(state.memory, np.array(asked, np.int64), at, local)
        except Exception:
            logger.exception("The teacher could not read; students go on with the last context that they know.")
            return None

    def _contexts_of(self, reading: Said, read_at: int) -> list[_Context]:
        """One context per query of a reading."""
        columns = zip(reading.context, reading.logit.tolist(), reading.log_sd.tolist(), strict=True)
        return [_Context(vector, logit, log_sd, read_at) for vector, logit, log_sd in columns]

    def _amount(self, context: _Context) -> NDArray[np.float32]:
        """As much of a context as the exchange lets through, (D,)."""
        return context.vector * np.float32(self.exchange.teacher_to_student)

    def _local(self, state: LearnerState, skill: int, step: int | None, at: float, context: _Context) -> Floats:
        """What a student knows by itself, and how old the context is that it gets; (G,)."""
        given = context.read_at is not None and self.exchange.teacher_to_student > 0
        age = state.events - (context.read_at or 0) if given else None
        return local_features(state.record, self.curriculum, skill, step, at, age)

    # The exchange, student to teacher -------------------------------------------------------------------------------

    def _experience(self, state: LearnerState, event: Event, asked: int, at: float) -> tuple[Memory, Said | None]:
        """Tell the teacher what happened, with the note that was recorded; None when it could not listen."""
        if not state.teacher_listening:
            return state.memory, None
        happened = encode_event(event, None if state.at is None else at - state.at)
        happened[NOTE_COLUMNS] *= np.float32(self.exchange.student_to_teacher)
        said = None
        if isinstance(event, Chat) and event.text_vector is not None:
            said = np.asarray(event.text_vector, np.float32)
        try:
            local = query_features(state.record, self.curriculum, asked, at)
            return self._engine.append(state.memory, asked, at, local, happened, said)
        except Exception:
            logger.exception("The teacher missed an event; this learner is served by the short route until recalled.")
            return state.memory, None

    def _taught(
        self, state: LearnerState, skills: Sequence[int], step: int, at: float, correct: bool
    ) -> dict[str, FastLayer]:
        """The fast layers of the step's skills after an unaided answer. `state` is the one before it."""
        layers = {}
        for skill in skills:
            student = self.students.get(self.curriculum.skills[skill])
            if student is not None:
                context = state.contexts.get(skill, self._silence)
                fast = state.fast.get(student.skill, student.start())
                local = self._local(state, skill, step, at, context)
                layers[student.skill] = student.observe(fast, self._amount(context), local, correct)
        return layers

    # ----------------------------------------------------------------------------------------------------------------

    def _serving(self, step: int) -> int:
        """The skill whose student answers for a step: the main one, or another that has a student if that has none."""
        main = self.curriculum.main_skills[step]
        skills = (main, *self.curriculum.step_skills[step])
        return next((skill for skill in skills if self.curriculum.skills[skill] in self.students), main)
