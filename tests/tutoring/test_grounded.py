"""The default voice: says the move in the course's own words, and nothing that gives the answer away too early."""

import re
from dataclasses import replace
from itertools import product
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import LONG_AGO, MisconceptionFactory, SessionFactory
from tutor_app.courses.models import Course, Problem
from tutor_app.courses.variants import LARGEST_SEED
from tutor_app.tutoring.checking import Check, Verdict
from tutor_app.tutoring.messages import ProblemView
from tutor_app.tutoring.models import Session
from tutor_app.tutoring.moves import Move
from tutor_app.tutoring.passages import Explanation
from tutor_app.tutoring.standing import problem_view, skill_views, standing_of
from tutor_app.tutoring.table import Table, concrete_problem, table_of
from tutor_app.tutoring.understanding import Intent
from tutor_app.tutoring.voices.grounded import SPEAKERS, Matter, asks_for_a_root, say

pytestmark = pytest.mark.django_db
INTENTS_OF = {
    Move.GREET: [Intent.GREETING],
    Move.NEXT: [Intent.NEXT],
    Move.EXPLAIN: [Intent.CONCEPT, Intent.WHY_THIS],
    Move.FOCUS: [Intent.ANSWER, Intent.WHY_WRONG],
    Move.PROBE: [Intent.ANSWER],
    Move.ENCOURAGE: [Intent.CHAT],
    Move.SUMMARISE: [Intent.SUMMARY],
    Move.ASK_BACK: [Intent.UNCLEAR, Intent.ANSWER],
}


def table(course: Course, problem: str, seed: int, step: int = 0, shown: int = 0) -> Table:
    row, variant, in_play = concrete_problem(course.problems.get(slug=problem).pk, seed, course.updated_at)
    return Table(row, variant, in_play, variant.steps[step], None, shown)


def spoken(matter: Matter) -> str:
    return "".join(say(matter))


def gives_away(text: str, key: str) -> bool:
    return re.search(rf"(?<![\d\w]){re.escape(key)}(?![\d\w])", text) is not None


def test_every_move_has_a_speaker():
    assert set(SPEAKERS) == set(Move)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, LARGEST_SEED - 1), st.sampled_from(["add", "add-left"]), st.integers(0, 7), st.integers(0, 1))
def test_until_the_worked_step_no_move_gives_the_answer_away(
    course: Course, seed: int, problem: str, variety: int, shown: int
):
    on_table = table(course, problem, seed, shown=shown)
    key = on_table.step.answers[0]
    misconception = course.misconceptions.get()
    passage = course.skills.get(slug="undo-addition").passages.first()
    explanation = Explanation(passage.title, passage.text, "/courses/sample/", "Sample", "")
    wrong = Check(Verdict.INCORRECT, read_as="977")
    hint = next(rung for rung in on_table.step.hints if rung.kind == "hint")
    scaffold = next((rung for rung in on_table.step.hints if rung.kind == "scaffold"), None)
    said = []
    for move, intents in INTENTS_OF.items():
        for intent, met in product(intents, (None, misconception)):
            said.append(
                Matter(
                    move, intent, "Mia", variety, on_table, on_table, wrong, tries=2, rungs_shown=shown, why="Because.",
                    new_skill="Undo an addition", error=met, explanation=explanation, facts=["You solved 1 problem."],
                )
            )  # fmt: skip
    said.append(Matter(Move.HINT, Intent.HINT, "Mia", variety, on_table, on_table, rung=hint))
    if scaffold:
        said.append(Matter(Move.SCAFFOLD, Intent.HINT, "Mia", variety, on_table, on_table, rung=scaffold))
    for matter in said:
        text = spoken(matter)
        assert text.strip()
        assert not gives_away(text, key), (matter.move, text)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, LARGEST_SEED - 1), st.sampled_from(["add", "add-left", "two"]), st.integers(0, 3))
def test_the_view_of_a_problem_holds_no_key_and_no_rung_of_the_ladder(
    course: Course, seed: int, problem: str, shown: int
):
    on_table = table(course, problem, seed, shown=shown)
    session = Session(course=course, why="Because.")
    view = problem_view(session, on_table)
    text = view.model_dump_json()
    for hint in on_table.step.hints:
        assert hint.text not in text
    if problem != "two":  # there the choices are in sight, and a one-digit key may stand in the question by chance
        assert not gives_away(text, on_table.step.answers[0])
    assert ProblemView.model_validate_json(text) == view


def test_the_worked_step_is_shown_with_its_answer(course: Course):
    on_table = table(course, "add", 5, shown=2)
    rung = on_table.step.hints[2]
    text = spoken(Matter(Move.SHOW, Intent.HINT, "Mia", 0, on_table, on_table, rung=rung, asked_for=True))
    assert gives_away(text, on_table.step.answers[0])


def test_a_step_without_a_ladder_is_shown_by_its_answer(course: Course):
    on_table = table(course, "add", 5, shown=3)
    text = spoken(Matter(Move.SHOW, Intent.HINT, "Mia", 0, on_table, on_table, asked_for=True))
    assert f"The answer is ${on_table.step.answers[0]}$" in text


def test_a_confirmation_quotes_the_answer_as_it_was_read(course: Course):
    on_table = table(course, "add", 5)
    right = Check(Verdict.CORRECT, read_as=r"\frac{1}{2}")
    text = spoken(Matter(Move.CONFIRM, Intent.ANSWER, "Mia", 0, on_table, on_table, right, tries=1))
    assert r"$\frac{1}{2}$ is right" in text


@pytest.mark.parametrize(
    ("tries", "rungs", "words"), [(1, 0, "irst try"), (3, 0, "yourself"), (3, 2, "2 pieces of help")]
)
def test_a_confirmation_says_how_it_went(course: Course, tries: int, rungs: int, words: str):
    on_table = table(course, "add", 5)
    matter = Matter(
        Move.CONFIRM,
        Intent.ANSWER,
        "Mia",
        1,
        on_table,
        on_table,
        Check(Verdict.CORRECT),
        tries=tries,
        rungs_shown=rungs,
    )
    assert words in spoken(matter)


def test_help_that_was_not_asked_for_is_announced(course: Course):
    on_table = table(course, "add", 5)
    rung = on_table.step.hints[0]
    unasked = spoken(Matter(Move.HINT, Intent.ANSWER, "Mia", 0, on_table, on_table, rung=rung))
    asked = spoken(Matter(Move.HINT, Intent.HINT, "Mia", 0, on_table, on_table, rung=rung, asked_for=True))
    assert unasked != asked
    assert rung.text in unasked
    assert asked == rung.text


def test_pictures_are_left_to_the_problem_that_stays_in_sight(course: Course):
    found = Explanation("A picture", "See ![a scale](figure:scale.png) here.", "/courses/sample/", "Sample", "")
    on_table = table(course, "add", 5)
    text = spoken(Matter(Move.EXPLAIN, Intent.CONCEPT, "Mia", 0, on_table, on_table, explanation=found))
    assert "figure:" not in text


def test_without_a_passage_nothing_is_made_up(course: Course):
    on_table = table(course, "add", 5)
    text = spoken(Matter(Move.EXPLAIN, Intent.CONCEPT, "Mia", 0, on_table, on_table))
    assert "I will not make one up" in text


def test_a_misconception_without_words_of_its_own_is_still_spoken_to(course: Course):
    mute = MisconceptionFactory(course=course, probe="", remedy="")
    on_table = table(course, "add", 5)
    for move in (Move.PROBE, Move.FOCUS):
        text = spoken(Matter(move, Intent.ANSWER, "Mia", 0, on_table, on_table, error=mute))
        assert "Put your answer back in" in text


@pytest.mark.parametrize(
    "move", [move for move in Move if move not in (Move.HINT, Move.SCAFFOLD, Move.SHOW, Move.CONFIRM)]
)
def test_every_move_that_may_come_without_a_problem_can_be_said_without_one(move: Move):
    for intent in Intent:
        assert spoken(Matter(move, intent, "Mia", 0, facts=["There is nothing to practise."])).strip()


@pytest.mark.parametrize("turn", [UUID(int=n) for n in range(6)])
def test_a_turn_begun_again_says_the_same(course: Course, turn: UUID):
    on_table = table(course, "add", 5)
    matter = Matter(Move.FOCUS, Intent.ANSWER, "Mia", turn.int, on_table, on_table, tries=2)
    assert spoken(matter) == spoken(matter)


@pytest.fixture
def conversation(course: Course) -> Session:
    problem = Problem.objects.get(slug="two")
    return SessionFactory(course=course, problem=problem, step=problem.steps.first(), variant_seed=3, why="Because.")


def test_the_skills_beside_a_problem_are_its_own_and_what_they_build_on_in_course_order(conversation: Session):
    views = skill_views(conversation, table_of(conversation), {})
    assert [view.slug for view in views] == ["undo-addition", "two-steps"]
    assert not any(view.enough for view in views)
    assert skill_views(conversation, None, {}) == []


def test_the_standing_before_the_first_problem_is_empty(course: Course):
    standing = standing_of(SessionFactory(course=course), LONG_AGO)
    assert standing.problem is None
    assert standing.skills == []
    assert (standing.solved_today, standing.reviews_due) == (0, 0)


@pytest.mark.parametrize(
    ("problem", "step", "root"),
    [("add", 0, True), ("add-left", 0, True), ("two", 1, True)],
)
def test_an_answer_can_be_put_back_where_an_equation_is_to_be_solved(
    course: Course, problem: str, step: int, root: bool
):
    assert asks_for_a_root(table(course, problem, 5, step=step)) is root


@pytest.mark.parametrize(
    ("title", "answer", "root"),
    [
        ("Solve $3x + 5 = 20$.", "5", True),
        ("Solve $3x + 5 = 21$.", r"x = \frac{16}{3}", True),
        ("Find the value of $2x^2 + 6$ for $x = -4$.", "38", False),
        ("What is $5 + 3x$ worth when $x = 7$?", "26", False),
        ("Take $2m$ from both sides of $3m = 2m + 1$. What is left?", "m = 1 + 0m", False),
        ("Solve $P = 2L + 2w$ for $w$.", r"w = \frac{P - 2L}{2}", False),
        ("How many dollars do you pay?", "62", False),
    ],
)
def test_a_value_to_put_in_is_no_equation_to_solve(course: Course, title: str, answer: str, root: bool):
    on_table = table(course, "add", 5)
    step = replace(on_table.step, title=title, body="", answers=(answer,))
    variant = replace(on_table.variant, body="", steps=(step,))
    assert asks_for_a_root(replace(on_table, step=step, variant=variant)) is root
