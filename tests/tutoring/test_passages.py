"""The course's own words on a question, with their place, or nothing."""

from dataclasses import replace

import pytest

from tests.factories import (
    CourseFactory,
    HintFactory,
    PassageFactory,
    ProblemFactory,
    SessionFactory,
    SkillFactory,
    StepFactory,
)
from tests.weights import encoder_path
from tutor_app.courses.models import Course, Hint
from tutor_app.courses.texts import generality, states_an_answer, texts_of
from tutor_app.tutoring.passages import Shelves, explanations_for, shelves
from tutor_app.tutoring.table import concrete_problem, table_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _encoder(settings, tmp_path):
    settings.ENCODER_PATH, settings.VAR = encoder_path(), tmp_path
    shelves.forget_all()
    concrete_problem.cache_clear()
    yield
    shelves.forget_all()


@pytest.fixture
def course() -> Course:
    """Two skills with a passage each."""
    course = CourseFactory(title="Algebra", slug="algebra", attribution="Ours", licence="CC BY 4.0")
    terms = SkillFactory(course=course, slug="like-terms", name="Combine like terms")
    undo = SkillFactory(course=course, slug="undo", name="Undo an addition")
    PassageFactory(
        skill=terms,
        slug="terms",
        title="Terms that go together",
        text="A term is a piece of a sum. Terms are alike when their letters are the same, and then you may add them.",
    )
    PassageFactory(
        skill=undo,
        slug="undo",
        title="Undoing a plus",
        text="An equation stays true when the same is done to both sides. What was added is taken away on both sides.",
    )
    return course


@pytest.fixture
def imported() -> Course:
    """A course as imports make them: no passages, but ladders with general hints and particular ones."""
    course = CourseFactory(title="Imported", slug="imported", attribution="Its authors", licence="CC BY 4.0")
    slope = SkillFactory(course=course, slug="slope", name="Find the slope of a line")
    gcf = SkillFactory(course=course, slug="gcf", name="Factor the greatest common factor from a polynomial")
    for number, answer in enumerate(("7", "3")):
        step = StepFactory(problem=ProblemFactory(course=course, slug=f"s{number}"), skills=[slope], answers=[answer])
        HintFactory(step=step, title="Rise over run", text=RISE)
        HintFactory(step=step, title="Here", text=f"So for this problem we get that the slope must be ${answer}$ here.")
    step = StepFactory(problem=ProblemFactory(course=course, slug="g"), skills=[gcf], answers=["4(x+5)"])
    HintFactory(step=step, title="GCF", text=FACTOR)
    HintFactory(
        step=step, kind=Hint.Kind.BOTTOM_OUT, text="To factor any polynomial of this form, always write 4(x+5)."
    )
    HintFactory(step=step, kind=Hint.Kind.SCAFFOLD, text="What is the greatest common factor of all of the terms?")
    return course


RISE = "The slope of a line is the rise over the run: the change in $y$ divided by the change in $x$ of any two points."
FACTOR = "The greatest common factor of a polynomial is the largest factor that every one of its terms has in common."


def names(course: Course) -> set[str]:
    return {text.text for text in texts_of(course)}


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("What are like terms?", "Terms that go together"),
        ("what is a term", "Terms that go together"),
        ("when can i combine terms", "Terms that go together"),
        ("why do i do the same thing to both sides of an equation", "Undoing a plus"),
        ("HOW DO I UNDO AN ADDITION?!", "Undoing a plus"),
    ],
)
def test_the_passage_that_answers_is_found(course, question, title):
    assert explanations_for(question, course=course)[0].title == title


@pytest.mark.parametrize(
    "question", ["what is a logarithm?", "what is the capital of France", "what is photosynthesis", "explain xyzzy"]
)
def test_of_what_the_course_does_not_speak_nothing_is_made_up(course, question):
    assert explanations_for(question, course=course) == []


def test_an_explanation_says_where_it_stands_and_whose_it_is(course):
    found = explanations_for("what are like terms?", course=course)[0]
    assert found.url == "/courses/algebra/passages/like-terms/terms/"
    assert (found.source, found.attribution) == ("Algebra: Combine like terms", "Ours, CC BY 4.0")
    assert 0 < found.probability <= 1


def test_a_question_that_names_nothing_is_about_what_is_on_the_table(course):
    step = StepFactory(problem=ProblemFactory(course=course), skills=[course.skills.get(slug="undo")])
    session = SessionFactory(course=course, problem=step.problem, step=step)
    assert explanations_for("what does this mean?", course=course, table=table_of(session))[0].title == "Undoing a plus"
    assert explanations_for("what does this mean?", course=course) == []


def test_between_equals_what_is_in_play_is_first(course):
    more = SkillFactory(course=course, slug="more", name="Combine like terms")
    same = course.skills.get(slug="like-terms").passages.get()
    PassageFactory(skill=more, slug="more", title=same.title, text=same.text)
    for slug in ("more", "like-terms"):
        step = StepFactory(problem=ProblemFactory(course=course), skills=[course.skills.get(slug=slug)])
        table = table_of(SessionFactory(course=course, problem=step.problem, step=step))
        assert f"/{slug}/" in explanations_for("what are like terms?", course=course, table=table)[0].url


def test_other_courses_are_not_quoted(course):
    assert explanations_for("what are like terms?", course=CourseFactory()) == []


def test_a_course_loaded_again_is_read_again(course):
    assert not shelves.remembers(course.pk)
    shelf = shelves.shelf(course)
    assert shelves.remembers(course.pk)
    assert shelves.shelf(course) is shelf
    skill = SkillFactory(course=course, slug="new", name="Check a solution")
    PassageFactory(skill=skill, title="Checking", text="Put the number in for the letter and compare both sides.")
    course.save()  # as loading does
    assert len(shelves.shelf(course).texts) == 3


def test_a_process_keeps_a_bounded_number_of_shelves(course, monkeypatch):
    monkeypatch.setattr("tutor_app.tutoring.passages.MOST_COURSES", 1)
    kept = Shelves()
    first = kept.shelf(course)
    kept.shelf(CourseFactory())
    assert kept.shelf(course) is not first


# --- a course without passages ------------------------------------------------------------------------------------


def test_a_course_without_passages_answers_with_its_general_hints(imported):
    found = explanations_for("what is the slope of a line", course=imported)[0]
    assert found.text == RISE
    assert found.url.startswith("/courses/imported/skills/slope/#hint-")
    assert found.attribution == "Its authors, CC BY 4.0"


def test_only_hints_that_can_be_read_alone_are_texts_of_the_course(imported):
    assert names(imported) == {RISE, FACTOR}


def test_the_same_words_on_two_ladders_are_one_text_of_both_problems(imported):
    [text] = [text for text in texts_of(imported) if text.text == RISE]
    assert text.problems == set(imported.problems.filter(slug__startswith="s").values_list("pk", flat=True))


def test_what_is_on_the_ladder_of_the_problem_on_the_table_is_not_told(imported):
    step = imported.problems.get(slug="s0").steps.get()
    table = table_of(SessionFactory(course=imported, problem=step.problem, step=step))
    assert RISE not in [found.text for found in explanations_for("what is slope?", course=imported, table=table)]
    assert explanations_for("what is slope?", course=imported)[0].text == RISE


def test_nor_what_states_the_answer_to_its_step(imported):
    step = imported.problems.get(slug="s0").steps.get()
    table = table_of(SessionFactory(course=imported, problem=step.problem, step=step))
    shelf = shelves.shelf(imported)
    [position] = [i for i, text in enumerate(shelf.texts) if text.text == FACTOR]
    assert position not in shelf.kept_back(table)
    telling = replace(table, step=replace(table.step, answers=("the largest factor",)))
    assert position in shelf.kept_back(telling)


def test_a_course_without_passages_and_hints_abstains():
    course = CourseFactory()
    StepFactory(problem=ProblemFactory(course=course), skills=[SkillFactory(course=course, name="Slope")])
    assert explanations_for("what is slope?", course=course) == []


def test_hints_of_templates_and_of_what_has_retired_are_no_texts(imported):
    imported.problems.filter(slug__startswith="s").update(parameters={"a": [1, 2]})
    assert names(imported) == {FACTOR}
    imported.problems.filter(slug="g").update(retired=True)
    assert names(imported) == set()


def test_a_skill_without_general_hints_is_explained_with_the_next_best():
    """A rule that is the answer to its problem; else a step that states none; never a scaffold."""
    course = CourseFactory()
    rule = "Any nonzero number raised to the power of $0$ is equal to $1$."
    step = "So we get $2x = 14$ when we take away 7 from both sides here."
    for slug, kind, text, answer in (
        ("zero", Hint.Kind.BOTTOM_OUT, rule, "1"),
        ("steps", Hint.Kind.HINT, step, "12"),
        ("asked", Hint.Kind.SCAFFOLD, "What is the greatest common factor of all of the terms?", "4"),
    ):
        on = StepFactory(problem=ProblemFactory(course=course), skills=[SkillFactory(course=course, slug=slug)])
        on.answers = [answer]
        on.save()
        HintFactory(step=on, kind=kind, title="A hint", text=text)
    assert names(course) == {rule, step}


def test_but_where_there_are_general_hints_they_are_enough(imported):
    on = imported.problems.get(slug="g").steps.get()
    HintFactory(step=on, kind=Hint.Kind.BOTTOM_OUT, text="To factor means to write as a product: any $ab + ac$ is one.")
    assert names(imported) == {RISE, FACTOR}


def test_a_skill_with_passages_needs_no_hints(imported):
    PassageFactory(skill=imported.skills.get(slug="slope"), title="Slope", text="How steep a line is.")
    assert names(imported) == {"How steep a line is.", FACTOR}


@pytest.mark.parametrize(
    ("text", "keys", "states"),
    [
        ("so the answer is $x = 5$.", ["5"], True),
        ("so the answer is 5", ["5"], True),
        ("it equals $x + 5$", ["5"], False),
        ("you get $15$", ["5"], False),
        (r"factor into $\left( x+3 \right)$ now", ["(x+3)"], True),
        ("yes, a line is straight", ["yes", "a"], False),
        ("there are 9 girls in it", ["9 girls"], True),
        ("anything", [""], False),
    ],
)
def test_an_answer_is_seen_however_it_is_typeset(text, keys, states):
    assert states_an_answer(text, keys) is states


def test_a_rule_is_more_general_than_a_step_of_its_problem():
    rule = generality("Zero product", "If a product is zero, then at least one of its factors is zero.", 5)
    step = generality("Next", "Therefore we get $3x = 15$, and Marissa has now 15 coins left in this problem.", 1)
    assert rule > 1 > 0 > step


def test_without_an_encoder_nothing_is_explained_and_nothing_fails(course, settings, tmp_path):
    settings.ENCODER_PATH = tmp_path / "none"
    shelves.forget_all()
    assert explanations_for("what are like terms?", course=course) == []
