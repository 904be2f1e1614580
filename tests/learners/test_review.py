"""When a skill is seen again: off the log alone, the same for ever."""

from datetime import UTC, datetime, timedelta

import pytest
from fsrs import Rating
from hypothesis import given
from hypothesis import strategies as st

from tutor_app.learners.review import due_at, rate, review

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("try_number", "hints", "rating"),
    [
        (1, 0, Rating.Good),
        (2, 0, Rating.Hard),
        (1, 1, Rating.Hard),
        (2, 1, Rating.Hard),
        (3, 0, Rating.Again),
        (1, 2, Rating.Again),
        (9, 9, Rating.Again),
    ],
)
def test_how_a_step_was_solved_says_how_well_it_was_remembered(try_number: int, hints: int, rating: Rating):
    assert rate(try_number=try_number, hints=hints) == rating


def log(reviews: list[tuple[float, int, int]]) -> dict:
    card, at = {}, START
    for days, try_number, hints in reviews:
        at += timedelta(days=days)
        card = review(card, skill_id=7, try_number=try_number, hints=hints, at=at)
    return card


REVIEWS = st.lists(st.tuples(st.floats(-1, 400), st.integers(1, 5), st.integers(0, 4)), min_size=1, max_size=8)


@given(REVIEWS)
def test_the_same_log_gives_the_same_card_and_a_date_that_can_be_read(reviews: list[tuple[float, int, int]]):
    card = log(reviews)
    assert log(reviews) == card
    assert due_at(card).tzinfo is not None


def test_the_pause_grows_with_every_easy_success():
    pauses, card, at = [], {}, START
    for _ in range(4):
        card = review(card, skill_id=1, try_number=1, hints=0, at=at)
        pauses.append(due_at(card) - at)
        at = due_at(card)
    assert pauses == sorted(pauses)
    assert pauses[0] >= timedelta(days=1)
    assert pauses[-1] > 5 * pauses[0]


def test_what_was_hard_comes_back_sooner():
    easy, hard = (review({}, skill_id=1, try_number=n, hints=0, at=START) for n in (1, 3))
    assert due_at(hard) < due_at(easy)


def test_a_clock_that_runs_backwards_breaks_nothing():
    card = review({}, skill_id=1, try_number=1, hints=0, at=START)
    again = review(card, skill_id=1, try_number=1, hints=0, at=START - timedelta(days=3))
    assert due_at(again) > START - timedelta(days=3)
