from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.test import Client

from tests.factories import (
    AdminFactory,
    AlertFactory,
    CourseFactory,
    EventFactory,
    InstructorFactory,
    MisconceptionFactory,
    MisconceptionStateFactory,
    ProblemFactory,
    SectionFactory,
    SessionFactory,
    SkillFactory,
    SkillStateFactory,
    StepFactory,
    TurnFactory,
    UserFactory,
)


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    cache.clear()


@pytest.fixture
def world(db) -> SimpleNamespace:
    """A class with its instructor and a learner who did something, a class of somebody else, an administrator."""
    course = CourseFactory(title="Linear equations")
    skill = SkillFactory(course=course, name="Undo addition")
    problem = ProblemFactory(course=course, title="Solve for x", body="$3x + 5 = 20$")
    step = StepFactory(problem=problem, skills=[skill], title="What is x?", answers=["5"], answer_latex="5")
    instructor, other_instructor = InstructorFactory(username="mr_hill"), InstructorFactory(username="ms_dale")
    learner, other_learner = UserFactory(username="ana"), UserFactory(username="ben")
    section = SectionFactory(name="Period 3", course=course, learners=[learner], instructors=[instructor])
    other_section = SectionFactory(
        name="Period 4", course=course, learners=[other_learner], instructors=[other_instructor]
    )
    for text, correct in [("8", False), ("25/3", False), ("5", True)]:
        EventFactory(learner=learner, step=step, text=text, correct=correct)
    misconception = MisconceptionFactory(course=course, slug="loses-the-sign", name="Loses the sign")
    MisconceptionStateFactory(learner=learner, misconception=misconception, probability=0.93)
    SkillStateFactory(learner=learner, skill=skill, mastery=0.62, sd=0.11, attempts=3, correct=1)
    session = SessionFactory(learner=learner, course=course)
    turn = TurnFactory(session=session, text="why do I take 5 away?")
    return SimpleNamespace(
        course=course,
        skill=skill,
        misconception=misconception,
        step=step,
        section=section,
        other_section=other_section,
        learner=learner,
        other_learner=other_learner,
        instructor=instructor,
        other_instructor=other_instructor,
        admin=AdminFactory(username="root"),
        session=session,
        alert=AlertFactory(turn=turn, session=session),
    )


def signed_in(user) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client
