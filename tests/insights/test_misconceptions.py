"""What an instructor sees of a learner's misconceptions."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import LONG_AGO, EventFactory, MisconceptionFactory, MisconceptionStateFactory, UserFactory
from tests.insights.conftest import signed_in
from tutor_app.insights.misconceptions import held_by
from tutor_app.learners.models import MisconceptionState

pytestmark = pytest.mark.django_db


def shown(world, name: str, *arguments: object) -> str:
    response = signed_in(world.instructor).get(reverse(f"insights:{name}", args=[world.section.pk, *arguments]))
    assert response.status_code == 200
    return response.content.decode()


def test_the_learners_page_shows_the_stage_how_likely_and_where_it_comes_from(world):
    page = shown(world, "learner", world.learner.pk)
    row = page[page.index('id="misconceptions"') :].split("</section>")[0]
    for words in ("Loses the sign", "Suspected", "93 of 100", "Met 1 time"):
        assert words in row
    assert reverse("insights:misconception", args=[world.section.pk, world.learner.pk, world.misconception.pk]) in row


def test_a_learner_of_whom_nothing_was_met_has_none(world):
    MisconceptionState.objects.update(stage="unseen", times_met=0)
    assert "None was met so far." in shown(world, "learner", world.learner.pk)


def test_its_page_shows_the_answers_behind_it_and_no_others(world):
    EventFactory(
        learner=world.learner, step=world.step, correct=False, text="-5", misconception=world.misconception.slug
    )
    page = shown(world, "misconception", world.learner.pk, world.misconception.pk)
    assert "<q data-typed>-5</q>" in page
    assert "<q data-typed>8</q>" not in page
    assert "The answer behind it" in page


def test_what_was_never_met_has_no_page(world):
    other = MisconceptionFactory(course=world.course)
    MisconceptionStateFactory(learner=world.learner, misconception=other, stage="unseen", times_met=0)
    address = reverse("insights:misconception", args=[world.section.pk, world.learner.pk, other.pk])
    assert signed_in(world.instructor).get(address).status_code == 404


def test_another_courses_misconceptions_stay_hidden(world):
    elsewhere = MisconceptionStateFactory(learner=world.learner).misconception
    address = reverse("insights:misconception", args=[world.section.pk, world.learner.pk, elsewhere.pk])
    assert signed_in(world.instructor).get(address).status_code == 404
    assert held_by(world.learner, world.course)[0].misconception == world.misconception
    assert len(held_by(world.learner, world.course)) == 1


def test_another_learners_misconceptions_are_not_found_through_ones_own(world):
    stranger = UserFactory()
    theirs = MisconceptionFactory(course=world.course)
    MisconceptionStateFactory(learner=stranger, misconception=theirs)
    address = reverse("insights:misconception", args=[world.section.pk, world.learner.pk, theirs.pk])
    assert signed_in(world.instructor).get(address).status_code == 404


def test_what_is_open_stands_before_what_is_resolved(world):
    for days, stage in ((3, "resolved"), (2, "confirmed"), (1, "probed")):
        MisconceptionStateFactory(
            learner=world.learner,
            misconception=MisconceptionFactory(course=world.course),
            stage=stage,
            last_met=LONG_AGO + timedelta(days=days),
        )
    assert [held.state.stage for held in held_by(world.learner, world.course)] == [
        "confirmed",
        "probed",
        "suspected",
        "resolved",
    ]


def test_right_answers_since_are_told(world):
    MisconceptionState.objects.update(times_met=3, opportunities_since=2)
    [held] = held_by(world.learner, world.course)
    assert held.met == "met 3 times, 2 right answers since where it could have shown"


def test_the_learners_page_asks_as_many_questions_for_ten_as_for_one(world, django_assert_num_queries):
    client, address = (
        signed_in(world.instructor),
        reverse("insights:learner", args=[world.section.pk, world.learner.pk]),
    )
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for _ in range(10):
        MisconceptionStateFactory(learner=world.learner, misconception__course=world.course)
    with django_assert_num_queries(len(few)):
        client.get(address)
