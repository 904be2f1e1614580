"""Events: impossible ones are refused, and one event alone is encoded as in a whole log."""

import math

import numpy as np
import pytest

from models_core.curriculum import UnknownStep
from models_core.events import HAPPENED, Attempt, Chat, EventError, HintShown, StudentNote, encode_event, encode_log

NOW = 1_700_000_000.0


def named(row):
    return dict(zip(HAPPENED, row.tolist(), strict=True))


def test_an_attempt_by_hand():
    note = StudentNote(probability=0.5, sd=0.1, teacher_probability=0.4)
    row = named(encode_event(Attempt("p1/a", False, NOW, math.e**4 - 1, 2, 3, note), gap_s=math.e**8 - 1))
    assert (row["attempt"], row["hint"], row["chat"], row["outcome"]) == (1, 0, 0, -1)
    assert row["log_seconds"] == pytest.approx(1)
    assert row["log_hints"] == pytest.approx(math.log(3))
    assert row["log_try"] == pytest.approx(math.log(3))
    assert row["log_gap"] == pytest.approx(1)
    assert row["note_logit"] == 0
    assert row["note_surprise"] == -0.5
    assert row["note_sd"] == pytest.approx(0.4)
    assert row["note_disagreement"] == pytest.approx(0.3)


def test_without_a_note_or_a_clock_the_columns_say_so():
    row = named(encode_event(Attempt("p1/a", True, NOW, None, 0, 1), gap_s=None))
    assert row["seconds_known"] == row["log_seconds"] == row["note_given"] == row["note_surprise"] == 0
    assert row["first"] == 1
    assert named(encode_event(Attempt("p1/a", True, NOW, 0.0, 0, 1), gap_s=0.0))["seconds_known"] == 1


def test_hints_and_chats_are_told_apart():
    assert named(encode_event(HintShown("p1/a", 2, NOW), 5.0))["hint_level"] == pytest.approx(math.log(3))
    assert named(encode_event(Chat(None, NOW), 5.0))["chat"] == 1


def test_a_log_is_its_events_encoded_one_by_one(log, curriculum):
    code = encode_log(log, curriculum)
    for t, event in enumerate(log):
        gap = None if t == 0 else event.at - log[t - 1].at
        assert np.array_equal(code.happened[t], encode_event(event, gap))
    assert code.scored.sum() == sum(isinstance(e, Attempt) and not e.hints for e in log)


def test_an_empty_log_is_a_log(curriculum):
    assert len(encode_log([], curriculum)) == 0


def test_a_chat_about_nothing_points_past_all_steps_and_skills(curriculum):
    assert encode_log([Chat(None, NOW)], curriculum).asked.tolist() == [9]


def test_time_that_runs_backwards_is_held_still(curriculum):
    code = encode_log([Chat(None, NOW), Chat(None, NOW - 9), Chat(None, NOW + 1)], curriculum)
    assert code.at.tolist() == [NOW, NOW, NOW + 1]


def test_an_unknown_step_is_refused_by_name(curriculum):
    with pytest.raises(UnknownStep, match="'p9/z' is not in the curriculum of 'small'"):
        encode_log([HintShown("p9/z", 1, NOW)], curriculum)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Attempt("a", True, float("nan"), 1.0, 0, 1), "cannot happen at nan"),
        (lambda: Attempt("a", True, NOW, -1.0, 0, 1), "cannot take -1.0 seconds"),
        (lambda: Attempt("a", True, NOW, float("inf"), 0, 1), "cannot take inf seconds"),
        (lambda: Attempt("a", True, NOW, 1.0, -1, 1), "cannot have used -1 hints"),
        (lambda: Attempt("a", True, NOW, 1.0, 0, 0), "counted from 1, not 0"),
        (lambda: HintShown("a", 0, NOW), "counted from 1, not 0"),
        (lambda: HintShown("a", 1, float("inf")), "cannot happen at inf"),
        (lambda: StudentNote(1.2, 0.1, 0.5), r"probability of a note must lie in \[0, 1\], not 1.2"),
        (lambda: StudentNote(0.5, float("nan"), 0.5), "sd of a note"),
        (lambda: Chat(None, NOW, np.zeros(3, np.float32)), "384 numbers, not shape"),
        (lambda: Chat(None, NOW, np.full(384, np.nan, np.float32)), "not finite"),
    ],
)
def test_what_cannot_have_happened_is_refused(make, sentence):
    with pytest.raises(EventError, match=sentence):
        make()
