"""A class at a glance: learners down, skills across, in a fixed number of queries however many learners there are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from django.core.paginator import Page, Paginator
from django.db.models import Avg, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Lower, NullIf

from tutor_app.courses.models import Lesson, Skill
from tutor_app.insights.beliefs import Belief, level_of, points
from tutor_app.learners.models import Event, Membership, Section, SkillState, SkillStateQuerySet, User

LEARNERS_PER_PAGE = 50
# More columns than this nobody can read; a course with more shows the most practised ones, or those of one lesson.
MOST_COLUMNS = 24


@dataclass(frozen=True)
class Row:
    """A learner with one belief per column."""

    learner: User
    joined_at: datetime
    last_seen: datetime | None
    mean: int | None
    beliefs: list[Belief]


@dataclass(frozen=True)
class Column:
    """A skill with what the class as a whole does in it; `mean` is None where nobody has enough data."""

    skill: Skill
    mean: int | None
    level: str
    learners: int


class Place(Protocol):
    """A membership as `learners_of` gives it."""

    user_id: int
    user: User
    joined_at: datetime
    last_seen: datetime | None
    mean: float | None


@dataclass(frozen=True)
class HeatMap:
    page: Page
    rows: list[Row]
    columns: list[Column]
    skills_left_out: int


ORDERS = {
    "need": (F("mean").asc(nulls_last=True), Lower("shown_name"), "pk"),
    "name": (Lower("shown_name"), "pk"),
    "seen": (F("last_seen").desc(nulls_last=True), "pk"),
}


def heat_map(section: Section, *, order: str, lesson: Lesson | None, page: str | None) -> HeatMap:
    """`order` is a key of ORDERS, `page` whatever the address says."""
    skills, left_out = skills_shown(section, lesson)
    memberships = learners_of(section).order_by(*ORDERS[order])
    # The count needs none of the annotations, so it is asked by itself.
    paginator = Paginator(memberships, LEARNERS_PER_PAGE)
    paginator.count = section.memberships.learners().count()
    shown = paginator.get_page(page)
    places = cast(list[Place], list(shown))
    states = states_by_learner([place.user_id for place in places], skills)
    rows = [
        Row(
            learner=place.user,
            joined_at=place.joined_at,
            last_seen=place.last_seen,
            mean=None if place.mean is None else points(place.mean),
            beliefs=[Belief(skill, states.get((place.user_id, skill.pk))) for skill in skills],
        )
        for place in places
    ]
    return HeatMap(shown, rows, class_columns(section, skills), left_out)


def learners_of(section: Section) -> QuerySet[Membership]:
    """The section's learners, each with `shown_name`, `last_seen` and `mean` (of the skills with enough data)."""
    log = Event.objects.filter(learner=OuterRef("user"), course=section.course_id).order_by("-number")
    of_course = Q(user__skill_states__skill__course=section.course_id)
    enough = of_course & Q(user__skill_states__attempts__gte=SkillState.ENOUGH_ATTEMPTS)
    return (
        section.memberships.learners()
        .select_related("user")
        .annotate(
            shown_name=Coalesce(NullIf("user__first_name", Value("")), "user__username"),
            last_seen=Subquery(log.values("at")[:1]),
            mean=Avg("user__skill_states__mastery", filter=enough),
        )
    )


def skills_shown(section: Section, lesson: Lesson | None) -> tuple[list[Skill], int]:
    """The skills that get a column, in course order, and how many others there are."""
    skills = list(Skill.objects.filter(course=section.course_id, **({"lessons": lesson} if lesson else {})))
    if len(skills) <= MOST_COLUMNS:
        return skills, 0
    practised = states_of(section).values("skill").annotate(attempts=Sum("attempts"))
    attempts = dict(practised.values_list("skill", "attempts"))
    chosen = set(sorted(skills, key=lambda skill: -attempts.get(skill.pk, 0))[:MOST_COLUMNS])
    return [skill for skill in skills if skill in chosen], len(skills) - MOST_COLUMNS


def states_of(section: Section) -> SkillStateQuerySet:
    """What is believed about the section's learners in its course."""
    return SkillState.objects.filter(
        skill__course=section.course_id,
        learner__memberships__section=section,
        learner__memberships__role=Membership.Role.LEARNER,
    )


def states_by_learner(learners: list[int], skills: list[Skill]) -> dict[tuple[int, int], SkillState]:
    states = SkillState.objects.filter(learner__in=learners, skill__in=skills)
    return {(state.learner_id, state.skill_id): state for state in states}


def class_columns(section: Section, skills: list[Skill]) -> list[Column]:
    summary = states_of(section).with_enough_data().values("skill").annotate(mean=Avg("mastery"), count=Count("pk"))
    by_skill = {row["skill"]: row for row in summary.order_by()}
    columns = []
    for skill in skills:
        row = by_skill.get(skill.pk)
        columns.append(
            Column(skill, points(row["mean"]), level_of(row["mean"]), row["count"])
            if row
            else Column(skill, None, "unknown", 0)
        )
    return columns
