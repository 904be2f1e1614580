"""The record: counts and abilities that can be checked by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest

from models_core.events import Attempt, Chat, HintShown
from models_core.record import (
    CONTEXT_AGE,
    CONTEXT_GIVEN,
    LOCAL,
    OTHERS,
    Record,
    as_typical,
    local_features,
    query_features,
)

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
    assert tally.recent == pytest.approx(0.8**2)
    assert tally.weight == pytest.approx(1 + 0.8 + 0.8**2)
    assert tally.latest == pytest.approx(0.5**2)
    assert tally.latest_weight == pytest.approx(1 + 0.5 + 0.5**2)
    assert (record.step(0).streak, record.step(1).streak) == (1, -2)
    overall = record.overall
    assert (overall.attempts, overall.successes, overall.streak, overall.last_success) == (3, 1, -2, False)
    assert overall.fast == pytest.approx(0.6**3 * 0.6 + 0.6**2 * 0.4)
    assert overall.middle == pytest.approx(0.85**3 * 0.6 + 0.85**2 * 0.15)
    assert overall.slow == pytest.approx(0.97**3 * 0.6 + 0.97**2 * 0.03)


def test_an_attempt_counts_for_every_skill_of_its_step(curriculum):
    record = lived(curriculum, Attempt("p5/a", True, NOW, None, 0, 1))
    assert (record.skill(2).attempts, record.skill(0).attempts, record.skill(1).attempts) == (1, 1, 0)
    assert record.overall.attempts == 1
    assert record.overall.last_skill == 2  # what the step is about


def test_the_first_answer_moves_abilities_by_hand(curriculum):
    # p1/b is answered right with 7/8, anything in the course with 1/2; the first answer moves a skill by 0.56 + 0.056
    # of what was missed, the learner by 0.3 + 0.02, and a step, whose difficulty is not known, by 0.5
    record = lived(curriculum, Attempt("p1/b", True, NOW, None, 0, 1))
    assert record.overall.ability == pytest.approx(0.32 / 8)
    assert record.skill(0).ability == pytest.approx(0.616 / 8)
    assert record.overall.plain_ability == pytest.approx(0.32 / 2)
    assert record.skill(0).plain_ability == pytest.approx(0.616 / 2)
    assert record.step(1).plain_ability == pytest.approx(0.5 / 2)
    assert record.step(1).ability == 0
    assert record.overall.surprise == pytest.approx(0.1 / 8)
    assert record.skill(0).surprise == record.step(1).surprise == pytest.approx(0.25 / 8)
    assert record.overall.gain == record.skill(0).gain == record.step(1).gain == pytest.approx(1 / 8)


def test_the_second_answer_moves_abilities_less_and_from_where_they_are_by_hand(curriculum):
    record = lived(curriculum, Attempt("p1/b", True, NOW, None, 0, 1), Attempt("p1/b", False, NOW, None, 0, 2))
    expected = 1 / (1 + math.exp(-(math.log(7) + 0.32 / 8 + 0.616 / 8)))
    plain = 1 / (1 + math.exp(-(0.32 / 2 + 0.616 / 2 + 0.5 / 2)))
    assert record.skill(0).ability == pytest.approx(0.616 / 8 - (0.56 / 1.12 + 0.056) * expected)
    assert record.overall.ability == pytest.approx(0.32 / 8 - (0.3 / 1.06 + 0.02) * expected)
    assert record.skill(0).plain_ability == pytest.approx(0.616 / 2 - (0.56 / 1.12 + 0.056) * plain)
    assert record.overall.plain_ability == pytest.approx(0.32 / 2 - (0.3 / 1.06 + 0.02) * plain)
    assert record.step(1).plain_ability == pytest.approx(0.5 / 2 - 0.5 * plain)
    assert record.overall.surprise == pytest.approx(0.9 * 0.1 / 8 - 0.1 * 7 / 8)
    assert record.skill(0).surprise == record.step(1).surprise == pytest.approx(0.75 * 0.25 / 8 - 0.25 * 7 / 8)
    assert record.overall.gain == record.skill(0).gain == record.step(1).gain == pytest.approx(1 / 8 - 7 / 8)


def test_an_aided_answer_moves_no_ability(curriculum):
    record = lived(curriculum, Attempt("p1/b", True, NOW, None, 1, 1))
    tallies = (record.overall, record.skill(0), record.step(1))
    assert [(tally.ability, tally.plain_ability) for tally in tallies if tally is not record.overall] == [(0, 0)] * 2
    assert (record.overall.ability, record.overall.plain_ability) == (0, 0)
    assert [(tally.attempts, tally.successes) for tally in tallies] == [(1, 0)] * 3


def test_a_run_is_of_attempts_on_the_same_skill_by_hand(curriculum):
    steps = ("p1/a", "p1/b", "p1/a", "p2/a", "p1/a")
    records = [Record()]
    for step in steps:
        records.append(records[-1].after(Attempt(step, True, NOW, None, 0, 1), curriculum))
    assert [record.overall.run for record in records] == [0, 0, 1, 2, 0, 0]
    # before the last attempt on a skill and a step, so many had been made anywhere
    assert (records[-1].skill(0).last_number, records[-1].skill(1).last_number) == (4, 3)
    assert (records[-1].step(0).last_number, records[-1].step(1).last_number) == (4, 1)


def test_hints_and_chats_are_no_attempts(curriculum):
    record = lived(curriculum, HintShown("p1/a", 1, NOW), HintShown("p1/a", 2, NOW), Chat("p1/a", NOW), Chat(None, NOW))
    assert (record.skill(0).hints, record.skill(0).attempts) == (2, 0)
    assert (record.step(0).hints, record.step(0).attempts) == (2, 0)
    assert record.overall == Record().overall


def test_a_hint_leaves_the_rest_of_a_tally_alone(curriculum):
    before = lived(curriculum, Attempt("p5/a", True, NOW, 9.0, 0, 1))
    after = before.after(HintShown("p5/a", 1, NOW + 5), curriculum)
    assert after.skill(2) == replace(before.skill(2), hints=1)
    assert after.skill(0) == replace(before.skill(0), hints=1)
    assert after.step(5) == replace(before.step(5), hints=1)
    assert after.overall == before.overall


def test_a_record_never_changes(curriculum):
    before = lived(curriculum, Attempt("p1/a", True, NOW, None, 0, 1))
    said = repr(before)
    before.after(Attempt("p1/a", False, NOW, None, 0, 2), curriculum)
    before.after(HintShown("p1/a", 1, NOW), curriculum)
    assert before.skill(0).attempts == before.steps[0].attempts == 1
    assert repr(before) == said


def named(row):
    return dict(zip(LOCAL, row.tolist(), strict=True))


def test_local_features_by_hand(curriculum):
    record = lived(
        curriculum,
        Attempt("p3/a", False, NOW - 9, None, 0, 1),
        Attempt("p1/b", True, NOW, None, 0, 1),
        HintShown("p1/b", 1, NOW + 1),
    )
    row = named(local_features(record, curriculum, 0, 1, NOW + 3600 * (math.e - 1), 2))
    ability = record.overall.ability + record.skill(0).ability
    plain = record.overall.plain_ability + record.skill(0).plain_ability + record.step(1).plain_ability
    assert row == pytest.approx(
        {
            "log_attempts": math.log(3),
            "rate": (1 + 1.95) / (2 + 3),
            "fast": 0.6 * 0.36 + 0.4,
            "middle": 0.85 * 0.51 + 0.15,
            "slow": 0.97 * 0.582 + 0.03,
            "last": 1,
            "streak": 1 / 4,
            "skill_log_successes": math.log(2),
            "skill_log_failures": 0,
            "skill_recent": 1.65 / 2,
            "skill_latest": 1.65 / 2,
            "skill_new": 0,
            "skill_log_since": math.log(2),
            "skill_last": 1,
            "skill_streak": 1 / 4,
            "skill_share": 1 / 2,
            "skill_run": 0,
            "skill_again": 1,
            "skill_again_last": 1,
            "skill_log_hints": math.log(2),
            "skill_log_away": 1 / 3,
            "step_log_successes": math.log(2),
            "step_log_failures": 0,
            "step_last": 1,
            "step_log_since": math.log(2),
            "step_again": 1,
            "step_again_last": 1,
            "step_log_hints": math.log(2),
            "plain_ability": record.overall.plain_ability,
            "plain_skill_ability": record.skill(0).plain_ability,
            "plain_step_ability": record.step(1).plain_ability,
            "plain_logit": plain,  # the course's own is 0
            "step_logit": math.log(7),
            "step_log_tried": math.log(5),
            "skill_logit": math.log(3),
            "skill_log_tried": math.log(6),
            "ability": record.overall.ability,
            "skill_ability": record.skill(0).ability,
            "logit": math.log(7) + ability,
            "surprise": record.overall.surprise,
            "gain": (1 / 8 - 1 / 5) / (2 + 4),  # 1 in 5 is right on p3/a, 7 in 8 on p1/b
            "skill_surprise": 0.25 / 8,
            "skill_gain": 1 / 8 / (1 + 2),
            "step_surprise": 0.25 / 8,
            "typical": 0,
            "context_given": 1,
            "context_log_age": math.log(3),
        }
    )
    elsewhere = named(local_features(record, curriculum, 1, 2, NOW, 0))
    assert elsewhere["skill_log_since"] == pytest.approx(math.log(3))
    assert elsewhere["skill_log_failures"] == pytest.approx(math.log(2))
    assert elsewhere["last"] == 1
    assert elsewhere["skill_last"] == -1
    for name in ("skill_again", "skill_again_last", "step_again", "step_again_last", "step_last", "step_log_since"):
        assert elsewhere[name] == 0, name


@pytest.mark.parametrize(("correct", "most"), [(True, 2), (False, -2)])
def test_a_streak_says_no_more_than_that_it_is_long(curriculum, correct, most):
    record = lived(curriculum, *(Attempt("p1/a", correct, NOW + i, None, 0, 1) for i in range(12)))
    row = named(local_features(record, curriculum, 0, 0, NOW + 20, None))
    assert row["streak"] == row["skill_streak"] == most  # eight, in units of four
    assert (record.overall.streak, record.skill(0).streak) == (6 * most, 6 * most)


def test_without_a_step_or_a_context_the_features_say_so(curriculum):
    row = named(local_features(Record(), curriculum, 0, None, NOW, None))
    assert row["typical"] == row["skill_new"] == 1
    assert row["context_given"] == row["context_log_age"] == 0
    for name in LOCAL[LOCAL.index("step_log_successes") : LOCAL.index("plain_ability")]:
        assert row[name] == 0, name
    assert row["step_logit"] == row["skill_logit"] == row["logit"] == pytest.approx(math.log(3))
    assert row["step_log_tried"] == row["skill_log_tried"] == pytest.approx(math.log(6))


def test_where_nobody_tried_a_course_others_say_nothing_that_differs_between_steps(curriculum):
    nobody = replace(curriculum, statistics=None)
    one, two = (local_features(Record(), nobody, skill, step, NOW, None)[OTHERS] for skill, step in ((0, 0), (2, 5)))
    assert one.tolist() == two.tolist()
    row = named(local_features(Record(), nobody, 0, 0, NOW, None))
    assert row["step_log_tried"] == row["skill_log_tried"] == 0
    assert row["step_logit"] == row["skill_logit"] == row["plain_logit"] == pytest.approx(math.log(0.65 / 0.35))


def test_what_others_did_enters_nowhere_else(curriculum, log):
    """A course known by other learners gives other abilities and the like, and the same of everything else."""
    other = replace(curriculum, statistics=None).known_by(np.array([9, 1, 0, 3, 3, 4]), np.array([1, 1, 0, 3, 2, 2]))
    mine, theirs = lived(curriculum, *log), lived(other, *log)
    plain = [LOCAL.index(name) for name in LOCAL if "plain" in name]  # of which the course's own level is a part
    for asked in range(9):
        one, two = (
            query_features(record, course, asked, log[-1].at)
            for record, course in ((mine, curriculum), (theirs, other))
        )
        differs = one != two
        differs[plain] = False
        assert differs[OTHERS].any()
        differs[OTHERS] = False
        assert not differs.any()


def test_the_teacher_is_told_about_the_main_skill_a_typical_step_or_nothing(curriculum):
    record = lived(curriculum, Attempt("p1/a", True, NOW, None, 0, 1))
    # p5/a exercises "graph" and "add"; "graph" is taught last, and new
    assert query_features(record, curriculum, 5, NOW)[LOCAL.index("skill_new")] == 1
    assert query_features(record, curriculum, 6, NOW)[LOCAL.index("typical")] == 1
    assert not query_features(record, curriculum, 9, NOW).any()
    # and that its word is fresh
    for asked in range(9):
        assert query_features(record, curriculum, asked, NOW)[[CONTEXT_GIVEN, CONTEXT_AGE]].tolist() == [1, 0]


@pytest.mark.parametrize("count", [0, 1, 20, 150])
def test_a_query_about_a_step_turns_into_one_about_a_typical_step_of_its_skill(curriculum, log, count):
    record = lived(curriculum, *log[:count])
    rows = np.stack([query_features(record, curriculum, step, log[-1].at) for step in range(6)])
    typical = np.stack([query_features(record, curriculum, 6 + skill, log[-1].at) for skill in curriculum.main_skills])
    before = rows.copy()
    assert as_typical(rows) == pytest.approx(typical, abs=1e-5)
    assert np.array_equal(rows, before)


def test_the_plain_rate_moves_with_what_happened_lately(curriculum):
    wrong = lived(curriculum, *(Attempt("p1/a", False, NOW + i, None, 0, 1) for i in range(5)))
    assert wrong.rate(0) < Record().rate(0) == pytest.approx(0.6)
    assert np.isfinite(wrong.rate(2))
