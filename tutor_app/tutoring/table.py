"""What is on the table: the problem as this learner has it, the step they are at and its ladder of help."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, cast

from django.db.models import Q

from tutor_app.courses.models import Problem, Skill
from tutor_app.courses.variants import HintVariant, ProblemVariant, StepVariant, realise
from tutor_app.tutoring.checking import Question
from tutor_app.tutoring.models import Session

AnswerKindName = Literal["arithmetic", "string", "choice"]


@dataclass(frozen=True)
class Table:
    """The problem on the table. `in_play` are its skills and what they build on, in course order; `shown` counts the
    rungs of the step's ladder that the learner has seen."""

    problem: Problem
    variant: ProblemVariant
    in_play: tuple[Skill, ...]
    step: StepVariant
    scaffold: HintVariant | None
    shown: int

    @property
    def step_number(self) -> int:
        return self.variant.steps.index(self.step) + 1

    @property
    def next_step(self) -> StepVariant | None:
        return self.variant.steps[self.step_number] if self.step_number < len(self.variant.steps) else None

    @property
    def next_rung(self) -> HintVariant | None:
        return self.step.hints[self.shown] if self.shown < len(self.step.hints) else None

    @property
    def wording(self) -> str:
        """The step's own words; a form that they ask for is held against the answer."""
        parts = (self.variant.title, self.variant.body, self.step.title, self.step.body, self.step.asked)
        return " ".join(part for part in parts if part)

    def question(self) -> Question:
        """What an answer is checked against: the open scaffold, else the step."""
        asked = self.scaffold or self.step
        return Question(
            kind=kind_of(asked.answer_kind),
            answers=tuple(asked.answers),
            choices=tuple(asked.choices),
            asked=self.scaffold.text if self.scaffold else self.wording,
        )

    def main_question(self) -> Question:
        """The step itself, also while a scaffold is open: who answers that has no need of the smaller step."""
        step = self.step
        return Question(
            kind=kind_of(step.answer_kind), answers=tuple(step.answers), choices=tuple(step.choices), asked=self.wording
        )


def kind_of(stored: str) -> AnswerKindName:
    """A scaffold that says nothing of its answer is answered in words."""
    return cast(AnswerKindName, stored or "string")


def table_of(session: Session) -> Table | None:
    """The table as the session's row says, or None before the first problem."""
    if session.problem_id is None or session.step_id is None:
        return None
    problem, variant, in_play = concrete_problem(session.problem_id, session.variant_seed, session.course.updated_at)
    if not variant.steps:
        return None  # all of it has retired meanwhile
    step = next((step for step in variant.steps if step.step_id == session.step_id), variant.steps[0])
    scaffold = next((hint for hint in step.hints if hint.hint_id == session.scaffold_id), None)
    # Where the session's step has retired meanwhile, another is on the table, and nothing of its ladder was shown.
    shown = min(session.hints_given, len(step.hints)) if step.step_id == session.step_id else 0
    return Table(problem, variant, in_play, step, scaffold, shown)


@lru_cache(maxsize=2048)
def concrete_problem(
    problem_id: int, seed: int, course_version: Any
) -> tuple[Problem, ProblemVariant, tuple[Skill, ...]]:
    """A problem, its variant, and the skills in play; remembered until its course is loaded again (`course_version`
    changes then)."""
    problem = Problem.objects.with_everything().get(pk=problem_id)
    exercised = Q(steps__problem=problem, steps__retired=False)
    built_upon = Q(unlocks__steps__problem=problem, unlocks__steps__retired=False)
    in_play = Skill.objects.filter(exercised | built_upon, course=problem.course_id).distinct()
    return problem, realise(problem, seed), tuple(in_play)
