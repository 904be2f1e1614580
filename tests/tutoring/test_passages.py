"""The course's own words on a question, or nothing."""

import pytest

from tests.factories import CourseFactory, PassageFactory, SkillFactory
from tutor_app.tutoring.passages import passage_for, stems

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    course = CourseFactory()
    terms = SkillFactory(course=course, slug="like-terms", name="Like terms")
    undo = SkillFactory(course=course, slug="undo", name="Undo an addition")
    PassageFactory(skill=terms, slug="terms", title="Like terms", text="Terms with the same letter can be added.")
    PassageFactory(
        skill=undo, slug="undo", title="Undoing", text="An equation stays true when both sides change alike."
    )
    return course


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        ("What are like terms?", "terms"),
        ("what is a term", "terms"),
        ("Explain equations", "undo"),
        ("WHAT DOES EQUATION MEAN?!", "undo"),
    ],
)
def test_the_passage_that_shares_the_questions_words_is_found(course, question: str, slug: str):
    assert passage_for(question, course=course, skills_in_play=[]).slug == slug


@pytest.mark.parametrize("question", ["what is a logarithm?", "what is the capital of France", "explain xyzzy"])
def test_of_what_the_course_does_not_speak_nothing_is_made_up(course, question: str):
    assert passage_for(question, course=course, skills_in_play=["like-terms"]) is None


def test_a_question_that_names_nothing_is_about_the_skill_in_play(course):
    assert passage_for("what does this mean?", course=course, skills_in_play=["undo"]).slug == "undo"
    assert passage_for("what does this mean?", course=course, skills_in_play=[]) is None


def test_between_equals_the_skill_in_play_is_first(course):
    more = SkillFactory(course=course, slug="more", name="Like terms")
    PassageFactory(skill=more, slug="more", title="Like terms", text="Terms with the same letter can be added.")
    assert passage_for("what are like terms?", course=course, skills_in_play=["more"]).slug == "more"
    assert passage_for("what are like terms?", course=course, skills_in_play=["like-terms"]).slug == "terms"


def test_other_courses_passages_are_not_quoted(course):
    assert passage_for("what are like terms?", course=CourseFactory(), skills_in_play=[]) is None


def test_words_are_compared_without_their_endings():
    assert stems("Adding terms") == stems("added term")
