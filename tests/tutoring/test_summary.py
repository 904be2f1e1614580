"""The session in five honest lines: every number in them can be counted in the log."""

import random
import re
from datetime import timedelta

import pytest

from models_core.classroom import Mastery
from models_core.misconceptions import Stage
from tests.factories import (
    LONG_AGO,
    CourseFactory,
    EventFactory,
    MisconceptionFactory,
    ProblemFactory,
    SessionFactory,
    SkillFactory,
    SkillStateFactory,
    StepFactory,
    TurnFactory,
    UserFactory,
)
from tutor_app.learners.models import Event, MisconceptionState, SkillState
from tutor_app.registry.classrooms import rooms
from tutor_app.tutoring.models import Turn
from tutor_app.tutoring.summary import facts_of, mastery_at_start

pytestmark = pytest.mark.django_db
NOW = LONG_AGO + timedelta(hours=2)


def numbers(line: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", line)]


@pytest.fixture
def session():
    """A conversation in a course of three skills with a step each."""
    course = CourseFactory()
    session = SessionFactory(course=course, learner=UserFactory(username="mia"))
    for name in ("Alpha", "Beta", "Gamma"):
        skill = SkillFactory(course=course, name=name, slug=name.lower())
        StepFactory(problem=ProblemFactory(course=course, slug=f"p-{name.lower()}"), skills=[skill])
    return session


def step_of(session, skill: str):
    return session.course.skills.get(slug=skill).steps.get()


def attempt(session, skill: str, correct: bool, **fields) -> Event:
    return EventFactory(learner=session.learner, step=step_of(session, skill), correct=correct, **fields)


def test_of_nothing_one_line_is_said_and_it_says_so(session):
    [line] = facts_of(session, now=NOW)
    assert "have not answered anything" in line
    assert "“Alpha”" in line  # what would come first
    assert not numbers(line)


def test_a_course_without_problems_has_nothing_next():
    assert "no problem to go on to" in facts_of(SessionFactory(), now=NOW)[0]


def test_what_was_done_before_the_conversation_is_not_counted(session):
    attempt(session, "alpha", True, at=LONG_AGO - timedelta(days=1))
    assert len(facts_of(session, now=NOW)) == 1


def test_nor_what_was_done_after_it_ended(session):
    attempt(session, "alpha", True, at=LONG_AGO + timedelta(minutes=1))
    attempt(session, "alpha", True, at=LONG_AGO + timedelta(minutes=30))
    session.ended_at = LONG_AGO + timedelta(minutes=10)
    assert any(line.startswith("You gave 1 answer;") for line in facts_of(session, now=NOW))


def test_nor_what_another_learner_did(session):
    EventFactory(step=step_of(session, "alpha"), correct=True)
    assert len(facts_of(session, now=NOW)) == 1


@pytest.mark.parametrize("seed", range(12))
def test_every_number_in_the_lines_is_recounted_from_a_random_log(session, seed):
    rng = random.Random(seed)
    slip = MisconceptionFactory(course=session.course, name="Loses the sign", slug="sign")
    for _ in range(rng.randint(1, 25)):
        skill = rng.choice(["alpha", "beta", "gamma"])
        if rng.random() < 0.25:
            EventFactory(
                learner=session.learner, step=step_of(session, skill), kind=Event.Kind.HINT, level=1, correct=None
            )
            continue
        correct = rng.random() < 0.6
        named = slip.slug if not correct and rng.random() < 0.4 else ""
        attempt(session, skill, correct, hints=rng.choice([0, 0, 1, 2]), misconception=named)
    for _ in range(rng.randint(0, 4)):
        TurnFactory(session=session, outcome={"solved": rng.random() < 0.5})
    before = {}
    for slug in ("alpha", "beta", "gamma"):
        mastery, sd, start = rng.random(), rng.uniform(0.02, 0.3), rng.random()
        skill = session.course.skills.get(slug=slug)
        SkillStateFactory(
            learner=session.learner,
            skill=skill,
            mastery=mastery,
            sd=sd,
            attempts=rng.randint(1, 6),
            due_at=rng.choice([None, LONG_AGO, NOW + timedelta(days=3)]),
        )
        before[slug] = Mastery(slug, start, 0.1, rng.randint(0, 6))

    lines = facts_of(session, before=before, now=NOW)
    assert 1 <= len(lines) <= 5
    log = list(Event.objects.filter(learner=session.learner))
    attempts = [event for event in log if event.kind == "attempt"]
    if not attempts:
        assert lines[1].startswith("You have not answered yet")
        assert numbers(lines[1]) == [len(log)]
        return
    right = [event for event in attempts if event.correct]
    alone = [event for event in right if event.hints == 0]
    solved = sum(turn.outcome.get("solved", False) for turn in Turn.objects.filter(session=session))
    worked_on = {event.step.skills.get().slug for event in attempts}
    hidden = [len(worked_on) - 2] if len(worked_on) > 2 else []
    assert numbers(lines[0]) == [solved, *hidden]
    assert numbers(lines[1]) == [len(attempts), len(right), len(alone), len(right) - len(alone)]
    for part in re.findall(r"“(\w+)”: ([^“]*)", lines[2]):
        check_standing(session, *part, before)
    named = [event for event in attempts if event.misconception]
    met = [line for line in lines if line.startswith("What got in the way")]
    assert len(met) == bool(named)
    if met:
        assert numbers(met[0]) == [len(named)]
    due = sum(bool(state.due_at and state.due_at <= NOW) for state in SkillState.objects.all())
    assert numbers(lines[-1]) == ([] if due == 0 or ("again: it is due" in lines[-1] and due == 1) else [due])


def check_standing(session, name: str, said: str, before: dict[str, Mastery]) -> None:
    state = SkillState.objects.get(skill__name=name, learner=session.learner)
    then, now = before[name.lower()], round(10 * state.mastery)
    give = max(round(10 * state.sd), 1)
    if state.attempts < 3:
        assert "too few answers" in said
        assert not numbers(said)
    elif then.attempts < 3:
        assert numbers(said) == [now, 10, give]
    elif "no change" in said:
        assert numbers(said) == [now, 10, give]
        assert abs(state.mastery - then.mean) < max(0.05, state.sd) or now == round(10 * then.mean)
    else:
        assert numbers(said) == [round(10 * then.mean), now, 10, give]
        assert ("up from" in said) == (state.mastery > then.mean)
        assert abs(state.mastery - then.mean) >= state.sd


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"stage": Stage.RESOLVED, "opportunities_since": 3}, "behind you"),
        ({"stage": Stage.CONFIRMED}, "worth another look"),
        ({"stage": Stage.CONFIRMED, "opportunities_since": 2}, "right 2 times since"),
        ({"stage": Stage.SUSPECTED}, "not sure that it was more than a slip"),
        (None, "not sure that it was more than a slip"),
    ],
)
def test_a_misconception_is_told_with_where_it_stands(session, fields, words):
    named = MisconceptionFactory(course=session.course, name="Loses the sign", slug="sign")
    attempt(session, "alpha", False, misconception="sign")
    if fields is not None:
        MisconceptionState.objects.create(learner=session.learner, misconception=named, **fields)
    [line] = [line for line in facts_of(session, now=NOW) if "Loses the sign" in line]
    assert words in line
    assert "1 time;" in line


def test_a_misconception_of_an_earlier_day_is_not_told(session):
    MisconceptionFactory(course=session.course, name="Loses the sign", slug="sign")
    attempt(session, "alpha", False, misconception="sign", at=LONG_AGO - timedelta(days=1))
    attempt(session, "alpha", True)
    assert not any("Loses the sign" in line for line in facts_of(session, now=NOW))


def test_an_open_problem_is_what_is_next(session):
    attempt(session, "alpha", False)
    session.problem = step_of(session, "beta").problem
    assert facts_of(session, now=NOW)[-1] == "Next: the problem that lies open."
    session.solved = True
    assert "lies open" not in facts_of(session, now=NOW)[-1]


def test_the_models_say_where_a_walk_began(begin):
    """With a real room: a second conversation begins with what the first one left."""
    walk = begin()
    for _ in range(3):
        walk.wrong()
    walk.right()
    session = walk.session
    room = rooms.room(session.course)
    assert {belief.attempts for belief in mastery_at_start(session, room).values()} == {0}
    session.started_at = walk.now - timedelta(seconds=30)  # as if it began before the last answer
    later = mastery_at_start(session, room)
    assert {belief.attempts for belief in later.values()} == {3}
    assert all(0 < belief.mean < 1 for belief in later.values())
    assert any("10 by yourself" in line or "too few" in line for line in facts_of(session, before=later))
