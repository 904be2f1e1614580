"""A corpus: rows are what the record said before each event, and nobody's own answers tell how hard the steps are."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models_core.corpus import FOLDS, Corpus, corpus_of, out_of_fold, padded, thinned
from models_core.curriculum import Curriculum, UnknownStep
from models_core.events import HAPPENED_WIDTH, encode_log
from models_core.item_statistics import ItemStatistics
from models_core.logs import curriculum_of, log_events
from models_core.record import LOCAL, LOCAL_WIDTH, OTHERS, Record, query_features
from models_core.teacher import Content
from tests.kt_logs import learner, logs_of, plain_corpus, simulated_learners, told_corpus

# of what the answers of others enter, those into which the learner's own do not
DIFFICULTY = [LOCAL.index(name) for name in ("step_logit", "step_log_tried", "skill_logit", "skill_log_tried")]

BY_HAND = (
    learner("ann", [("a", "x", 1), ("b", "y", 0), ("a", "x", 1), ("c", "x", 0)], hints=[1, 0, 0, 0]),
    learner("ben", [("c", "x", 1)]),
    learner("eve", [("b", "y", 1), ("b", "y", 0)], hints=[2, 1]),
)


@pytest.fixture(scope="module")
def by_hand() -> Corpus:
    """Steps a/x, b/y, c/x; ann's first answer and both of eve's were aided."""
    return plain_corpus(BY_HAND)


def test_the_rows_of_all_learners_stand_one_after_another(by_hand):
    assert by_hand.learners == 3
    assert by_hand.begins.tolist() == [0, 4, 5, 7]
    assert by_hand.rows(1) == slice(4, 5)
    assert by_hand.asked.tolist() == [0, 1, 0, 2, 2, 1, 1]
    assert by_hand.correct.tolist() == [1, 0, 1, 0, 1, 1, 0]
    assert by_hand.scored.tolist() == [False, True, True, True, True, False, False]
    assert by_hand.local.shape == (7, LOCAL_WIDTH)
    assert by_hand.happened.shape == (7, HAPPENED_WIDTH)


def test_a_skill_is_new_at_its_first_row_even_if_that_was_aided(by_hand):
    # ann: x, y, x again, x again on another step; ben: x; eve: y, y again
    assert by_hand.new_skill().tolist() == [True, True, False, False, True, True, False]


def test_practice_is_the_skill_and_outcome_of_unaided_rows(by_hand):
    assert by_hand.practice() == [[("y", False), ("x", True), ("x", False)], [("x", True)], []]


def test_statistics_count_unaided_rows_of_the_learners_asked_for(by_hand):
    assert by_hand.statistics().tried.tolist() == [1, 1, 2]
    assert by_hand.statistics().right.tolist() == [1, 0, 1]
    assert by_hand.statistics([1, 2]).tried.tolist() == [0, 0, 1]
    assert by_hand.statistics([]).tried.tolist() == [0, 0, 0]


def test_scores_are_kept_by_learner_and_those_with_nothing_to_score_are_left_out(by_hand):
    found = by_hand.split(np.arange(7.0))
    assert [(y.tolist(), said.tolist()) for y, said in found] == [([0, 1, 0], [1, 2, 3]), ([1], [4])]


def test_stretches_of_different_length_are_padded_with_nothing_in_particular(by_hand):
    content = Content.of(by_hand.curriculum)
    batch = by_hand.batch(content, [slice(0, 3), slice(4, 5)])
    assert batch.asked.tolist() == [[0, 1, 0], [2, content.nothing, content.nothing]]
    assert batch.happened.shape == (2, 3, HAPPENED_WIDTH)
    assert batch.local[0].numpy() == pytest.approx(by_hand.local[:3])
    assert not batch.local[1, 1:].any()
    assert not batch.happened[1, 1:].any()


def test_padding_keeps_the_kind_of_number_and_every_other_dimension():
    found = padded([np.array([[1, 2]]), np.array([[3, 4], [5, 6]])], 9)
    assert found.tolist() == [[[1, 2], [9, 9]], [[3, 4], [5, 6]]]
    assert padded([np.array([True])], 0).dtype.is_floating_point is False


def test_a_corpus_of_no_learners_is_refused(by_hand):
    with pytest.raises(ValueError, match="at least one learner"):
        corpus_of(by_hand.curriculum, [], None)


def test_an_event_about_a_step_of_another_course_is_refused(by_hand):
    elsewhere = logs_of([learner("ann", [("z", "x", 1)])])
    with pytest.raises(UnknownStep, match="z/x"):
        corpus_of(by_hand.curriculum, [log_events(log) for log in elsewhere], None)


# What the record says -------------------------------------------------------------------------------------------------


def by_the_record(learners: Sequence[dict], curriculum: Curriculum, told: Sequence[ItemStatistics]) -> np.ndarray:
    """The rows as the live path makes them, event by event."""
    rows = []
    for log, statistics in zip(logs_of(learners), told, strict=True):
        course, record = replace(curriculum, statistics=statistics), Record()
        for event in log_events(log):
            rows.append(query_features(record, course, course.step_index(event.step), event.at))
            record = record.after(event, course)
    return np.stack(rows)


def test_each_row_is_what_the_record_said_before_the_event():
    learners = simulated_learners(7, seed=1)
    learners[2]["hints"] = [row % 3 for row in range(25)]
    plain = plain_corpus(learners)
    told = out_of_fold(plain)
    corpus = corpus_of(plain.curriculum, [log_events(log) for log in logs_of(learners)], told)
    assert np.array_equal(corpus.local, by_the_record(learners, plain.curriculum, told))
    assert not np.array_equal(corpus.local, plain.local)


@settings(max_examples=20, deadline=None)
@given(at=st.integers(0, 24), flips=st.lists(st.booleans(), min_size=25, max_size=25), seed=st.integers(0, 5))
def test_the_future_never_changes_what_was_said_before(at, flips, seed):
    (before,) = simulated_learners(1, seed)
    later = [bool(y) ^ flip for y, flip in zip(before["correct"][at:], flips, strict=False)]
    after = {**before, "correct": [*before["correct"][:at], *map(int, later)]}
    first, second = plain_corpus([before]), plain_corpus([after])
    assert np.array_equal(first.local[: at + 1], second.local[: at + 1])  # the row at `at` does not know its outcome
    assert np.array_equal(first.happened[:at], second.happened[:at])


def test_an_outcome_shows_in_the_row_after_it():
    (before,) = simulated_learners(1, 0)
    after = {**before, "correct": [1 - before["correct"][0], *before["correct"][1:]]}
    first, second = plain_corpus([before]), plain_corpus([after])
    assert np.array_equal(first.local[0], second.local[0])
    assert not np.array_equal(first.local[1], second.local[1])


def test_a_longer_log_begins_as_the_shorter_one():
    (whole,) = simulated_learners(1, 3)
    curriculum = plain_corpus([whole]).curriculum
    part = {key: value if key == "user" else value[:10] for key, value in whole.items()}
    assert np.array_equal(plain_corpus([whole], curriculum).local[:10], plain_corpus([part], curriculum).local)


# What others tell -----------------------------------------------------------------------------------------------------


def flipped(learners: list[dict], who: int) -> list[dict]:
    return [
        {**each, "correct": [1 - y for y in each["correct"]]} if number == who else each
        for number, each in enumerate(learners)
    ]


def test_out_of_fold_statistics_are_counted_from_all_other_folds():
    learners = simulated_learners(12, seed=2)
    plain = plain_corpus(learners)
    for number, found in enumerate(out_of_fold(plain)):
        others = [each for place, each in enumerate(learners) if place % FOLDS != number % FOLDS]
        expected = plain_corpus(others, plain.curriculum).statistics()
        assert found.tried.tolist() == expected.tried.tolist()
        assert found.right.tolist() == expected.right.tolist()


def test_what_a_learner_answers_changes_how_hard_steps_look_to_others_but_not_to_their_own_fold():
    learners = simulated_learners(12, seed=2)
    before, after = told_corpus(learners), told_corpus(flipped(learners, 3))
    for other in range(12):
        rows = before.rows(other)
        same = np.array_equal(before.local[rows][:, DIFFICULTY], after.local[rows][:, DIFFICULTY])
        assert same == (other % FOLDS == 3), other
    first = before.begins[3]  # where nothing of their own is in the record yet
    assert np.array_equal(before.local[first, OTHERS], after.local[first, OTHERS])


def test_with_fewer_learners_than_folds_each_is_told_by_all_the_others():
    plain = plain_corpus(simulated_learners(3, seed=4))
    assert [found.tried.sum() for found in out_of_fold(plain)] == [50, 50, 50]
    alone = plain_corpus(simulated_learners(1, seed=4))
    assert out_of_fold(alone)[0].tried.sum() == 0


@pytest.fixture(scope="module")
def one_step_each() -> Corpus:
    """Twelve learners of whom each answers a step of their own: the statistics show who is in them."""
    return plain_corpus(learner(f"l{n}", [(f"i{n}", "x", n % 2)]) for n in range(12))


@pytest.mark.parametrize("seed", range(5))
def test_a_thinned_population_has_the_size_that_was_drawn_and_nobody_of_the_own_fold(one_step_each, seed):
    found = thinned(one_step_each, [0, 1, 4], np.random.default_rng(seed))
    assert {int(each.tried.sum()) for each in found} <= {0, 1, 4}
    for number, each in enumerate(found):
        told_by = np.flatnonzero(each.tried)
        assert len(told_by) == each.tried.sum()
        assert (told_by % FOLDS != number % FOLDS).all()


def test_a_population_larger_than_there_are_others_is_all_others(one_step_each):
    for number, each in enumerate(thinned(one_step_each, [1000], np.random.default_rng(0))):
        assert each.tried.tolist() == [int(other % FOLDS != number % FOLDS) for other in range(12)]


def test_populations_of_every_size_are_drawn(one_step_each):
    found = thinned(one_step_each, [0, 1, 4], np.random.default_rng(1))
    assert len({int(each.tried.sum()) for each in found}) > 1


def test_from_a_population_of_nobody_nothing_is_known():
    learners = simulated_learners(6, seed=5)
    plain = plain_corpus(learners)
    nobody = thinned(plain, [0], np.random.default_rng(0))
    assert all(not each.tried.any() for each in nobody)
    corpus = corpus_of(plain.curriculum, [log_events(log) for log in logs_of(learners)], nobody)
    assert np.array_equal(corpus.local, plain.local)
    assert not corpus.local[:, [LOCAL.index("step_log_tried"), LOCAL.index("skill_log_tried")]].any()


def test_a_corpus_says_the_same_of_a_learner_whoever_else_is_in_it():
    learners = simulated_learners(3, seed=6)
    logs = logs_of(learners)
    curriculum = curriculum_of(logs, course="small")
    told = plain_corpus(simulated_learners(8, seed=7), curriculum).statistics()
    whole = corpus_of(curriculum, [log_events(log) for log in logs], told)
    alone = corpus_of(curriculum, [log_events(logs[1])], told)
    code = encode_log(log_events(logs[1]), curriculum)
    assert np.array_equal(whole.local[whole.rows(1)], alone.local)
    assert np.array_equal(whole.happened[whole.rows(1)], code.happened)
    assert np.array_equal(whole.at[whole.rows(1)], code.at)
