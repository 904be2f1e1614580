"""Which problem comes next, and why: a skill first, then a problem of it that is neither too easy nor too hard.

Reviews that are due come first, then what was begun, then the first skill whose prerequisites are met. No skill more
than three times in a row, no problem twice within the last few. The reason is kept and told.
"""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from tutor_app.courses.models import Course, LessonSkill, Problem, Skill
from tutor_app.courses.variants import fresh_seed
from tutor_app.learners.models import SkillState, User
from tutor_app.registry.curricula import step_key
from tutor_app.tutoring.models import Session, Turn

if TYPE_CHECKING:
    from models_core.classroom import Classroom, LearnerState

# Mastery from which a skill counts as reached, where its lesson sets no goal, and from which it opens the next ones.
GOAL = 0.85
OPENS_NEXT = 0.6
# The chance of success that teaches most, and how many problems are weighed for it.
PRODUCTIVE = 0.7
MOST_WEIGHED = 64
# A begun skill is practised so often in a row before another may have a turn.
MOST_IN_A_ROW = 3
RECENT_PROBLEMS = 8


class NothingToPractise(Exception):
    """The course has no problem to give."""


@dataclass(frozen=True)
class Choice:
    """A problem with the seed of its variant, and why it was chosen, for the learner and for the record."""

    problem: Problem
    seed: int
    skill: Skill
    kind: str  # review, practise, new, stretch
    probability: float
    reason: str
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def first_step_id(self) -> int:
        return next(step.pk for step in self.problem.steps.all() if not step.retired)


@dataclass(frozen=True)
class SkillStanding:
    """Where the learner stands in a skill, as choosing sees it."""

    skill: Skill
    state: SkillState | None
    goal: float

    @property
    def begun(self) -> bool:
        return self.state is not None and self.state.attempts > 0

    @property
    def last_at(self) -> datetime | None:
        return self.state.last_at if self.state else None

    @property
    def reached(self) -> bool:
        return self.state is not None and self.state.enough and self.state.mastery >= self.goal

    def opens_next(self) -> bool:
        return self.state is not None and self.state.attempts >= 2 and self.state.mastery >= OPENS_NEXT

    def due(self, now: datetime) -> bool:
        return self.state is not None and self.state.due_at is not None and self.state.due_at <= now


def choose_next(
    *,
    learner: User,
    course: Course,
    session: Session,
    classroom: "Classroom",
    state: "LearnerState",
    now: datetime,
    seed: int,
) -> Choice:
    """The next problem. The same log and `seed` give the same choice. Raises NothingToPractise."""
    rng = random.Random(seed)
    recent = recent_problems(session)
    standings = skill_standings(learner, course)
    within_reach = {each.skill.pk for each in standings if each.begun or is_ready(each, standings)}
    for kind, standing in ranked_skills(standings, recent, now):
        candidates = candidate_problems(standing.skill, recent, within_reach)
        if not candidates:
            continue
        problem, probability = fitting_problem(candidates, standing.skill, classroom, state, now, rng)
        used = {variant_seed for problem_id, variant_seed, _skill in recent if problem_id == problem.pk}
        return Choice(
            problem=problem,
            seed=fresh_seed(problem, used, rng),
            skill=standing.skill,
            kind=kind,
            probability=probability,
            reason=reason_for(kind, standing, probability),
            facts={"skill": standing.skill.slug, "kind": kind, "probability": round(probability, 3)},
        )
    raise NothingToPractise(_("This course has no problems to practise yet."))


def skill_standings(learner: User, course: Course) -> list[SkillStanding]:
    """Every skill of the course with problems, in course order."""
    states = {state.skill_id: state for state in SkillState.objects.filter(learner=learner, skill__course=course)}
    goals = dict(LessonSkill.objects.filter(skill__course=course).values_list("skill", "goal"))
    in_use = course.skills.filter(steps__retired=False, steps__problem__retired=False)
    in_use = in_use.distinct().prefetch_related("prerequisites")
    return [SkillStanding(skill, states.get(skill.pk), goals.get(skill.pk, GOAL)) for skill in in_use]


def recent_problems(session: Session) -> list[tuple[int, int, str]]:
    """The last problems of this learner in this course, newest first: (problem, seed, skill they were chosen for)."""
    chosen = (
        Turn.objects.filter(session__learner=session.learner_id, session__course=session.course_id)
        .filter(outcome__has_key="chosen")
        .order_by("-accepted_at")
        .values_list("outcome__chosen", flat=True)[: RECENT_PROBLEMS * 4]
    )
    return [(choice["problem"], choice["seed"], choice["skill"]) for choice in chosen]


def ranked_skills(
    standings: Sequence[SkillStanding], recent: Sequence[tuple[int, int, str]], now: datetime
) -> list[tuple[str, SkillStanding]]:
    """Skills to practise, best first, each with the kind of reason it has."""
    ready = {each.skill.pk for each in standings if is_ready(each, standings)}
    due = [("review", each) for each in standings if each.reached and each.due(now)]
    begun = [("practise", each) for each in standings if each.begun and not each.reached and each.skill.pk in ready]
    # The most recently practised first, so that one thing is brought to an end before the next begins.
    begun.sort(key=lambda pair: pair[1].last_at or now, reverse=True)
    new = [("new", each) for each in standings if not each.begun and each.skill.pk in ready]
    rest = [("stretch", each) for each in standings if each.reached or each.skill.pk not in ready]
    # Among what is reached, the weakest; what is not ready comes last, in course order.
    rest.sort(key=lambda pair: (not pair[1].reached, pair[1].state.mastery if pair[1].state else 1.0))
    ranked = due + begun + new + rest
    in_a_row = [skill for _problem, _seed, skill in recent[:MOST_IN_A_ROW]]
    if len(in_a_row) == MOST_IN_A_ROW and len(set(in_a_row)) == 1:
        ranked.sort(key=lambda pair: pair[1].skill.slug == in_a_row[0])  # stable: the tired skill goes last
    return ranked


def is_ready(standing: SkillStanding, standings: Sequence[SkillStanding]) -> bool:
    """What the skill builds on is in place. A prerequisite without problems can't be practised, so it does not bar."""
    by_skill = {each.skill.pk: each for each in standings}
    before = [by_skill[skill.pk] for skill in standing.skill.prerequisites.all() if skill.pk in by_skill]
    return all(each.opens_next() or each.reached for each in before)


def candidate_problems(
    skill: Skill, recent: Sequence[tuple[int, int, str]], within_reach: Collection[int]
) -> list[Problem]:
    """The skill's problems that ask for nothing out of reach, without the last few given; where that leaves none, the
    one given longest ago."""
    problems = list(
        Problem.objects.in_use()
        .filter(steps__skills=skill, steps__retired=False)
        .distinct()
        .order_by("slug")
        .prefetch_related("steps__skills")
    )
    fair = [
        problem
        for problem in problems
        if all(
            asked.pk in within_reach for step in problem.steps.all() if not step.retired for asked in step.skills.all()
        )
    ]
    last_given = {problem_id: age for age, (problem_id, _seed, _skill) in reversed(list(enumerate(recent)))}
    fresh = [problem for problem in fair or problems if problem.pk not in last_given]
    if fresh or not problems:
        return fresh
    return [max(fair or problems, key=lambda problem: last_given[problem.pk])]


def fitting_problem(
    candidates: Sequence[Problem],
    skill: Skill,
    classroom: "Classroom",
    state: "LearnerState",
    now: datetime,
    rng: random.Random,
) -> tuple[Problem, float]:
    """The problem whose chance of success is nearest to productive, with that chance."""
    weighed = rng.sample(candidates, min(len(candidates), MOST_WEIGHED))
    keys = [first_key(problem, skill) for problem in weighed]
    chances = [prediction.probability for prediction in classroom.predict(state, keys, now.timestamp())]
    best = min(range(len(weighed)), key=lambda position: abs(chances[position] - PRODUCTIVE))
    return weighed[best], chances[best]


def first_key(problem: Problem, skill: Skill) -> str:
    """The step of the problem that is about the skill, by its key."""
    steps = [step for step in problem.steps.all() if not step.retired]
    about = next((step for step in steps if skill in step.skills.all()), steps[0])
    return step_key(problem.slug, about.slug)


def reason_for(kind: str, standing: SkillStanding, probability: float) -> str:
    """Why this problem, in words for the learner."""
    words = {"skill": standing.skill.name, "n": round(10 * probability)}
    if kind == "review":
        return (
            _("You have “%(skill)s” in hand, and it is time to see that it stays. I expect %(n)d in 10 of these.")
            % words
        )
    if kind == "practise":
        return _("You have begun this skill and are not yet sure of it. I expect about %(n)d in 10 of these.") % words
    if kind == "new" and standing.skill.prerequisites.all():
        return (
            _("This skill is new to you, and what it builds on is in place. I expect about %(n)d in 10 at first.")
            % words
        )
    if kind == "new":
        return _("This skill is new to you and builds on no other. I expect about %(n)d in 10 at first.") % words
    return _("Everything open to you is in hand, so this one keeps “%(skill)s” fresh.") % words
