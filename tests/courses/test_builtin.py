"""The built-in course: every template, many variants, each checked by the answer checker against its own key."""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tutor_app.courses.lettering import flaws_of_mathematics, flaws_of_text
from tutor_app.courses.native import CourseTree, read_course
from tutor_app.courses.spec import ProblemSpec, template_of
from tutor_app.courses.variants import ProblemVariant, StepVariant, fill, number_of_variants, read_parameters
from tutor_app.tutoring.checking import CheckerPool, Question, Verdict

FOLDER = Path(__file__).parents[2] / "tutor_app" / "courses" / "builtin" / "linear-equations"
SEEDS = range(40)
SEEDS_FOR_ERRORS = range(12)  # wrong answers need SymPy, and there are many of them
COURSE = read_course(FOLDER)
SLUGS = [problem.slug for problem in COURSE.problems]


@dataclass(frozen=True)
class Realised:
    problem: ProblemSpec
    variants: tuple[ProblemVariant, ...]

    def steps(self, seeds: Container[int] = SEEDS) -> Iterator[tuple[str, StepVariant]]:
        for variant in self.variants:
            for step in variant.steps if variant.seed in seeds else ():
                yield f"{self.problem.slug}/{step.key} with seed {variant.seed}", step


@pytest.fixture(scope="module")
def pool() -> Iterator[CheckerPool]:
    pool = CheckerPool(size=1, time_limit_s=10.0)
    yield pool
    pool.close()


@pytest.fixture(params=SLUGS, scope="module")
def realised(request: pytest.FixtureRequest) -> Realised:
    problem = next(problem for problem in COURSE.problems if problem.slug == request.param)
    template = template_of(problem)
    return Realised(problem, tuple(fill(template, problem.parameters, seed) for seed in SEEDS))


def question(step: StepVariant) -> Question:
    return Question(step.answer_kind, step.answers, step.choices, step.asked)  # type: ignore[arg-type]


def test_every_variant_reads_well(realised: Realised) -> None:
    for variant in realised.variants:
        assert flaws_of_text(variant.body) == [], realised.problem.slug
        assert flaws_of_text(variant.title) == [], realised.problem.slug
    for place, step in realised.steps():
        texts = [step.title, step.body, *step.choices]
        texts += [text for hint in step.hints for text in (hint.title, hint.text, *hint.choices)]
        for text in texts:
            assert flaws_of_text(text) == [], place
            assert not re.search(r"  |\s[.,?!]|\b(an [bcdfgjklmnpqrstvwxyz]|a [aei])", text), f"{place}: {text}"
        if step.answer_kind == "arithmetic":
            assert [flaws_of_mathematics(answer) for answer in step.answers] == [[]] * len(step.answers), place
        assert flaws_of_mathematics(step.answer_latex) == [], place


def test_every_key_is_right_by_the_answer_checker(realised: Realised, pool: CheckerPool) -> None:
    for place, step in realised.steps():
        for answer in step.answers:
            assert pool.check(question(step), answer).verdict == Verdict.CORRECT, f"{place}: {answer}"
        if step.answer_latex and step.answer_kind == "arithmetic":
            assert pool.check(question(step), step.answer_latex).verdict == Verdict.CORRECT, place


def test_every_key_of_a_scaffold_is_right_by_the_answer_checker(realised: Realised, pool: CheckerPool) -> None:
    for place, step in realised.steps():
        for hint in step.hints:
            for answer in hint.answers:
                asked = Question(hint.answer_kind, hint.answers, hint.choices)  # type: ignore[arg-type]
                assert pool.check(asked, answer).verdict == Verdict.CORRECT, f"{place}, {hint.key}: {answer}"


def test_every_expected_error_is_wrong_by_the_answer_checker(realised: Realised, pool: CheckerPool) -> None:
    for place, step in realised.steps(SEEDS_FOR_ERRORS):
        for error in step.expected_errors:
            verdict = pool.check(question(step), error.answer).verdict
            assert verdict == Verdict.INCORRECT, f"{place}, {error.slug}: {error.answer} is {verdict} ({step.answers})"


def test_no_rung_but_the_last_says_the_answer(realised: Realised) -> None:
    for place, step in realised.steps():
        if not step.answer_latex:
            continue
        for hint in step.hints:
            if hint.kind != "bottom_out":
                said = [hint.title, hint.text, *hint.choices]
                assert not any(says(text, step.answer_latex) for text in said), f"{place}, {hint.key}: {hint.text}"


def says(text: str, solution: str) -> bool:
    """Whether the text has `x = 8` in it as a whole: not `2x = 8`, not `x = 80`."""
    solution = solution.replace(" ", "")
    return bool(re.search(rf"(?<![\w}}]){re.escape(solution)}(?![\d.])", text.replace(" ", "")))


def test_every_step_has_a_ladder_that_ends_in_the_worked_step(realised: Realised) -> None:
    for place, step in realised.steps():
        kinds = [hint.kind for hint in step.hints]
        assert 3 <= len(kinds) <= 5, place
        assert kinds[0] == "hint", place
        assert "scaffold" in kinds, place
        assert kinds[-1] == "bottom_out", place


def test_practice_does_not_run_out(realised: Realised) -> None:
    assert number_of_variants(read_parameters(realised.problem.parameters), enough=20) == 20


def test_the_course_is_as_large_as_it_promises() -> None:
    course: CourseTree = COURSE
    used = {
        error.misconception for problem in course.problems for step in problem.steps for error in step.expected_errors
    }
    assert len(course.course.skills) >= 12
    assert len(course.problems) >= 48
    assert sum(len(problem.steps) > 1 for problem in course.problems) >= 15
    assert len(used) >= 15
    assert all(misconception.probe and misconception.remedy for misconception in course.course.misconceptions)
    assert used == {misconception.slug for misconception in course.course.misconceptions}


def test_every_skill_is_explained_practised_and_has_its_lesson() -> None:
    taught = {goal.skill for lesson in COURSE.course.lessons for goal in lesson.goals()}
    for skill in COURSE.course.skills:
        assert COURSE.passages[skill.slug], skill.slug
        assert skill.slug in taught
        steps = [step for problem in COURSE.problems for step in problem.steps if step.skills[0] == skill.slug]
        assert len(steps) >= 3, skill.slug


def test_passages_are_short_and_have_an_example() -> None:
    for skill, passages in COURSE.passages.items():
        for passage in passages:
            assert 80 <= len(passage.text.split()) <= 200, f"{skill}: {passage.title}"
            assert "$" in passage.text
