"""What the log says about misconceptions, made again from it."""

from fractions import Fraction
from pathlib import Path

import pytest

from tests.factories import EventFactory, UserFactory
from tests.weights import encoder_path
from tutor_app.courses.models import Course, ExpectedError, Misconception, Problem, Step
from tutor_app.courses.variants import realise
from tutor_app.learners.models import MisconceptionState
from tutor_app.registry.classrooms import rebuild
from tutor_app.registry.misconceptions import encounter_of, lands_of, number_of, numbers_in
from tutor_app.registry.shipped import register_weights


@pytest.fixture
def served(course: Course, small_models: Path) -> Course:
    assert encoder_path()
    register_weights(small_models)
    return course


def step_of_add() -> Step:
    return Step.objects.get(problem__slug="add")


def answers(learner, *story: str) -> None:
    """Attempts at one step: "met" (named), "fits" (fits but was not named), "right", "helped" (right with a hint)."""
    for word in story:
        EventFactory(
            learner=learner,
            step=step_of_add(),
            correct=word in ("right", "helped"),
            hints=int(word == "helped"),
            misconception="adds-instead" if word == "met" else "",
            fits=["adds-instead"] if word in ("met", "fits") else [],
            probed=word == "met",
        )


def rebuilt(learner, course: Course) -> MisconceptionState:
    rebuild(learner, course)
    return MisconceptionState.objects.get(learner=learner)


@pytest.mark.parametrize(
    ("story", "stage", "met", "since"),
    [
        (["right"], "unseen", 0, 1),
        (["fits"], "unseen", 0, 0),
        (["met"], "probed", 1, 0),
        (["met", "met"], "confirmed", 2, 0),
        (["met", "right", "helped"], "probed", 1, 1),
        (["met", "right", "right", "right"], "resolved", 1, 3),
        (["met", "right", "right", "right", "met"], "probed", 2, 0),
    ],
)
def test_the_stage_follows_from_the_log(served: Course, story, stage, met, since):
    learner = UserFactory()
    answers(learner, *story)
    state = rebuilt(learner, served)
    assert (state.stage, state.times_met, state.opportunities_since) == (stage, met, since)


def test_what_fitted_without_being_named_is_evidence_all_the_same(served: Course):
    learner, other = UserFactory(), UserFactory()
    answers(learner, "fits")
    answers(other, "right")
    assert rebuilt(learner, served).probability > 10 * rebuilt(other, served).probability


def test_times_are_those_of_the_log(served: Course):
    learner = UserFactory()
    answers(learner, "met", "met", "right", "right", "right", "right")
    state = rebuilt(learner, served)
    times = list(learner.events.order_by("number").values_list("at", flat=True))
    assert (state.first_met, state.last_met, state.resolved_at) == (times[0], times[1], times[4])


def test_rebuilding_again_gives_the_same_and_touches_nobody_else(served: Course):
    mia, leo = UserFactory(), UserFactory()
    for learner in (mia, leo):
        answers(learner, "met", "right", "fits", "met")
        rebuild(learner, served)
    fields = ("learner", "stage", "probability", "times_met", "opportunities_since", "first_met", "last_met")
    before = list(MisconceptionState.objects.order_by("learner").values(*fields))
    rebuild(mia, served)
    assert list(MisconceptionState.objects.order_by("learner").values(*fields)) == before


def test_of_a_step_that_has_retired_what_the_log_itself_says_is_left(served: Course):
    learner = UserFactory()
    answers(learner, "met", "right")
    Step.objects.filter(problem__slug="add").update(retired=True)
    state = rebuilt(learner, served)
    assert (state.stage, state.times_met, state.opportunities_since) == ("probed", 1, 0)


def test_a_misconception_that_left_the_course_leaves_no_row(served: Course):
    learner = UserFactory()
    answers(learner, "met")
    ExpectedError.objects.all().delete()
    Misconception.objects.all().delete()
    rebuild(learner, served)
    assert not MisconceptionState.objects.exists()


# --- an answer, as the model sees it ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("5", 5),
        ("-5", -5),
        ("x = 5", 5),
        ("$\\frac{3}{4}$", Fraction(3, 4)),
        ("-\\dfrac{3}{4}", Fraction(-3, 4)),
        ("0.25", Fraction(1, 4)),
        ("3/4", Fraction(3, 4)),
        ("3/0", None),
        ("3x", None),
        ("no solution", None),
        ("(1, 2)", None),
        ("", None),
        ("9" * 40, None),
    ],
)
def test_keys_that_are_one_number_are_read(answer, number):
    assert number_of(answer) == number


def test_the_numbers_of_a_question_are_found():
    assert numbers_in("Solve $-3x + \\frac{1}{2} = 4.5$, for 3 people.") == (3, Fraction(1, 2), Fraction(9, 2))


def test_an_encounter_holds_what_could_have_shown_and_where_slips_land(course: Course):
    variant = realise(Problem.objects.with_everything().get(slug="add"), 3)
    step = variant.steps[0]
    encounter = encounter_of(variant, step, correct=False, fits=("adds-instead",), forecast=0.7)
    assert encounter.could_show == encounter.fits == ("adds-instead",)
    # b - a = s: the misconception adds the two numbers of the question, which is one sign turned.
    assert [shape for shape, _ in encounter.lands] == ["one-sign", "anywhere"]
    assert encounter_of(variant, step, correct=True).lands == ()


def test_a_slip_in_a_choice_is_one_of_the_wrong_choices(course: Course):
    step = Step.objects.filter(answer_kind="choice").select_related("problem").first()
    assert step is not None
    variant = realise(Problem.objects.with_everything().get(pk=step.problem_id), 1)
    choice = next(one for one in variant.steps if one.step_id == step.pk)
    assert lands_of(variant, choice, choice.choices[0]) == (("choice", len(choice.choices) - 1),)
