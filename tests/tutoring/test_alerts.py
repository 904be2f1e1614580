"""When a person has to know: who is told, where it shows, and that nobody else hears of it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from tests.factories import LONG_AGO, InstructorFactory, SectionFactory, TurnFactory, UserFactory
from tests.tutoring.conftest import Walk
from tutor_app.tutoring.alerts import raise_alert, somebody_watches, tell
from tutor_app.tutoring.models import Alert
from tutor_app.tutoring.understanding import Intent

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def hill():
    return InstructorFactory(username="mr_hill", email="hill@school.example")


@pytest.fixture
def turn(hill):
    turn = TurnFactory(text="they hit me at home", session__learner=UserFactory(username="ana", first_name="Ana"))
    learner, course = turn.session.learner, turn.session.course
    SectionFactory(course=course, learners=[learner], instructors=[hill])
    return turn


def test_an_alert_is_raised_once_however_often_the_turn_is_done(turn):
    first = raise_alert(turn, turn.session, Intent.DISTRESS, LONG_AGO)
    again = raise_alert(turn, turn.session, Intent.DISTRESS, LONG_AGO + timedelta(minutes=1))
    assert first == again
    assert (first.kind, first.raised_at) == ("distress", LONG_AGO)


def test_the_teachers_of_the_learner_and_the_institution_are_written_to_without_the_words(turn, settings):
    settings.CARE_EMAIL = "care@school.example"
    alert = raise_alert(turn, turn.session, Intent.DISTRESS, LONG_AGO)
    assert tell(alert.pk) == 2
    assert sorted(address for message in mail.outbox for address in message.to) == [
        "care@school.example",
        "hill@school.example",
    ]
    assert all("Ana" in message.subject and "hit me" not in message.body for message in mail.outbox)


def test_they_are_written_to_once(turn):
    alert = raise_alert(turn, turn.session, Intent.DISTRESS, LONG_AGO)
    assert [tell(alert.pk), tell(alert.pk)] == [1, 0]


def test_who_asks_for_a_person_does_not_alarm_the_institution(turn, settings):
    settings.CARE_EMAIL = "care@school.example"
    tell(raise_alert(turn, turn.session, Intent.PERSON, LONG_AGO).pk)
    assert [message.to for message in mail.outbox] == [["hill@school.example"]]


def test_a_learner_without_a_class_is_watched_by_the_institution_or_by_nobody(settings):
    alone = UserFactory()
    settings.CARE_EMAIL = ""
    assert not somebody_watches(alone)
    settings.CARE_EMAIL = "care@school.example"
    assert somebody_watches(alone)


def test_without_a_mail_server_the_pages_still_show_it(turn, hill, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    alert = raise_alert(turn, turn.session, Intent.DISTRESS, LONG_AGO)
    assert tell(alert.pk) == 0
    assert "wrote about harm" in signed_in(hill).get("/classes/").content.decode()


@pytest.mark.parametrize("page", ["/classes/", "/classes/alerts/"])
def test_it_stands_on_the_teachers_pages_until_somebody_looks_after_it(turn, hill, page):
    alert = raise_alert(turn, turn.session, Intent.PERSON, LONG_AGO)
    client = signed_in(hill)
    assert "asks for a person" in client.get(page).content.decode()
    assert client.post(f"/classes/alerts/{alert.pk}/seen/").status_code == 302
    alert.refresh_from_db()
    assert alert.seen_by == hill
    assert "asks for a person" not in client.get(page).content.decode()


def test_it_leads_to_the_conversation(turn, hill):
    raise_alert(turn, turn.session, Intent.DISTRESS, LONG_AGO)
    client = signed_in(hill)
    [section] = hill.sections.all()
    link = f"/classes/{section.pk}/learners/{turn.session.learner_id}/sessions/{turn.session_id}/"
    assert link in client.get("/classes/").content.decode()
    assert "they hit me at home" in client.get(link).content.decode()


def test_the_teacher_of_another_class_sees_and_settles_nothing(turn):
    alert = raise_alert(turn, turn.session, Intent.DISTRESS, LONG_AGO)
    dale = InstructorFactory(username="ms_dale")
    SectionFactory(instructors=[dale])
    client = signed_in(dale)
    assert "wrote about harm" not in client.get("/classes/").content.decode()
    assert client.post(f"/classes/alerts/{alert.pk}/seen/").status_code == 404
    assert Alert.objects.unseen().count() == 1


def test_nobody_is_sent_away_from_the_site_by_the_way_back(turn, hill):
    alert = raise_alert(turn, turn.session, Intent.DISTRESS, LONG_AGO)
    response = signed_in(hill).post(f"/classes/alerts/{alert.pk}/seen/", {"next": "https://elsewhere.example/"})
    assert response["Location"] == "/classes/"


class TestInTheConversation:
    def test_who_asks_for_a_person_is_told_the_truth_about_who_hears_it(self, walk: Walk):
        turn = walk.say("can I talk to a real person")
        assert turn.move == "hand over"
        assert "no teacher here" in "".join(turn.reply)
        assert Alert.objects.get().turn == turn

    def test_the_problem_and_its_tries_stay_as_they_were(self, walk: Walk):
        walk.go_to("add")
        walk.wrong()
        before = walk.session
        walk.say("I want to talk to my teacher")
        after = walk.session
        assert (after.step_id, after.wrong_tries, after.hints_given) == (before.step_id, 1, before.hints_given)
