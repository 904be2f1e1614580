"""What a learner's home page shows of each course."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from tutor_app.courses.models import Course, Skill
from tutor_app.learners.models import Section, SkillState, User
from tutor_app.tutoring.models import Session, Turn
from tutor_app.tutoring.standing import skill_view


def course_cards(user: User, now: datetime) -> list[dict[str, Any]]:
    """One card per course, those of the learner's classes and those already begun first. A fixed number of queries."""
    courses = list(Course.objects.all())
    skills: dict[int, list[Skill]] = defaultdict(list)
    in_use = Skill.objects.filter(steps__retired=False, steps__problem__retired=False).distinct()
    for skill in in_use.prefetch_related("prerequisites"):
        skills[skill.course_id].append(skill)
    states = {state.skill_id: state for state in SkillState.objects.filter(learner=user)}
    sessions = {session.course_id: session for session in Session.objects.of(user).open().order_by("started_at")}
    solved: dict[int, int] = defaultdict(int)
    for course_id in Turn.objects.filter(session__learner=user, outcome__solved=True).values_list(
        "session__course", flat=True
    ):
        solved[course_id] += 1
    mine = set(Section.objects.of_learner(user).values_list("course", flat=True))
    cards = [
        {
            "course": course,
            "open_session": sessions.get(course.pk),
            "in_class": course.pk in mine,
            "due": sum(_due(states.get(skill.pk), now) for skill in skills[course.pk]),
            "solved": solved[course.pk],
            "skills": [
                {
                    **skill_view(skill, states.get(skill.pk)).model_dump(),
                    "position": skill.position,
                    "prerequisites": [before.slug for before in skill.prerequisites.all()],
                    "due": _due(states.get(skill.pk), now),
                }
                for skill in skills[course.pk]
            ],
        }
        for course in courses
    ]
    return sorted(cards, key=lambda card: (card["open_session"] is None, not card["in_class"], card["course"].title))


def _due(state: SkillState | None, now: datetime) -> bool:
    return state is not None and state.due_at is not None and state.due_at <= now
