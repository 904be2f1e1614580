"""Keys that cannot be read are told to the author, and nothing else is."""

import pytest

from tests.factories import CourseFactory, ProblemFactory, StepFactory
from tutor_app.courses.keys import unreadable_keys

pytestmark = pytest.mark.django_db


def keyed(*answers: str, kind: str = "arithmetic"):
    course = CourseFactory()
    problem = ProblemFactory(course=course, slug="odd")
    StepFactory(problem=problem, slug="a", answer_kind=kind, answers=list(answers))
    return course


def test_an_unreadable_key_is_named_with_its_step():
    [(where, sentence)] = unreadable_keys(keyed("3x + (2"))
    assert where.startswith("odd/")
    assert "3x + (2" in sentence
    assert "compared as text" in sentence


@pytest.mark.parametrize("key", ["5", "$x = 4$", r"\frac{1}{2}", "(2, 3)", "no solution", r"[2, \infty)"])
def test_a_readable_key_is_no_remark(key: str):
    assert list(unreadable_keys(keyed(key))) == []


def test_words_and_choices_are_not_read_as_mathematics():
    assert list(unreadable_keys(keyed("3x + (2", kind="string"))) == []
