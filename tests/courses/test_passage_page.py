"""The pages where a course explains something: readable, of the course alone, for whoever is signed in."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import (
    CourseFactory,
    HintFactory,
    PassageFactory,
    ProblemFactory,
    SessionFactory,
    SkillFactory,
    StepFactory,
    UserFactory,
)
from tutor_app.courses.texts import texts_of

pytestmark = pytest.mark.django_db
RULE = "To multiply powers of the same base, always add the exponents: $a^m a^n = a^{m+n}$."


@pytest.fixture
def course():
    course = CourseFactory(
        slug="algebra",
        title="Algebra",
        attribution="Its authors",
        attribution_url="https://example.org/algebra",
        licence="CC BY 4.0",
        licence_url="https://creativecommons.org/licenses/by/4.0/",
    )
    undo = SkillFactory(course=course, slug="undo", name="Undo an addition", description="Solve $x + 5 = 12$.")
    PassageFactory(skill=undo, slug="one", title="Undoing", text="Take $5$ away.\n\n<script>alert(1)</script>")
    PassageFactory(skill=undo, slug="two", title="A balance", text="Both pans weigh the same.")
    powers = SkillFactory(course=course, slug="powers", name="Multiply powers")
    step = StepFactory(problem=ProblemFactory(course=course, slug="p"), skills=[powers], answers=["x^5"])
    HintFactory(step=step, title="Same base", text=RULE)
    SkillFactory(course=course, slug="bare", name="Nothing said")
    return course


@pytest.fixture
def reader() -> Client:
    client = Client()
    client.user = UserFactory()
    client.force_login(client.user)
    return client


def passage_address(slug: str = "one", skill: str = "undo", course: str = "algebra") -> str:
    return reverse("courses:passage", args=[course, skill, slug])


def test_a_passage_is_read_with_its_place_its_neighbours_and_its_source(course, reader):
    page = reader.get(passage_address()).content.decode()
    assert "<h1>Undoing</h1>" in page
    assert "Take $5$ away." in page
    assert reverse("courses:skill", args=["algebra", "undo"]) in page
    assert passage_address("two") in page
    assert 'href="https://example.org/algebra"' in page
    assert "CC BY 4.0" in page


def test_its_text_is_no_markup_of_the_page(course, reader):
    page = reader.get(passage_address()).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_strangers_are_asked_to_sign_in(course):
    for address in (passage_address(), reverse("courses:skill", args=["algebra", "undo"])):
        response = Client().get(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    "address",
    [
        passage_address("three"),
        passage_address(skill="powers"),
        passage_address(course="geometry"),
        "/courses/algebra/skills/nothing/",
    ],
)
def test_what_is_not_there_is_not_found(course, reader, address):
    assert reader.get(address).status_code == 404


def test_a_passage_of_another_course_is_not_reached_through_this_one(course, reader):
    other = SkillFactory(course=CourseFactory(slug="other"), slug="undo")
    PassageFactory(skill=other, slug="theirs")
    assert reader.get(passage_address("theirs")).status_code == 404
    assert reader.get(passage_address("theirs", course="other")).status_code == 200


def test_pages_are_only_read(course, reader):
    assert reader.post(passage_address()).status_code == 405


def test_a_skill_shows_its_passages(course, reader):
    page = reader.get(reverse("courses:skill", args=["algebra", "undo"])).content.decode()
    assert "Undoing" in page
    assert "A balance" in page


def test_a_skill_without_passages_shows_general_hints_at_their_anchors(course, reader):
    [text] = [text for text in texts_of(course) if text.skills == ("powers",)]
    address, anchor = text.url.split("#")
    page = reader.get(address).content.decode()
    assert f'id="{anchor}"' in page
    assert "always add the exponents" in page
    assert "Its authors" in page


def test_hints_of_the_problem_that_lies_open_are_left_to_the_tutor(course, reader):
    address = reverse("courses:skill", args=["algebra", "powers"])
    session = SessionFactory(course=course, learner=reader.user, problem=course.problems.get())
    assert "always add the exponents" not in reader.get(address).content.decode()
    SessionFactory(course=course, learner=UserFactory(), problem=course.problems.get())
    session.ended_at = session.started_at
    session.save()
    assert "always add the exponents" in reader.get(address).content.decode()


def test_a_skill_of_which_nothing_is_said_says_so(course, reader):
    page = reader.get(reverse("courses:skill", args=["algebra", "bare"])).content.decode()
    assert "no text that explains this skill" in page


def test_every_page_has_one_heading_and_a_way_back(course, reader):
    for address in (passage_address(), reverse("courses:skill", args=["algebra", "powers"])):
        page = reader.get(address).content.decode()
        assert page.count("<h1") == 1
        assert 'aria-current="page"' in page
