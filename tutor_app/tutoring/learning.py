"""What a turn adds to the learner's log, and what the models make of it. In memory: the turn's last step writes it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from models_core.classroom import LearnerState, Prediction
from models_core.curriculum import UnknownStep
from tutor_app.courses.variants import ProblemVariant
from tutor_app.learners.models import Event, MisconceptionState, SkillState, User
from tutor_app.registry.classrooms import Room, model_event, update_skill_states
from tutor_app.registry.curricula import step_key
from tutor_app.registry.misconceptions import update_misconception_states
from tutor_app.tutoring.checking import Verdict
from tutor_app.tutoring.hearing import Heard
from tutor_app.tutoring.models import Session
from tutor_app.tutoring.table import Table

# Smaller moves of a mastery are lost in how unsure it is: the number follows them, but they are no news.
WORTH_SAYING = 3


@dataclass
class Learnt:
    """What is known of the learner after the turn's events, and the rows that say so.

    `changes`: by skill, how far an unaided answer moved its mastery, in points of 100, where that is worth saying.
    """

    state: LearnerState
    events: list[Event] = field(default_factory=list)
    skill_states: dict[int, SkillState] = field(default_factory=dict)
    misconception_states: dict[str, MisconceptionState] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)


def expect(room: Room, state: LearnerState, table: Table, at: datetime) -> Prediction | None:
    """What the classroom expects of the step before it hears the outcome; None for a step of no skill."""
    with suppress(UnknownStep):
        [prediction] = room.classroom.predict(state, [step_key(table.problem.slug, table.step.key)], at.timestamp())
        return prediction
    return None


def events_of(
    *,
    turn_id: UUID,
    text: str,
    session: Session,
    table: Table | None,
    heard: Heard,
    expected: Prediction | None,
    help_given: bool,
    probed: bool,
    after: int,
    at: datetime,
) -> list[Event]:
    """The turn's events, numbered on from `after`: the attempt, the help that was shown, or what was said besides.

    `session` is as it was before the turn; `probed`: the reply asks about the misconception that was named.
    """
    step = next((row for row in table.problem.steps.all() if row.pk == table.step.step_id), None) if table else None
    shown = table.shown if table else 0

    def event(kind: Event.Kind) -> Event:
        seed = session.variant_seed
        return Event(
            learner=session.learner, course=session.course, turn=turn_id, at=at, step=step, variant_seed=seed, kind=kind
        )

    events: list[Event] = []
    if heard.attempted:
        attempt = event(Event.Kind.ATTEMPT)
        attempt.text = text
        attempt.correct = heard.verdict == Verdict.CORRECT
        attempt.seconds = seconds_between(session.step_shown_at, at)
        attempt.hints = shown
        attempt.try_number = session.tries + 1
        attempt.misconception = heard.misconception.slug if heard.misconception else ""
        attempt.fits = list(heard.fits)
        attempt.probed = probed and heard.misconception is not None
        if expected is not None:
            attempt.student_probability, attempt.student_sd = expected.probability, min(expected.sd, 1.0)
            attempt.teacher_probability, attempt.route = expected.teacher_probability, expected.route
        events.append(attempt)
    if help_given:
        help_shown = event(Event.Kind.HINT)
        help_shown.level = shown + 1
        events.append(help_shown)
    if not events and text:
        said = event(Event.Kind.CHAT)
        said.text = text
        events.append(said)
    for number, each in enumerate(events, start=after + 1):
        each.number = number
    return events


def learn(
    room: Room, state: LearnerState, events: Sequence[Event], learner: User, variant: ProblemVariant | None
) -> Learnt:
    """Shows the events to the classroom; the skills of an attempt, and the misconceptions that could have shown in it,
    get their new figures. `variant` is the problem that they are about."""
    learnt = Learnt(state)
    for event in events:
        learnt.state = room.observe(learnt.state, model_event(event))
        learnt.events.append(event)
        if event.kind == Event.Kind.ATTEMPT and event.step is not None:
            _learn_skills(learnt, event, room, learner)
            _learn_misconceptions(learnt, event, learner, variant)
    return learnt


def _learn_skills(learnt: Learnt, event: Event, room: Room, learner: User) -> None:
    skills = list(event.step.skills.all()) if event.step else []
    learnt.skill_states = {row.skill_id: row for row in SkillState.objects.filter(learner=learner, skill__in=skills)}
    before = {row.skill_id: row.mastery for row in learnt.skill_states.values()}
    update_skill_states(learnt.skill_states, learner=learner, skills=skills, event=event, room=room, state=learnt.state)
    for skill in skills:
        if skill.pk in before and not event.hints:
            points = round(100 * learnt.skill_states[skill.pk].mastery) - round(100 * before[skill.pk])
            if abs(points) >= WORTH_SAYING:
                learnt.changes[skill.slug] = points


def _learn_misconceptions(learnt: Learnt, event: Event, learner: User, variant: ProblemVariant | None) -> None:
    step = next((one for one in variant.steps if one.step_id == event.step_id), None) if variant else None
    ids = {error.slug: error.misconception_id for error in step.expected_errors} if step else {}
    if not ids:
        return
    rows = MisconceptionState.objects.filter(learner=learner, misconception__in=ids.values())
    by_id = {row.misconception_id: row for row in rows}
    states = {slug: by_id[pk] for slug, pk in ids.items() if pk in by_id}
    update_misconception_states(states, learner=learner, event=event, variant=variant, ids=ids)
    learnt.misconception_states = states


def seconds_between(earlier: datetime | None, later: datetime, *, most: float = 3600.0) -> float | None:
    """How long an answer took; None when it is not known, and never more than `most`: the learner was away."""
    if earlier is None or later < earlier:
        return None
    return min((later - earlier).total_seconds(), most)
