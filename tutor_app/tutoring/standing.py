"""What stands beside the conversation: the problem on the table and the skills in play, as the browser may see them.

This is the only place where a problem is turned into a message; it has no access to the keys' fields of the message
because the message has none.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import cast

from django.urls import reverse

from tutor_app.courses.models import Skill
from tutor_app.learners.models import SkillState
from tutor_app.tutoring.messages import ProblemView, ScaffoldView, SkillView, Standing, TurnState, TurnView
from tutor_app.tutoring.models import Session, Turn
from tutor_app.tutoring.table import Table, kind_of, table_of

# A conversation's page shows this many of its last turns.
TURNS_SHOWN = 60


def standing_of(session: Session, now: datetime, changes: Mapping[str, int] | None = None) -> Standing:
    """`changes` are the moves of masteries in points of 100 that the turn just done brought about."""
    table = table_of(session)
    return Standing(
        problem=problem_view(session, table) if table else None,
        skills=skill_views(session, table, changes or {}),
        solved_today=solved_since(session, now - timedelta(hours=18)),
        reviews_due=SkillState.objects.filter(
            learner=session.learner_id, skill__course=session.course_id, due_at__lte=now
        ).count(),
    )


def problem_view(session: Session, table: Table) -> ProblemView:
    problem, step = table.problem, table.step
    scaffold = table.scaffold
    pictures = list(problem.figures.all())
    return ProblemView(
        title=table.variant.title,
        body=table.variant.body,
        step_title=step.title,
        step_body=step.body,
        step_number=table.step_number,
        step_count=len(table.variant.steps),
        answer_kind=kind_of(step.answer_kind),
        choices=list(step.choices),
        why=session.why,
        hints_given=table.shown,
        hints_total=len(step.hints),
        scaffold=ScaffoldView(title=scaffold.title, text=scaffold.text, choices=list(scaffold.choices))
        if scaffold
        else None,
        solved=session.solved,
        figures={picture.name: reverse("courses:figure", args=[picture.pk, picture.name]) for picture in pictures},
        figure_texts={picture.name: picture.description for picture in pictures},
        attribution=problem.attribution or session.course.attribution,
        attribution_url=problem.attribution_url or session.course.attribution_url,
        licence=problem.licence or session.course.licence,
        licence_url=problem.licence_url or session.course.licence_url,
    )


def skill_views(session: Session, table: Table | None, changes: Mapping[str, int]) -> list[SkillView]:
    """The skills of the problem on the table and what they build on, in course order."""
    if table is None:
        return []
    rows = SkillState.objects.filter(learner=session.learner_id, skill__in=[skill.pk for skill in table.in_play])
    states = {state.skill_id: state for state in rows}
    return [skill_view(skill, states.get(skill.pk), changes.get(skill.slug)) for skill in table.in_play]


def skill_view(skill: Skill, state: SkillState | None, change: int | None = None) -> SkillView:
    if state is None:
        return SkillView(slug=skill.slug, name=skill.name, mastery=0.0, sd=0.5, attempts=0, enough=False)
    return SkillView(
        slug=skill.slug,
        name=skill.name,
        mastery=state.mastery,
        sd=state.sd,
        attempts=state.attempts,
        enough=state.enough,
        change=change,
    )


def solved_since(session: Session, since: datetime) -> int:
    return Turn.objects.filter(
        session__learner=session.learner_id,
        session__course=session.course_id,
        accepted_at__gte=since,
        outcome__solved=True,
    ).count()


def turn_view(turn: Turn, chunks: list[str] | None = None) -> TurnView:
    """The turn as the browser sees it; `chunks` stand in for the reply of a turn that is still being written."""
    return TurnView(
        turn=turn.pk,
        number=turn.number,
        text=turn.text,
        state=cast(TurnState, turn.state),
        begun=turn.begun,
        reply=chunks if chunks is not None else turn.reply,
        move=turn.move,
        verdict=turn.verdict,
        read_as=turn.read_as,
    )
