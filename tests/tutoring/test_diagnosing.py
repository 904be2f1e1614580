"""What is behind a wrong answer: in the checker's hands, in a live turn, and over many simulated learners."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models_core.misconceptions import SLIP, Belief
from tests.tutoring.conftest import Walk
from tutor_app.courses.loading import load_course
from tutor_app.courses.models import Course
from tutor_app.courses.variants import ExpectedErrorVariant, ProblemVariant, StepVariant
from tutor_app.learners.models import Event, MisconceptionState
from tutor_app.registry.classrooms import rebuild
from tutor_app.tutoring.checking import CheckerPool
from tutor_app.tutoring.diagnosing import GENERIC_SLIPS, diagnose, misconceptions_fitting, rule_behind, slip_behind
from tutor_app.tutoring.management.commands.diagnose_simulated import measure
from tutor_app.tutoring.planted import PlantedConfig, PlantedLearners, heard

BUILTIN = Path(__file__).resolve().parents[2] / "tutor_app" / "courses" / "builtin" / "linear-equations"


def step_of(
    *errors: tuple[str, str], key: str = "5", kind: str = "arithmetic", choices: tuple[str, ...] = ()
) -> StepVariant:
    return StepVariant(
        step_id=1,
        key="solve",
        title="Solve $x + 7 = 12$.",
        body="",
        answer_kind=kind,
        answers=(key,),
        answer_latex="",
        choices=choices,
        skills=(),
        hints=(),
        expected_errors=tuple(
            ExpectedErrorVariant(number, slug, slug, answer) for number, (slug, answer) in enumerate(errors)
        ),
        asked="",
    )


def problem_of(step: StepVariant) -> ProblemVariant:
    return ProblemVariant(problem_id=1, seed=0, title="", body="", steps=(step,))


# --- what fits ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("19", ("adds", "repeats")),
        ("x = 19", ("adds", "repeats")),
        ("38/2", ("adds", "repeats")),
        ("-5", ("backwards",)),
        ("−5", ("backwards",)),
        ("6", ()),
        ("5", ()),
        ("no idea", ()),
    ],
)
def test_all_misconceptions_that_lead_to_an_answer_are_found_however_it_is_written(checker, text, fits):
    step = step_of(("adds", "19"), ("backwards", "-5"), ("repeats", "19"))
    assert misconceptions_fitting(text, step, checker) == fits


def test_expressions_fit_in_any_equivalent_form(checker):
    step = step_of(("first-term", "3x + 4"), ("joins", "7x"), key="3x + 12", kind="string")
    assert misconceptions_fitting("4+3x", step, checker) == ("first-term",)
    assert misconceptions_fitting("12+3x", step, checker) == ()


def test_a_choice_fits_as_it_is_worded(checker):
    choices = ("one solution", "no solution", "every number")
    step = step_of(("mixes-up", "no solution"), key="every number", kind="choice", choices=choices)
    assert misconceptions_fitting("no solution", step, checker) == ("mixes-up",)
    assert misconceptions_fitting("one solution", step, checker) == ()


def test_where_one_answer_has_two_causes_the_learners_past_decides(checker):
    step = step_of(("adds", "19"), ("repeats", "19"))
    past = {"adds": Belief(0.02), "repeats": Belief(0.8)}
    found = diagnose(("adds", "repeats"), problem_of(step), step, beliefs=past, forecast=None)
    assert found.named == "repeats"
    even = diagnose(("adds", "repeats"), problem_of(step), step, beliefs={}, forecast=None)
    assert even.abstains


def test_what_fits_nothing_is_not_named(checker):
    step = step_of(("adds", "19"))
    assert diagnose((), problem_of(step), step, beliefs={"adds": Belief(0.99)}, forecast=0.5).named is None


# --- common slips -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "slip"),
    [("-5", "minus"), ("x = -5", "minus"), ("50", "tens"), ("0.5", "tens"), ("1/5", "reciprocal"), ("19", "one-sign")],
)
def test_a_common_slip_is_known_by_its_number(checker, text, slip):
    step = step_of()
    found = slip_behind(text, problem_of(step), step, checker)
    assert found is not None
    assert found.slug == slip


def test_the_number_of_another_step_is_known(checker):
    step, other = step_of(), replace(step_of(key="31"), step_id=2, key="first")
    found = slip_behind("31", replace(problem_of(step), steps=(other, step)), step, checker)
    assert found is not None
    assert found.slug == "part"


@pytest.mark.parametrize("text", ["4", "6", "7", "23", "-11", "x", "no idea"])
def test_other_wrong_answers_are_no_common_slip(checker, text):
    step = step_of()
    assert slip_behind(text, problem_of(step), step, checker) is None


@pytest.mark.parametrize(("kind", "key"), [("arithmetic", "3x + 12"), ("string", "5"), ("choice", "5")])
def test_only_numbers_have_common_slips(checker, kind, key):
    step = step_of(key=key, kind=kind)
    assert slip_behind("-5", problem_of(step), step, checker) is None


def test_random_wrong_numbers_are_hardly_ever_called_a_common_slip(checker):
    rng, named = random.Random(7), 0
    for _ in range(400):
        key = rng.choice([n for n in range(-20, 21) if n])
        step = step_of(key=str(key))
        given = key + rng.choice([n for n in range(-60, 61) if n])
        named += slip_behind(str(given), problem_of(step), step, checker) is not None
    assert named <= 0.05 * 400


def test_every_common_slip_asks_and_helps():
    for slip in GENERIC_SLIPS.values():
        assert str(slip.probe).endswith("?")
        assert str(slip.name)
        assert str(slip.remedy)


# --- in a live turn -----------------------------------------------------------------------------------------------


def mistaken(walk: Walk) -> str:
    """The answer that the sample course's misconception gives here."""
    return walk.table.step.expected_errors[0].answer


def state_of(walk: Walk) -> MisconceptionState:
    return MisconceptionState.objects.get(learner=walk.learner, misconception__slug="adds-instead")


def rows_of(walk: Walk) -> list[dict[str, Any]]:
    rows = MisconceptionState.objects.filter(learner=walk.learner).order_by("misconception")
    return list(rows.values())


def same_but_for_keys(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "id"} for row in rows]


def test_a_wrong_idea_is_named_asked_about_confirmed_and_left_behind(walk: Walk):
    walk.go_to("add")
    walk.say(mistaken(walk))
    event = Event.objects.of(walk.learner, walk.session.course).attempts().get()
    assert (event.misconception, event.fits) == ("adds-instead", ["adds-instead"])
    assert event.probed == (walk.turns[-1].move == "probe")
    assert event.probed
    assert state_of(walk).stage == "probed"
    assert state_of(walk).first_met == event.at
    walk.say(mistaken(walk))
    assert state_of(walk).stage == "confirmed"
    assert state_of(walk).times_met == 2
    walk.right()
    assert state_of(walk).opportunities_since == 0  # a third try is no sign that it is gone
    for _ in range(30):
        if state_of(walk).stage == "resolved":
            break
        walk.say("next")
        while not walk.session.solved:
            walk.right()
    state = state_of(walk)
    assert state.stage == "resolved"
    assert state.opportunities_since == 3
    assert state.resolved_at == Event.objects.filter(correct=True).latest("number").at
    assert state.probability < 0.3


def test_replaying_the_log_gives_the_same_rows(walk: Walk):
    walk.go_to("add")
    for say in (mistaken, mistaken):
        walk.say(say(walk))
    walk.right()
    for number in range(6):
        walk.say("next")
        if number % 2 and walk.table.step.expected_errors:
            walk.say(mistaken(walk))
        elif number == 2:
            walk.wrong()
            walk.say("hint")
        while not walk.session.solved:
            walk.right()
    live = rows_of(walk)
    assert live
    assert live[0]["times_met"] > 2
    rebuild(walk.learner, walk.session.course)
    assert same_but_for_keys(rows_of(walk)) == same_but_for_keys(live)
    rebuild(walk.learner, walk.session.course)
    assert same_but_for_keys(rows_of(walk)) == same_but_for_keys(live)


def test_a_right_answer_where_nothing_was_ever_met_leaves_a_row_that_nobody_is_shown(walk: Walk):
    walk.go_to("add")
    walk.right()
    assert state_of(walk).stage == "unseen"
    assert not MisconceptionState.objects.met().exists()


def test_a_wrong_answer_that_fits_nothing_names_nothing(walk: Walk):
    walk.go_to("add")
    walk.wrong()
    event = Event.objects.of(walk.learner, walk.session.course).attempts().get()
    assert (event.misconception, event.fits, event.probed) == ("", [], False)


def test_what_one_learner_mixes_up_is_not_held_against_another(begin: Callable[..., Walk]):
    mia, leo = begin("mia"), begin("leo")
    mia.go_to("add")
    mia.say(mistaken(mia))
    assert not MisconceptionState.objects.met().filter(learner=leo.learner).exists()


# --- over many simulated learners ---------------------------------------------------------------------------------


def test_planted_misconceptions_are_named_and_slips_are_not(db: None, checker: CheckerPool):
    load_course(BUILTIN)
    course = Course.objects.get(slug="linear-equations")
    found = measure(PlantedLearners(course, PlantedConfig(problems=40), seed=5), 16, checker)
    counts = found["counts"]
    assert counts["planted"] > 60
    assert counts["slips"] > 60
    assert found["named_right"] >= 0.93
    assert found["named_where_none_was_planted"] <= 0.04
    # The yardstick: naming whatever fits would name all of these.
    assert counts["foreseen_slips"] > 2 * counts["slips_named"]


def test_simulated_learners_answer_as_they_are_said_to(course: Course, checker: CheckerPool):
    school = PlantedLearners(course, PlantedConfig(none=0.0, held=1.0, slip=(0.3, 0.4)), seed=2)
    lives = [list(heard(school.answers(number), checker)) for number in range(12)]
    assert lives == [list(heard(school.answers(number), checker)) for number in range(12)]
    answers = [answer for life in lives for answer in life]
    assert {planted.cause for _, planted in answers} == {None, SLIP, "adds-instead"}
    for answer, planted in answers:
        if planted.cause:
            assert planted.cause in planted.encounter.fits
            assert answer.text in {e.answer for e in answer.step.expected_errors if e.slug == planted.cause}
        assert planted.encounter.correct == (planted.cause is None)


def test_learners_who_hold_nothing_only_slip(course: Course):
    school = PlantedLearners(course, PlantedConfig(none=1.0, slip=(0.3, 0.4)), seed=3)
    assert {answer.cause for number in range(9) for answer in school.answers(number)} == {None, SLIP}


@pytest.mark.parametrize(
    ("asked", "text", "rule"),
    [
        ("Solve for $x$: $$3x + 5 = 20$$", "25/3", "sign_kept_when_moving"),
        ("Solve $2(x+3)=10$.", "x = 3.5", "distributed_first_only"),
        (r"Solve $\frac{x}{3} = 4$.", "4/3", "same_operation_repeated"),
        ("Solve $3x + 5 = 20$.", "977", None),
        ("Solve $3x + 5 = 20$ and $x = 4$.", "25/3", "sign_kept_when_moving"),
        ("Which of $3x = 5$ and $2x = 7$ is it?", "5", None),
        ("How far is it?", "5", None),
        ("Solve $3x + 5 = 20$.", "\\x00 🙂 )(", None),
    ],
)
def test_one_wrong_rule_of_algebra_is_recognised_where_the_equation_stands_in_the_question(asked, text, rule):
    found = rule_behind(text, asked)
    assert (found and found.slug) == rule
    assert found is None or (found.probe and found.remedy)
