"""Simulated learners: the same for ever, true to their truth, and like people in the ways that matter."""

from collections.abc import Sequence

import numpy as np
import pytest

from models_core.curriculum import Curriculum
from models_core.events import Attempt, HintShown, encode_log
from models_core.metrics import calibration_error
from models_core.phenomena import Visit, forgetting_by_days, hint_abuse, measure, visits_of_events
from models_core.simulator import SimulatedLog, World, WorldConfig, invented_curriculum

FAST, MOODY = {"learning_rate": 0.3}, {"mood_sd": 5.0}


@pytest.fixture(scope="module")
def course():
    return invented_curriculum(3, skills=8, steps=40)


@pytest.fixture(scope="module")
def logs(course):
    return World(course, seed=1).learners(150)


def visits(logs: Sequence[SimulatedLog], course: Curriculum) -> list[list[Visit]]:
    return [visits_of_events(log.events, course) for log in logs]


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


def test_nothing_that_came_before_tells_more_than_the_truth(logs):
    """Were the mood, or not trying, left out of it, successes would come after successes more often than it says."""
    after: dict[bool, list[float]] = {True: [], False: []}
    for log in logs:
        last = None
        for event, truth in zip(log.events, log.truth, strict=True):
            if isinstance(event, Attempt):
                if last is not None and not event.aided:
                    after[last].append(event.correct - truth)
                last = event.correct
    for missed in after.values():
        assert len(missed) > 1500
        assert abs(np.mean(missed)) < 4 * np.std(missed) / np.sqrt(len(missed))


def test_practice_makes_better_except_where_wheels_spin(course):
    def growth(spinners: float, rate: float) -> float:
        """That of each learner on the skill they practised most; between skills they differ more than they learn."""
        grown = []
        for log in World(course, WorldConfig(wheel_spinners=spinners, learning_rate=rate), seed=2).learners(80):
            skill_of = [course.main_skills[course.step_index(event.step)] for event in log.events]
            most = max(set(skill_of), key=skill_of.count)
            typical = log.typical[np.array(skill_of) == most]
            grown.append(typical[-5:].mean() - typical[:5].mean())
        return float(np.mean(grown))

    usual = growth(0.0, 0.2)
    assert usual > growth(1.0, 0.2) + 0.02
    assert usual > growth(0.0, 0.0) + 0.02


def test_a_pause_makes_worse(course):
    def forgetting(memory_days: float) -> float:
        logs = World(course, WorldConfig(memory_days=memory_days), seed=4).learners(100)
        return forgetting_by_days(visits(logs, course))

    assert forgetting(0.5) > forgetting(1000.0) + 0.02


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


@pytest.mark.parametrize("abusers", [0.0, 0.5, 1.0])
def test_as_many_click_through_the_hints_as_the_world_says(course, abusers):
    logs = World(course, WorldConfig(hint_abusers=abusers, hint_leaning=1.0), seed=6).learners(80)
    caught = np.mean([hint_abuse([log]) > 0 for log in visits(logs, course)])
    assert abs(caught - abusers) < 0.15


def test_who_clicks_through_the_hints_learns_less(course):
    def growth(abusers: float) -> float:
        logs = World(course, WorldConfig(hint_abusers=abusers, hint_leaning=1.0), seed=6).learners(80)
        return float(np.mean([log.typical[-10:].mean() - log.typical[:10].mean() for log in logs]))

    assert growth(0.0) > growth(1.0) + 0.01


@pytest.mark.parametrize(
    ("phenomenon", "without", "with_cause", "by"),
    [
        ("mood", {**MOODY, "mood_steps": 0.1}, {**MOODY, "mood_steps": 8.0}, 0.08),
        ("recency", {**MOODY, "mood_steps": 0.1}, {**MOODY, "mood_steps": 8.0}, 0.08),
        ("wheel_spinning", {**FAST, "wheel_spinners": 0.0}, {**FAST, "wheel_spinners": 1.0}, 0.04),
        ("step_spread", {"difficulty_sd": 0.3, "skill_difficulty_sd": 0.0}, {}, 0.2),
        ("learner_spread", {"ability_sd": 0.3}, {}, 0.2),
        ("practice_slope", {"learning_rate": 0.0}, {}, 0.1),
        ("hint_abuse", {"hint_abusers": 0.0}, {}, 0.01),
    ],
)
def test_a_phenomenon_comes_from_its_cause(course, phenomenon, without, with_cause, by):
    def shown(config: dict[str, float]) -> float:
        found = measure(visits(World(course, WorldConfig(**config), seed=7).learners(80), course))
        return float(getattr(found, phenomenon))

    assert shown(with_cause) > shown(without) + by


@pytest.mark.parametrize("seed", range(5))
def test_invented_courses_are_sound_and_any_learner_can_take_them(seed):
    course = invented_curriculum(seed)
    assert 3 <= len(course.skills) <= 60
    log = World(course, seed=seed).learner(0)
    assert len(encode_log(log.events, course)) == len(log.truth) == len(log.typical)


def test_a_course_of_one_step_can_be_taken():
    course = invented_curriculum(0, skills=1, steps=1)
    assert len(World(course, seed=0).learner(0).events) >= 5
