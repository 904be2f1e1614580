"""The models at work in this process: a classroom per course, and what it remembers of the learners it met.

The log is the truth. What is remembered here, and the rows of `Record`, `SkillState` and `MisconceptionState`, are
caches of it: `rebuild` makes them again, bit for bit.
"""

import hashlib
import math
import threading
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from models_core import artifacts
from models_core.classroom import Classroom, LearnerState
from models_core.curriculum import Curriculum, UnknownStep
from models_core.events import Attempt, Chat, HintShown, StudentNote
from models_core.events import Event as ModelEvent
from tutor_app.courses.models import Course, Misconception, Problem, Skill
from tutor_app.courses.variants import ProblemVariant, TemplateRefused, realise
from tutor_app.learners import review
from tutor_app.learners.models import Event, MisconceptionState, Record, SkillState, User
from tutor_app.registry.curricula import curriculum_for, step_key
from tutor_app.registry.misconceptions import save_misconception_states, update_misconception_states
from tutor_app.registry.models import StudentVersion, TeacherVersion
from tutor_app.registry.statistics import calibration_for

log = structlog.get_logger(__name__)

# How many learners a process keeps in memory, and how often it asks whether other models serve now.
MOST_REMEMBERED = 2_000
FRESH_FOR_S = 1.0


class NoTeacher(Exception):
    """No teacher is registered. `manage.py register_weights` registers the shipped one."""


@dataclass(frozen=True)
class Room:
    """A course's classroom with the name of exactly what is in it: models, curriculum and calibration."""

    classroom: Classroom
    version: str

    def observe(self, state: LearnerState, event: ModelEvent) -> LearnerState:
        """The state after one more event. One about a step that the curriculum does not hold (no skill is left of it)
        says nothing to the models."""
        try:
            return self.classroom.observe(state, event)
        except UnknownStep:
            return state


class Rooms:
    """The classrooms of this process. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._building: defaultdict[int, threading.Lock] = defaultdict(threading.Lock)
        self._rooms: dict[int, tuple[str, Room]] = {}
        self._asked_at: dict[int, float] = {}
        self._states: OrderedDict[tuple[int, int], tuple[str, int, LearnerState]] = OrderedDict()

    def room(self, course: Course) -> Room:
        """The course's room, made anew when other models serve, the course was loaded again or its statistics were
        refreshed."""
        with self._lock:
            building = self._building[course.pk]
        with building:  # one course may take a minute to prepare; the others go on
            known = self._rooms.get(course.pk)
            if known and time.monotonic() - self._asked_at[course.pk] < FRESH_FOR_S:
                return known[1]
            served = _what_serves(course)
            if known is None or known[0] != served:
                known = (served, _make_room(course))
                self._rooms[course.pk] = known
            self._asked_at[course.pk] = time.monotonic()
            return known[1]

    def state(self, learner: User, course: Course, event_count: int) -> LearnerState:
        """What the classroom knows of the learner after `event_count` events: from memory, else from the log."""
        room = self.room(course)
        with self._lock:
            version, count, state = self._states.get((learner.pk, course.pk), ("", 0, None))
        if version == room.version and count == event_count and state is not None:
            return state
        rows = Event.objects.of(learner, course).filter(number__lte=event_count)
        if version == room.version and count < event_count and state is not None:
            rows = rows.filter(number__gt=count)  # another process wrote the rest
        else:
            state = room.classroom.start()
        for event in model_events(rows):
            state = room.observe(state, event)
        self.remember(learner, course, event_count, state, room.version)
        return state

    def remembers(self, learner_id: int, course_id: int) -> bool:
        """The learner is known in the course's room, and that room was found up to date just now: the next turn will
        not take long to begin."""
        with self._lock:
            known, state = self._rooms.get(course_id), self._states.get((learner_id, course_id))
            fresh = time.monotonic() - self._asked_at.get(course_id, -math.inf) < FRESH_FOR_S
        return known is not None and state is not None and fresh and state[0] == known[1].version

    def remember(self, learner: User, course: Course, event_count: int, state: LearnerState, version: str) -> None:
        with self._lock:
            self._states[learner.pk, course.pk] = (version, event_count, state)
            self._states.move_to_end((learner.pk, course.pk))
            while len(self._states) > MOST_REMEMBERED:
                self._states.popitem(last=False)

    def forget_all(self) -> None:
        with self._lock:
            self._rooms.clear()
            self._states.clear()


rooms = Rooms()


def classroom_for(course: Course) -> Classroom:
    return rooms.room(course).classroom


def _what_serves(course: Course) -> str:
    """Names the models that should serve, and the course and its statistics as they are now."""
    teacher = TeacherVersion.objects.active()
    students = StudentVersion.objects.serving(course).values_list("student__skill__slug", "fingerprint")
    updated = Course.objects.values_list("updated_at", "statistics__refreshed_at").get(pk=course.pk)
    return repr((teacher and teacher.fingerprint, sorted(map(tuple, students)), updated))


def _make_room(course: Course) -> Room:
    teacher_version = TeacherVersion.objects.active()
    if teacher_version is None:
        raise NoTeacher("No teacher is registered: run manage.py register_weights.")
    curriculum, calibration = curriculum_for(course), calibration_for(course, teacher_version)
    teacher = artifacts.load_teacher(artifact_path(teacher_version.path))
    students = {}
    serving = StudentVersion.objects.serving(course).filter(
        student__task="predict", student__skill__isnull=False, teacher=teacher_version
    )
    for version in serving:
        skill = version.student.skill
        if skill is None:
            continue  # for the whole course: not a predictor of one skill
        try:
            students[skill.slug] = artifacts.load_student(
                artifact_path(version.path), teacher=teacher_version.fingerprint
            )
        except artifacts.ArtifactRefused as refusal:
            # The teacher serves this skill meanwhile; a broken file must not close the whole room.
            log.error("student refused", student=str(version), reason=str(refusal))
    named = repr((teacher_version.fingerprint, sorted((v.student_id, v.fingerprint) for v in serving), calibration))
    digest = hashlib.sha256(named.encode())
    digest.update(_curriculum_bytes(curriculum))
    return Room(Classroom(teacher, students, curriculum, calibration=calibration), digest.hexdigest())


def _curriculum_bytes(curriculum: Curriculum) -> bytes:
    """All that the models read of a curriculum. Steps that nobody tried and no statistics are the same to them."""
    words = repr((curriculum.skills, curriculum.prerequisites, curriculum.steps, curriculum.step_skills))
    known = curriculum.item_statistics
    arrays = (curriculum.step_vectors, curriculum.skill_vectors, known.tried, known.right)
    return words.encode() + b"".join(b"-" if array is None else array.tobytes() for array in arrays)


def artifact_path(stored: str) -> Path:
    """Artifacts are stored relative to the checkout, so that a moved installation finds them."""
    return Path(settings.BASE_DIR) / stored


# --- the log, as the models read it -------------------------------------------------------------------------------


def model_events(rows: QuerySet[Event]) -> list[ModelEvent]:
    """Rows of the log as the models' events."""
    return [model_event(row) for row in rows.select_related("step__problem")]


def model_event(row: Event) -> ModelEvent:
    """One row of the log; needs `row.step.problem`."""
    at = row.at.timestamp()
    if row.step is None:
        return Chat(step=None, at=at)  # only what was said may be about no step; a constraint holds the rest
    step = step_key(row.step.problem.slug, row.step.slug)
    if row.kind == Event.Kind.ATTEMPT:
        return Attempt(
            step=step,
            correct=bool(row.correct),
            at=at,
            seconds=row.seconds,
            hints=row.hints,
            try_number=row.try_number,
            note=note_of(row),
        )
    if row.kind == Event.Kind.HINT:
        return HintShown(step=step, level=row.level, at=at)
    return Chat(step=step, at=at)


def note_of(row: Event) -> StudentNote | None:
    if row.student_probability is None or row.student_sd is None or row.teacher_probability is None:
        return None
    return StudentNote(
        probability=row.student_probability,
        sd=row.student_sd,
        teacher_probability=row.teacher_probability,
        diagnosis=row.misconception or None,
    )


# --- what is believed, as rows ------------------------------------------------------------------------------------


def update_skill_states(
    states: dict[int, SkillState],
    *,
    learner: User,
    skills: Sequence[Skill],
    event: Event,
    room: Room,
    state: LearnerState,
) -> None:
    """Brings the learner's rows of these skills (by skill id, in memory) up to date with an attempt just observed.

    The live turn and `rebuild` both go through here, so that they can't drift apart.
    """
    beliefs = room.classroom.mastery(state, [skill.slug for skill in skills], event.at.timestamp())
    for skill, belief in zip(skills, beliefs, strict=True):
        row = states.setdefault(skill.pk, SkillState(learner=learner, skill=skill, mastery=0.5, sd=0.5))
        row.mastery, row.sd = belief.mean, belief.sd
        row.attempts += 1
        row.correct += bool(event.correct)
        row.last_at = event.at
        if event.correct:
            row.review = review.review(
                row.review, skill_id=skill.pk, try_number=event.try_number, hints=event.hints, at=event.at
            )
            row.due_at = review.due_at(row.review)


def save_skill_states(states: Iterable[SkillState]) -> None:
    SkillState.objects.bulk_create(
        states,
        update_conflicts=True,
        unique_fields=["learner", "skill"],
        update_fields=["mastery", "sd", "attempts", "correct", "last_at", "review", "due_at"],
    )


@transaction.atomic
def rebuild(learner: User, course: Course) -> Record:
    """Makes the learner's record, skill states and misconception states of a course again from the log alone."""
    room = rooms.room(course)
    record, _ = Record.objects.select_for_update().get_or_create(learner=learner, course=course)
    state = room.classroom.start()
    states: dict[int, SkillState] = {}
    misconceptions: dict[str, MisconceptionState] = {}
    ids = dict(Misconception.objects.filter(course=course).values_list("slug", "pk"))
    variant_of = _variants(course)
    rows = list(Event.objects.of(learner, course).select_related("step__problem").prefetch_related("step__skills"))
    for row in rows:
        state = room.observe(state, model_event(row))
        if row.kind == Event.Kind.ATTEMPT and row.step is not None:
            skills = list(row.step.skills.all())
            update_skill_states(states, learner=learner, skills=skills, event=row, room=room, state=state)
            variant = variant_of(row.step.problem_id, row.variant_seed)
            update_misconception_states(misconceptions, learner=learner, event=row, variant=variant, ids=ids)
    SkillState.objects.filter(learner=learner, skill__course=course).delete()
    save_skill_states(states.values())
    MisconceptionState.objects.filter(learner=learner, misconception__course=course).delete()
    save_misconception_states(misconceptions.values())
    record.event_count = rows[-1].number if rows else 0
    record.models_version = room.version
    record.save()
    rooms.remember(learner, course, record.event_count, state, room.version)
    return record


def _variants(course: Course) -> Callable[[int, int], ProblemVariant | None]:
    """Makes the problems of a log as its learner had them, each once; None for a seed that its template, loaded again
    meanwhile, does not fit any more."""
    problems: dict[int, Problem] = {}
    made: dict[tuple[int, int], ProblemVariant | None] = {}

    def variant_of(problem_id: int, seed: int) -> ProblemVariant | None:
        if (problem_id, seed) not in made:
            if problem_id not in problems:
                problems[problem_id] = course.problems.with_everything().get(pk=problem_id)
            try:
                made[problem_id, seed] = realise(problems[problem_id], seed)
            except TemplateRefused:
                made[problem_id, seed] = None
        return made[problem_id, seed]

    return variant_of
