"""The attempts behind a number, each with what was asked of this learner and what the models expected."""

from collections.abc import Iterable
from dataclasses import dataclass

from tutor_app.courses.models import Misconception, Problem
from tutor_app.courses.variants import ProblemVariant, StepVariant, TemplateRefused, realise
from tutor_app.insights.beliefs import points
from tutor_app.learners.models import Event


@dataclass(frozen=True)
class Attempt:
    """One attempt as an instructor reads it. `step` is None where the course has changed too much to tell."""

    event: Event
    problem_title: str
    problem_body: str
    step: StepVariant | None
    misconception: str

    @property
    def expected(self) -> int | None:
        """The probability of a right answer that was served at the time, in points of 100."""
        said = self.event.student_probability
        return None if said is None else points(said)

    @property
    def key(self) -> str:
        if self.step is None:
            return ""
        return self.step.answer_latex or (self.step.answers[0] if self.step.answers else "")


def attempts_with_questions(events: Iterable[Event]) -> list[Attempt]:
    """Attempts with the problem as this learner had it; a fixed number of queries. Needs `event.step`."""
    events = list(events)
    # The database holds that an attempt has a step.
    steps = {event.step.pk: event.step for event in events if event.step}
    wanted = {step.problem_id for step in steps.values()}
    courses = {event.course_id for event in events}
    slugs = {event.misconception for event in events} - {""}
    named = Misconception.objects.filter(course__in=courses, slug__in=slugs)
    names = {(one.course_id, one.slug): one.name for one in named}
    problems = {problem.pk: problem for problem in Problem.objects.filter(pk__in=wanted).with_everything()}
    variants: dict[tuple[int, int], ProblemVariant | None] = {}
    attempts = []
    for event in events:
        problem = problems[steps[event.step_id].problem_id]  # type: ignore[index]
        which = (problem.pk, event.variant_seed)
        if which not in variants:
            variants[which] = variant_or_none(problem, event.variant_seed)
        variant = variants[which]
        error = names.get((event.course_id, event.misconception), event.misconception)
        if variant is None:
            attempts.append(Attempt(event, problem.title, "", None, error))
            continue
        step = next((step for step in variant.steps if step.step_id == event.step_id), None)
        attempts.append(Attempt(event, variant.title, variant.body, step, error))
    return attempts


def variant_or_none(problem: Problem, seed: int) -> ProblemVariant | None:
    """A course that was loaded again may have a template that this old seed does not fit any more."""
    try:
        return realise(problem, seed)
    except TemplateRefused:
        return None
