"""The record: counts that can be checked by hand."""

import math

import numpy as np
import pytest

from models_core.events import Attempt, Chat, HintShown
from models_core.record import LOCAL, RECENCY, Record, local_features, query_features

NOW = 1_700_000_000.0


def lived(curriculum, *events):
    record = Record()
    for event in events:
        record = record.after(event, curriculum)
    return record


def test_a_success_is_a_right_answer_without_hints(curriculum):
    record = lived(
        curriculum,
        Attempt("p1/a", True, NOW, 5.0, 0, 1),
        Attempt("p1/b", True, NOW + 1, 5.0, 1, 1),
        Attempt("p1/b", False, NOW + 2, 5.0, 0, 2),
    )
    tally = record.skill(0)
    assert (tally.attempts, tally.successes, tally.streak, tally.last_at) == (3, 1, -2, NOW + 2)
    assert tally.recent == pytest.approx(RECENCY**2)
    assert tally.weight == pytest.approx(1 + RECENCY + RECENCY**2)


def test_an_attempt_counts_for_every_skill_of_its_step(curriculum):
    record = lived(curriculum, Attempt("p5/a", True, NOW, None, 0, 1))
    assert (record.skill(2).attempts, record.skill(0).attempts, record.skill(1).attempts) == (1, 1, 0)
    assert record.overall.attempts == 1


def test_hints_and_chats_are_no_attempts(curriculum):
    record = lived(curriculum, HintShown("p1/a", 1, NOW), HintShown("p1/a", 2, NOW), Chat("p1/a", NOW), Chat(None, NOW))
    assert (record.skill(0).hints, record.skill(0).attempts) == (2, 0)


def test_a_record_never_changes(curriculum):
    before = lived(curriculum, Attempt("p1/a", True, NOW, None, 0, 1))
    before.after(Attempt("p1/a", False, NOW, None, 0, 2), curriculum)
    assert before.skill(0).attempts == before.steps[0].attempts == 1


def test_local_features_by_hand(curriculum):
    record = lived(curriculum, Attempt("p1/b", True, NOW, None, 0, 1), HintShown("p1/b", 1, NOW + 1))
    row = dict(zip(LOCAL, local_features(record, curriculum, 0, 1, NOW + 3600 * (math.e - 1), 2).tolist(), strict=True))
    assert row["log_attempts"] == row["log_successes"] == row["step_log_attempts"] == pytest.approx(math.log(2))
    assert row["log_failures"] == row["new_skill"] == row["typical"] == 0
    assert row["streak"] == pytest.approx(1 / 3)
    assert row["log_away"] == pytest.approx(1 / 3)
    assert row["step_last"] == 1
    assert row["difficulty"] == 0.5
    assert row["context_given"] == 1
    assert row["context_log_age"] == pytest.approx(math.log(3))


def test_without_a_step_or_a_context_the_features_say_so(curriculum):
    row = dict(zip(LOCAL, local_features(Record(), curriculum, 0, None, NOW, None).tolist(), strict=True))
    assert row["typical"] == row["new_skill"] == 1
    assert row["context_given"] == row["context_log_age"] == row["difficulty"] == 0


def test_the_teacher_is_told_about_the_main_skill_a_typical_step_or_nothing(curriculum):
    record = lived(curriculum, Attempt("p1/a", True, NOW, None, 0, 1))
    # p5/a exercises "graph" and "add"; "graph" is taught last, and new
    assert query_features(record, curriculum, 5, NOW)[LOCAL.index("new_skill")] == 1
    assert query_features(record, curriculum, 6, NOW)[LOCAL.index("typical")] == 1
    assert not query_features(record, curriculum, 9, NOW).any()


def test_the_plain_rate_moves_with_what_happened_lately(curriculum):
    wrong = lived(curriculum, *(Attempt("p1/a", False, NOW + i, None, 0, 1) for i in range(5)))
    assert wrong.rate(0) < Record().rate(0) == pytest.approx(0.6)
    assert np.isfinite(wrong.rate(2))
