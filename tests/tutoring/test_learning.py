"""How long an answer took, as the log keeps it."""

from datetime import timedelta

import pytest

from tests.factories import LONG_AGO
from tutor_app.tutoring.learning import seconds_between


@pytest.mark.parametrize(("after", "seconds"), [(0, 0.0), (1.5, 1.5), (3600, 3600.0), (90_000, 3600.0), (-1, None)])
def test_the_time_an_answer_took_is_kept_within_reason(after: float, seconds: float | None) -> None:
    assert seconds_between(LONG_AGO, LONG_AGO + timedelta(seconds=after)) == seconds


def test_the_time_is_unknown_when_the_step_was_never_shown() -> None:
    assert seconds_between(None, LONG_AGO) is None
