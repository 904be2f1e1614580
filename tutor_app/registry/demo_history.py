"""Three weeks of practice for the demo's simulated learners.

What they do comes from `models_core.simulator`; what the models said of it comes from the real classroom, asked before
each attempt as a live turn asks it. So the log is one that the site could have written.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from django.db import transaction

from models_core.classroom import Classroom
from models_core.curriculum import Curriculum
from models_core.events import Attempt, HintShown
from models_core.events import Event as ModelEvent
from models_core.simulator import SimulatedLog, World, WorldConfig
from tutor_app.courses.models import Course, Problem, Step
from tutor_app.courses.variants import LARGEST_SEED, ProblemVariant, StepVariant, TemplateRefused, realise
from tutor_app.learners.models import Event, Membership, Section, User
from tutor_app.registry.classrooms import NoTeacher, classroom_for, model_event, rebuild
from tutor_app.registry.curricula import curriculum_for, step_key
from tutor_app.registry.demo_people import DemoRefused, Kind, SimulatedLearner, mail_of

SEED = 20_261
WEEKS = 3
SITTING_S = 3600.0  # a longer gap lies between two sittings and may be shortened
CANDIDATES = 12  # so many lives are simulated of each kind, and one is chosen

# How each kind lives: the world they come from, which of the candidates is taken (by share of right answers: 0 is the
# least, 1 the most), and how many days ago they were last seen.
KINDS: dict[Kind, tuple[WorldConfig, float, float]] = {
    "strong": (WorldConfig(attempts=90, wheel_spinners=0.0), 1.0, 0.4),
    "steady": (WorldConfig(attempts=80, wheel_spinners=0.0), 0.5, 1.2),
    "weak": (WorldConfig(attempts=70, wheel_spinners=0.0), 0.0, 0.9),
    "wheel-spinner": (WorldConfig(attempts=90, wheel_spinners=1.0, learning_rate=0.08), 0.1, 0.2),
    "begun": (WorldConfig(attempts=30, wheel_spinners=0.0), 0.6, 1.1),
    "absent": (WorldConfig(attempts=25, wheel_spinners=0.0), 0.4, 12.0),
}


def make_learners(
    learners: Sequence[SimulatedLearner], *, section: Section, now: datetime, say: Callable[[str], None]
) -> None:
    """Makes these learners with their logs and caches, each in a transaction of their own."""
    course = section.course
    try:
        classroom = classroom_for(course)
    except NoTeacher as missing:
        raise DemoRefused(str(missing)) from missing
    curriculum = curriculum_for(course)
    author = Author(course, classroom, curriculum)
    lives = choose_lives(learners, curriculum)
    for number, (learner, life) in enumerate(zip(learners, lives, strict=True), start=1):
        say(f"Demo learner {number} of {len(learners)}: {learner.first_name}, {len(life.events)} events")
        make_learner(learner, life, section=section, author=author, now=now)


@transaction.atomic
def make_learner(
    learner: SimulatedLearner, life: SimulatedLog, *, section: Section, author: "Author", now: datetime
) -> User:
    """One simulated learner: account, place in the class, log, and the log's caches."""
    user = User.objects.filter(email=mail_of(learner.username)).first() or make_user(learner)
    Membership.objects.get_or_create(section=section, user=user, defaults={"role": Membership.Role.LEARNER})
    ends = now - timedelta(days=KINDS[learner.kind][2])
    events = in_the_last_weeks(life.events, ends=ends, begins=now - timedelta(weeks=WEEKS))
    Event.objects.bulk_create(author.rows(user, events))
    rebuild(user, section.course)
    return user


def make_user(learner: SimulatedLearner) -> User:
    """An account that nobody can sign in with."""
    user = User(
        username=free_username(learner.username),
        first_name=learner.first_name,
        last_name=learner.last_name,
        email=mail_of(learner.username),
    )
    user.set_unusable_password()
    user.save()
    return user


def free_username(wanted: str) -> str:
    """The name, with a number where somebody has it already."""
    taken = set(User.objects.filter(username__startswith=wanted).values_list("username", flat=True))
    numbered = (f"{wanted}{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (wanted, *numbered) if name not in taken)


def choose_lives(learners: Sequence[SimulatedLearner], curriculum: Curriculum) -> list[SimulatedLog]:
    """A life for each: of the candidates of their kind the one that is most like it, and no life twice."""
    by_kind: dict[Kind, list[SimulatedLog]] = {}
    lives = []
    for learner in learners:
        config, rank, _ = KINDS[learner.kind]
        if learner.kind not in by_kind:
            candidates = World(curriculum, config, seed=SEED).learners(CANDIDATES)
            # The shortest logs are left out: whoever has hardly begun is neither strong nor weak.
            longest = sorted(candidates, key=lambda life: -len(life.events))[: 2 * CANDIDATES // 3]
            by_kind[learner.kind] = sorted(longest, key=share_right)
        left = by_kind[learner.kind]
        lives.append(left.pop(round(rank * (len(left) - 1))))
    return lives


def share_right(life: SimulatedLog) -> float:
    attempts = [event.correct for event in life.events if isinstance(event, Attempt)]
    return sum(attempts) / len(attempts)


def in_the_last_weeks(events: Sequence[ModelEvent], *, begins: datetime, ends: datetime) -> list[ModelEvent]:
    """The same events moved so that they end at `ends`, the breaks between sittings shortened so that they fit."""
    gaps = [later.at - earlier.at for earlier, later in pairwise(events)]
    breaks = sum(gap for gap in gaps if gap > SITTING_S)
    working = sum(gap for gap in gaps if gap <= SITTING_S)
    room = max((ends - begins).total_seconds() - working, 0.0)
    factor = min(1.0, room / breaks) if breaks else 1.0
    shrunk = [gap * factor if gap > SITTING_S else gap for gap in gaps]
    at = ends.timestamp() - sum(shrunk)
    times = [at]
    for gap in shrunk:
        at += gap
        times.append(at)
    return [replace(event, at=round(at, 3)) for event, at in zip(events, times, strict=True)]


class Author:
    """Writes simulated events as rows of the log: with concrete problems, given answers, and what the models said."""

    def __init__(self, course: Course, classroom: Classroom, curriculum: Curriculum) -> None:
        self.course, self.classroom = course, classroom
        known = set(curriculum.steps)
        self.problems: dict[str, Problem] = {}
        self.steps: dict[str, Step] = {}
        for problem in course.problems.with_everything():
            for step in problem.steps.all():
                key = step_key(problem.slug, step.slug)
                if key in known:
                    self.problems[key], self.steps[key] = problem, step

    def rows(self, learner: User, events: Iterable[ModelEvent]) -> list[Event]:
        """Unsaved rows, numbered from 1."""
        rng = random.Random(learner.username)
        state = self.classroom.start()
        rows: list[Event] = []
        problem_id, seed = None, 0
        for number, event in enumerate(events, start=1):
            step = self.steps[event.step]  # type: ignore[index]
            if step.problem_id != problem_id or starts_again(event, rows, step):
                problem_id, seed = step.problem_id, rng.randrange(LARGEST_SEED)
            row = Event(
                learner=learner,
                course=self.course,
                number=number,
                at=datetime.fromtimestamp(event.at, UTC),
                step=step,
                variant_seed=seed,
            )
            if isinstance(event, Attempt):
                said = self.classroom.predict(state, [event.step], row.at.timestamp())[0]
                row.kind, row.correct = Event.Kind.ATTEMPT, event.correct
                row.seconds, row.hints, row.try_number = event.seconds, event.hints, event.try_number
                row.student_probability, row.student_sd = said.probability, min(said.sd, 1.0)
                row.teacher_probability, row.route = said.teacher_probability, said.route
                row.text, row.misconception = self.answer(event, seed, rng)
            elif isinstance(event, HintShown):
                row.kind, row.level = Event.Kind.HINT, event.level
            rows.append(row)
            state = self.classroom.observe(state, model_event(row))
        return rows

    def answer(self, attempt: Attempt, seed: int, rng: random.Random) -> tuple[str, str]:
        """What was typed, and the slug of the misconception that it comes from, if it comes from one."""
        variant = self.variant(attempt.step, seed)
        step = step_of(variant, self.steps[attempt.step])
        if step is None:
            return "", ""
        if attempt.correct:
            return next(iter(step.answers), ""), ""
        if step.expected_errors:
            error = rng.choice(step.expected_errors)
            return error.answer, error.slug
        wrong = [choice for choice in step.choices if choice not in step.answers]
        if not wrong:
            other = step_of(self.variant(attempt.step, (seed + 1) % LARGEST_SEED), self.steps[attempt.step])
            wrong = [answer for answer in (other.answers if other else ()) if answer not in step.answers]
        return (rng.choice(wrong) if wrong else ""), ""

    def variant(self, key: str, seed: int) -> ProblemVariant | None:
        try:
            return realise(self.problems[key], seed)
        except TemplateRefused:
            return None


def step_of(variant: ProblemVariant | None, step: Step) -> StepVariant | None:
    return next((one for one in variant.steps if one.step_id == step.pk), None) if variant else None


def starts_again(event: ModelEvent, rows: Sequence[Event], step: Step) -> bool:
    """The same problem once more: its first step comes again after the problem was done."""
    before = rows[-1] if rows else None
    if before is None or before.step is None:
        return False
    if before.step_id != step.pk:
        return before.step.position > step.position
    return before.kind == Event.Kind.ATTEMPT and bool(before.correct or first_touch(event))


def first_touch(event: ModelEvent) -> bool:
    """A first try, or the first hint: nothing of this visit to the step came before."""
    if isinstance(event, Attempt):
        return event.try_number == 1 and event.hints == 0
    return isinstance(event, HintShown) and event.level == 1
