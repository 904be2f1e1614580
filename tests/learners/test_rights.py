"""Taking one's data away, and having it deleted."""

import json

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from tests.factories import (
    PASSWORD,
    AdminFactory,
    EventFactory,
    RecordFactory,
    SectionFactory,
    SessionFactory,
    SkillStateFactory,
    TurnFactory,
    UserFactory,
)
from tutor_app.learners.models import Event, Membership, Record, SkillState, User
from tutor_app.tutoring.models import Session, Turn

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def ana() -> User:
    """A learner of whom everything exists that can exist."""
    user = UserFactory(username="ana", email="ana@example.com")
    event = EventFactory(learner=user, text="x = 8", correct=False)
    SkillStateFactory(learner=user, skill=event.step.skills.get())
    RecordFactory(learner=user, course=event.course, event_count=1)
    SectionFactory(course=event.course, learners=[user])
    TurnFactory(session=SessionFactory(learner=user, course=event.course), text="what does this mean?")
    AccessAttempt.objects.create(username="ana", ip_address="127.0.0.1", failures_since_start=1)
    return user


def test_the_download_holds_the_log_the_mastery_and_the_conversations(ana):
    response = signed_in(ana).get(reverse("learners:download"))
    assert response["Content-Disposition"].startswith("attachment")
    data = json.loads(response.content)
    assert data["account"]["username"] == "ana"
    assert [(event["number"], event["text"], event["correct"]) for event in data["events"]] == [(1, "x = 8", False)]
    assert len(data["events"][0]["skills"]) == 1
    assert [state["mastery"] for state in data["mastery"]] == [0.72]
    assert data["classes"][0]["role"] == "learner"
    assert data["conversations"][0]["turns"][0]["text"] == "what does this mean?"
    assert "password" not in data["account"]


def test_the_download_holds_nobody_elses_data(ana):
    EventFactory(text="the other's words")
    assert "the other's words" not in signed_in(ana).get(reverse("learners:download")).content.decode()


def test_the_download_asks_a_fixed_number_of_questions(ana, django_assert_max_num_queries):
    step = Event.objects.get(learner=ana).step
    for _ in range(30):
        EventFactory(learner=ana, step=step)
    client = signed_in(ana)
    with django_assert_max_num_queries(12):
        assert len(client.get(reverse("learners:download")).json()["events"]) == 31


def test_deleting_leaves_nothing(ana):
    response = signed_in(ana).post(reverse("learners:delete"), {"password": PASSWORD})
    assert response.status_code == 302
    assert not User.objects.filter(username="ana").exists()
    for model in (Event, SkillState, Record, Membership, Session, Turn, AccessAttempt):
        assert not model.objects.exists(), model


def test_deleting_touches_nobody_else(ana):
    event = EventFactory(step=Event.objects.get(learner=ana).step)
    signed_in(ana).post(reverse("learners:delete"), {"password": PASSWORD})
    assert list(Event.objects.all()) == [event]


@pytest.mark.parametrize("password", ["", "wrong", "x" * 100_000, "\x00"])
def test_without_the_password_nothing_is_deleted(ana, password):
    response = signed_in(ana).post(reverse("learners:delete"), {"password": password})
    assert response.status_code == 400
    assert b'class="errorlist"' in response.content
    assert User.objects.filter(username="ana").exists()


def test_the_last_administrator_cannot_delete_themselves():
    admin = AdminFactory()
    response = signed_in(admin).post(reverse("learners:delete"), {"password": PASSWORD})
    assert response.status_code == 400
    assert "Make somebody else an administrator first" in response.content.decode()
    AdminFactory()
    assert signed_in(admin).post(reverse("learners:delete"), {"password": PASSWORD}).status_code == 302
    assert User.objects.count() == 1


def test_my_data_says_who_sees_it(ana):
    page = signed_in(ana).get(reverse("learners:mine")).content.decode()
    assert Membership.objects.get(user=ana).section.name in page
    assert "A log of 1 thing " in page


@pytest.mark.parametrize("name", ["mine", "download"])
def test_my_data_needs_a_sign_in(client, name):
    assert client.get(reverse(f"learners:{name}")).status_code == 302
