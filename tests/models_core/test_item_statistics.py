"""Item statistics: a step that few have tried is taken for one of its skill, and nobody meets their own answers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models_core.item_statistics import ItemStatistics

MAIN = (0, 0, 1)  # the main skills of three steps


def logit(p: float) -> float:
    return math.log(p / (1 - p))


def counted(tried: list[int], right: list[int]) -> ItemStatistics:
    return ItemStatistics(np.array(tried), np.array(right), np.array(MAIN), 2)


def test_a_step_is_shrunk_to_its_skill_a_skill_to_the_course_and_a_course_to_the_usual():
    found = counted([10, 0, 5], [8, 0, 1])
    course = (8 + 1 + 20 * 0.65) / (15 + 20)
    first, second = (8 + 5 * course) / (10 + 5), (1 + 5 * course) / (5 + 5)
    assert found.base_logit == pytest.approx(logit(course))
    assert found.skill_logit == pytest.approx([logit(first), logit(second)])
    assert found.step_logit == pytest.approx(
        [logit((8 + 4 * first) / (10 + 4)), logit(first), logit((1 + 4 * second) / (5 + 4))]
    )


def test_the_counts_say_how_far_the_estimates_may_be_trusted():
    found = counted([10, 0, 5], [8, 0, 1])
    assert found.skill_tried.tolist() == [10, 5]
    assert found.log_skill_tried == pytest.approx([math.log(11), math.log(6)])
    assert found.log_step_tried == pytest.approx([math.log(11), 0, math.log(6)])


def test_where_nobody_has_tried_anything_everything_is_as_hard_as_usual():
    none = ItemStatistics.none(MAIN, 3)  # the third skill has no step at all
    usual = logit(0.65)
    assert none.base_logit == pytest.approx(usual)
    assert none.skill_logit == pytest.approx([usual] * 3)
    assert none.step_logit == pytest.approx([usual] * 3)
    assert none.log_step_tried == none.log_skill_tried == [0, 0, 0]


def test_many_attempts_outweigh_what_steps_of_the_skill_are_like():
    found = counted([100_000, 100_000, 0], [30_000, 80_000, 0])
    assert found.step_logit[:2] == pytest.approx([logit(0.3), logit(0.8)], abs=1e-3)


def test_a_step_that_everybody_gets_right_or_nobody_stays_within_one_in_a_hundred():
    found = counted([10**6, 0, 10**6], [10**6, 0, 0])
    assert found.step_logit[0] == pytest.approx(logit(0.99))
    assert found.step_logit[2] == pytest.approx(logit(0.01))


def test_attempts_are_counted_in_any_order():
    found = ItemStatistics.of([2, 0, 2, 2], [1, 0, 0, 1], MAIN, 2)
    assert found.tried.tolist() == [1, 0, 3]
    assert found.right.tolist() == [0, 0, 2]
    assert ItemStatistics.of([], [], MAIN, 2).tried.tolist() == [0, 0, 0]


ATTEMPTS = st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=30)


def counting(attempts: list[tuple[int, bool]]) -> ItemStatistics:
    return ItemStatistics.of([step for step, _ in attempts], [right for _, right in attempts], MAIN, 2)


@given(mine=ATTEMPTS, others=ATTEMPTS)
def test_without_somebody_is_what_counting_the_others_gives(mine, others):
    found, expected = counting([*mine, *others]).without(counting(mine)), counting(others)
    assert found.tried.tolist() == expected.tried.tolist()
    assert found.right.tolist() == expected.right.tolist()
    assert found.base_logit == expected.base_logit
    assert found.skill_logit == expected.skill_logit
    assert found.step_logit == expected.step_logit


@given(attempts=st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=12), step=st.integers(0, 2))
def test_one_more_right_answer_makes_a_step_easier_and_a_wrong_one_harder(attempts, step):
    before = counting(attempts).step_logit[step]
    assert counting([*attempts, (step, True)]).step_logit[step] > before
    assert counting([*attempts, (step, False)]).step_logit[step] < before


def test_more_right_answers_than_attempts_are_refused_in_a_sentence():
    with pytest.raises(ValueError, match="Step number 2 has 6 right answers in 5 attempts"):
        counted([10, 0, 5], [8, 0, 6])
    with pytest.raises(ValueError, match="Step number 1 has -1 right answers in 0 attempts"):
        counted([10, 0, 5], [8, -1, 5])
    with pytest.raises(ValueError, match="Step number 0 has 1 right answers in 0 attempts"):
        counted([1, 0, 0], [1, 0, 0]).without(counted([1, 0, 0], [0, 0, 0]))


def test_counts_of_different_courses_are_refused_in_a_sentence():
    with pytest.raises(ValueError, match=r"\(3,\) attempts, \(2,\) right answers and \(3,\) skills do not fit"):
        counted([1, 2, 3], [1, 2])
