"""Coming into a class and leaving it."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.factories import InstructorFactory, SectionFactory, UserFactory
from tutor_app.learners.joining import GUESSES_PER_MINUTE, normalise_code
from tutor_app.learners.models import Membership, Section, User

pytestmark = pytest.mark.django_db
JOIN = "/join/"


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()


@pytest.fixture
def section() -> Section:
    return SectionFactory(name="Algebra I, period 3", join_code="ABCD2345")


def learner_client(user: User | None = None) -> Client:
    client = Client()
    client.force_login(user or UserFactory())
    return client


def test_codes_are_read_without_regard_to_case_spaces_and_dashes():
    assert normalise_code("  abcd-23 45\n") == "ABCD2345"


@pytest.mark.parametrize("typed", ["ABCD2345", "abcd2345", " abcd 2345 ", "ABCD-2345"])
def test_a_code_lets_a_learner_in(section, typed):
    user = UserFactory()
    response = learner_client(user).post(JOIN, {"code": typed})
    assert response.status_code == 302
    assert Membership.objects.get(section=section, user=user).role == Membership.Role.LEARNER


@pytest.mark.parametrize(
    "typed", ["", "ZZZZZZZZ", "' OR 1=1 --", "<script>alert(1)</script>", "A" * 100_000, "\x00", "⁹" * 8]
)
def test_a_code_that_leads_nowhere_gets_a_sentence_and_changes_nothing(section, typed):
    response = learner_client().post(JOIN, {"code": typed})
    assert response.status_code == 400
    assert b'class="errorlist"' in response.content
    assert b"<script>alert" not in response.content
    assert not Membership.objects.exists()


def test_joining_twice_is_harmless(section):
    user = UserFactory()
    client = learner_client(user)
    for _ in range(2):
        assert client.post(JOIN, {"code": section.join_code}).status_code == 302
    assert Membership.objects.filter(section=section, user=user).count() == 1


def test_an_instructor_who_types_the_own_code_stays_instructor(section):
    instructor = InstructorFactory()
    Membership.objects.create(section=section, user=instructor, role=Membership.Role.INSTRUCTOR)
    learner_client(instructor).post(JOIN, {"code": section.join_code})
    assert Membership.objects.get(section=section, user=instructor).role == Membership.Role.INSTRUCTOR


def test_guessing_is_slowed_down_for_the_guesser_alone(section):
    client = learner_client()
    for _ in range(GUESSES_PER_MINUTE):
        client.post(JOIN, {"code": "ZZZZZZZZ"})
    response = client.post(JOIN, {"code": section.join_code})
    assert response.status_code == 400
    assert "Wait a minute" in response.content.decode()
    assert not Membership.objects.exists()
    assert learner_client().post(JOIN, {"code": section.join_code}).status_code == 302


def test_opening_a_class_link_joins_nobody_unasked(section):
    response = learner_client().get(JOIN, {"code": section.join_code})
    assert response.status_code == 200
    assert 'value="ABCD2345"' in response.content.decode()
    assert not Membership.objects.exists()


def test_somebody_who_is_not_signed_in_signs_in_and_comes_back_with_the_code(client, section):
    response = client.get(JOIN, {"code": section.join_code})
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/join/%3Fcode%3DABCD2345"


SIGN_UP = {"username": "newcomer", "email": "", "password1": "seven red kites", "password2": "seven red kites"}


def test_signing_up_with_a_code_joins_the_class(client, section):
    page = client.get(reverse("account_signup"), {"code": "ABCD2345"})
    assert 'value="ABCD2345"' in page.content.decode()
    response = client.post(reverse("account_signup"), SIGN_UP | {"code": "abcd 2345"})
    assert response.status_code == 302
    assert Membership.objects.get(section=section).user.username == "newcomer"


def test_a_class_link_followed_before_signing_up_fills_in_the_code(client, section):
    client.get(JOIN, {"code": "abcd2345"})
    assert 'value="ABCD2345"' in client.get(reverse("account_signup")).content.decode()


def test_signing_up_with_a_wrong_code_says_so_and_makes_no_account(client, section):
    response = client.post(reverse("account_signup"), SIGN_UP | {"code": "ZZZZZZZZ"})
    assert "No class has this code" in response.content.decode()
    assert not User.objects.filter(username="newcomer").exists()


def test_signing_up_without_a_code_joins_nothing(client):
    assert client.post(reverse("account_signup"), SIGN_UP).status_code == 302
    assert User.objects.get(username="newcomer").memberships.count() == 0


def test_a_learner_leaves_and_only_by_post(section):
    user = UserFactory()
    Membership.objects.create(section=section, user=user, role=Membership.Role.LEARNER)
    client = learner_client(user)
    leave = reverse("learners:leave", args=[section.pk])
    assert client.get(leave).status_code == 405
    assert client.post(leave).status_code == 302
    assert not Membership.objects.exists()
    assert client.post(leave).status_code == 404


def test_an_instructor_cannot_leave_by_the_learners_door(section):
    instructor = InstructorFactory()
    Membership.objects.create(section=section, user=instructor, role=Membership.Role.INSTRUCTOR)
    assert learner_client(instructor).post(reverse("learners:leave", args=[section.pk])).status_code == 404
    assert Membership.objects.exists()


def test_joining_needs_the_csrf_token(section):
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory())
    assert client.post(JOIN, {"code": section.join_code}).status_code == 403
