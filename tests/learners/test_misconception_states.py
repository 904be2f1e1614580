"""The rows of what is believed about misconceptions: their questions, their limits, and what their learner is told."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from tests.factories import LONG_AGO, MisconceptionFactory, MisconceptionStateFactory, UserFactory
from tutor_app.learners.models import MisconceptionState
from tutor_app.learners.rights import collect_data, delete_account
from tutor_app.tutoring.mixed_up import MOST_OPEN, mixed_up

pytestmark = pytest.mark.django_db


def state(learner, stage: str, days: int = 0, **fields: object) -> MisconceptionState:
    at = LONG_AGO + timedelta(days=days)
    return MisconceptionStateFactory(
        learner=learner, stage=stage, last_met=at, resolved_at=at if stage == "resolved" else None, **fields
    )


def test_stages_are_asked_for_by_name():
    learner = UserFactory()
    for stage in ("unseen", "suspected", "probed", "confirmed", "resolved"):
        state(learner, stage)
    states = MisconceptionState.objects
    assert {row.stage for row in states.open()} == {"suspected", "probed", "confirmed"}
    assert {row.stage for row in states.met()} == {"suspected", "probed", "confirmed", "resolved"}
    assert {row.stage for row in states.resolved()} == {"resolved"}


def test_a_learner_has_one_row_of_a_misconception():
    row = MisconceptionStateFactory()
    with pytest.raises(IntegrityError):
        MisconceptionStateFactory(learner=row.learner, misconception=row.misconception)


@pytest.mark.parametrize("probability", [-0.1, 1.1])
def test_a_belief_is_a_probability(probability):
    with pytest.raises(IntegrityError):
        MisconceptionStateFactory(probability=probability)


def test_they_are_part_of_my_data_and_go_with_the_account():
    learner = UserFactory()
    state(learner, "probed", misconception=MisconceptionFactory(slug="loses-the-sign"))
    [told] = collect_data(learner, timezone.now())["misconceptions"]
    assert (told["misconception"], told["stage"], told["times_met"]) == ("loses-the-sign", "probed", 1)
    delete_account(user=learner)
    assert not MisconceptionState.objects.exists()


# --- what their learner is told -----------------------------------------------------------------------------------


def home(learner) -> str:
    client = Client()
    client.force_login(learner)
    response = client.get("/")
    assert response.status_code == 200
    return response.content.decode()


def test_the_home_page_says_what_it_looks_like_and_what_helps():
    learner = UserFactory()
    wrong_idea = MisconceptionFactory(name="Loses the sign", remedy="Draw a loop round $-3x$.")
    state(learner, "suspected", misconception=wrong_idea)
    page = home(learner)
    for words in ("What I think you mix up", "Loses the sign", "It may have been a slip.", "Draw a loop round $-3x$."):
        assert words in page


def test_without_any_the_home_page_says_nothing_of_it():
    learner = UserFactory()
    state(learner, "unseen")
    state(UserFactory(), "confirmed")
    assert "What I think you mix up" not in home(learner)


@pytest.mark.parametrize(
    ("stage", "since", "words"),
    [
        ("suspected", 0, "It may have been a slip."),
        ("probed", 0, "I asked you about it."),
        ("confirmed", 0, "Many people meet this one"),
        ("confirmed", 1, "1 time since, you got it right"),
        ("probed", 2, "2 times since, you got it right"),
        ("resolved", 3, "This is behind you"),
    ],
)
def test_each_stage_has_kind_words(stage, since, words):
    learner = UserFactory()
    state(learner, stage, opportunities_since=since)
    [told] = mixed_up(learner)
    assert words in told.words


def test_the_latest_come_first_and_not_too_many_are_told():
    learner = UserFactory()
    for days in range(MOST_OPEN + 3):
        state(learner, "confirmed", days)
    state(learner, "resolved", 100)
    told = mixed_up(learner)
    assert [one.state.last_met for one in told[:2]] == [LONG_AGO + timedelta(days=d) for d in (8, 7)]
    assert len(told) == MOST_OPEN + 1
    assert told[-1].resolved
