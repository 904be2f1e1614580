"""Simulated learners: the same for ever, true to their truth, and like people in the ways that matter."""

from dataclasses import replace

import numpy as np
import pytest

from models_core.events import Attempt, HintShown, encode_log
from models_core.metrics import calibration_error
from models_core.simulator import World, WorldConfig, invented_curriculum


@pytest.fixture(scope="module")
def course():
    return invented_curriculum(3, skills=8, steps=40)


@pytest.fixture(scope="module")
def logs(course):
    return World(course, seed=1).learners(150)


def test_the_seed_decides_everything(course):
    first, again, other = (World(course, seed=seed).learner(5) for seed in (1, 1, 2))
    assert first.events == again.events
    assert np.array_equal(first.truth, again.truth)
    assert first.events != other.events


def test_time_only_goes_forward(logs):
    for log in logs:
        at = [event.at for event in log.events]
        assert at == sorted(at)


def test_the_truth_is_true(logs, course):
    codes = [encode_log(log.events, course) for log in logs]
    y = np.concatenate([code.correct[code.scored] for code in codes])
    p = np.concatenate([log.truth[code.scored] for log, code in zip(logs, codes, strict=True)])
    assert len(y) > 5000
    assert calibration_error(y, p) < 0.02


def test_practice_makes_better_except_where_wheels_spin(course):
    def growth(spinners: float, rate: float) -> float:
        world = World(course, WorldConfig(wheel_spinners=spinners, learning_rate=rate), seed=2)
        return float(np.mean([log.typical[-10:].mean() - log.typical[:10].mean() for log in world.learners(40)]))

    assert growth(0.0, 0.2) > growth(1.0, 0.2)
    assert growth(0.0, 0.2) > growth(0.0, 0.0)


def test_a_pause_makes_worse(course):
    forgets = World(course, WorldConfig(memory_days=1.0), seed=4).learners(60)
    keeps = World(course, WorldConfig(memory_days=1000.0), seed=4).learners(60)
    assert np.mean([log.truth[-20:].mean() for log in forgets]) < np.mean([log.truth[-20:].mean() for log in keeps])


def test_prerequisites_are_practised_first(logs, course):
    first, last = course.teaching_order[0], course.teaching_order[-1]
    half = [len(log.events) // 2 for log in logs]
    early = [e for log, n in zip(logs, half, strict=True) for e in log.events[:n]]
    skills = [course.step_skills[course.step_index(e.step)][0] for e in early]
    assert skills.count(first) > skills.count(last)


def test_hints_come_before_the_answer_that_counts_them(logs):
    for log in logs[:40]:
        shown: dict[str, int] = {}
        for event in log.events:
            if isinstance(event, HintShown):
                shown[event.step] = event.level
            elif isinstance(event, Attempt) and event.hints:
                assert shown[event.step] == event.hints


@pytest.mark.parametrize("seed", range(5))
def test_invented_courses_are_sound_and_any_learner_can_take_them(seed):
    course = invented_curriculum(seed)
    assert 4 <= len(course.skills) <= 24
    log = World(course, seed=seed).learner(0)
    assert len(encode_log(log.events, course)) == len(log.truth) == len(log.typical)


def test_a_course_of_one_step_can_be_taken():
    course = replace(invented_curriculum(0, skills=1, steps=1))
    assert len(World(course, seed=0).learner(0).events) >= 5
