"""What a person may do with the data about them: take it away, and have it deleted.

Each part of the site adds what it knows about a person with `part_of_my_data`; apps above this one do so when they
start (`AppConfig.ready`), so that imports keep going one way.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.db import transaction
from django.utils.translation import gettext as _

from tutor_app.courses.models import Step
from tutor_app.learners.models import Event, Membership, MisconceptionState, SkillState, User

Part = Callable[[User], Any]
_parts: dict[str, Part] = {}


class CannotDelete(Exception):
    """An account that has to stay for now; its text says why and what to do."""


def part_of_my_data(name: str) -> Callable[[Part], Part]:
    """Marks a function from a person to JSON-like values as the part `name` of their data."""

    def register(part: Part) -> Part:
        _parts[name] = part
        return part

    return register


def collect_data(user: User, now: datetime) -> dict[str, Any]:
    """All that is known about a person, as JSON-like values."""
    return {"format": "learner data", "version": 1, "made_at": now} | {
        name: part(user) for name, part in _parts.items()
    }


@part_of_my_data("account")
def account_of(user: User) -> dict[str, Any]:
    return {
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "joined_at": user.date_joined,
        "last_login_at": user.last_login,
        "may_open_classes": user.is_instructor,
    }


@part_of_my_data("classes")
def classes_of(user: User) -> list[dict[str, Any]]:
    memberships = Membership.objects.filter(user=user).order_by("joined_at").select_related("section__course")
    return [
        {
            "name": membership.section.name,
            "course": membership.section.course.slug,
            "role": membership.role,
            "joined_at": membership.joined_at,
        }
        for membership in memberships
    ]


@part_of_my_data("events")
def events_of(user: User) -> list[dict[str, Any]]:
    """The log, oldest first, each course by itself: the truth from which everything else can be made again."""
    steps = Step.objects.filter(events__learner=user).distinct().select_related("problem").prefetch_related("skills")
    by_id = {step.pk: step for step in steps}
    rows = Event.objects.filter(learner=user).order_by("course", "number").select_related("course")
    return [event_values(event, by_id[event.step_id] if event.step_id else None) for event in rows]


def event_values(event: Event, step: Step | None) -> dict[str, Any]:
    return {
        "course": event.course.slug,
        "number": event.number,
        "kind": event.kind,
        "at": event.at,
        "problem": step.problem.slug if step else None,
        "step": step.slug if step else None,
        "skills": [skill.slug for skill in step.skills.all()] if step else [],
        "variant_seed": event.variant_seed,
        "text": event.text,
        "correct": event.correct,
        "seconds": event.seconds,
        "hints": event.hints,
        "try": event.try_number,
        "misconception": event.misconception,
        "fits_misconceptions": event.fits,
        "asked_about_misconception": event.probed,
        "hint_level": event.level,
        "student_model_said": event.student_probability,
        "student_model_sd": event.student_sd,
        "teacher_model_said": event.teacher_probability,
        "route": event.route,
    }


@part_of_my_data("mastery")
def mastery_of(user: User) -> list[dict[str, Any]]:
    return [
        {
            "course": state.skill.course.slug,
            "skill": state.skill.slug,
            "mastery": state.mastery,
            "sd": state.sd,
            "attempts": state.attempts,
            "correct": state.correct,
            "last_at": state.last_at,
            "due_at": state.due_at,
            "review": state.review,
        }
        for state in SkillState.objects.filter(learner=user).select_related("skill__course").order_by("skill")
    ]


@part_of_my_data("misconceptions")
def misconceptions_of(user: User) -> list[dict[str, Any]]:
    states = MisconceptionState.objects.filter(learner=user).select_related("misconception__course")
    return [
        {
            "course": state.misconception.course.slug,
            "misconception": state.misconception.slug,
            "stage": state.stage,
            "probability": state.probability,
            "times_met": state.times_met,
            "opportunities_since": state.opportunities_since,
            "first_met": state.first_met,
            "last_met": state.last_met,
            "resolved_at": state.resolved_at,
        }
        for state in states.order_by("misconception")
    ]


@transaction.atomic
def delete_account(*, user: User) -> None:
    """Deletes a person and all that is known about them: log, caches, conversations, classes, sign-in records.

    Their influence on adapted state is in their own rows (the models' fast update is per learner) and in the counts of
    their courses' statistics, which the nightly refresh makes again without them. Raises CannotDelete for the last
    administrator, without whom nobody could look after the site.
    """
    # Waits for a turn that is just being written, and keeps new ones out: their rows need this one.
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_superuser and not User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk).exists():
        raise CannotDelete(
            _("This is the only administrator's account. Make somebody else an administrator first, then delete it.")
        )
    for sign_ins in (AccessAttempt, AccessFailureLog, AccessLog):
        sign_ins.objects.filter(username__in={user.username, user.email} - {""}).delete()
    user.delete()
