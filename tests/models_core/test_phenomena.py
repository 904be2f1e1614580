"""Phenomena: right on logs small enough to count by hand, and the simulator's are those of real logs."""

import json
import math
import os
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from models_core.curriculum import Curriculum
from models_core.events import Attempt, Chat, HintShown
from models_core.logs import read_logs
from models_core.phenomena import (
    DAY_S,
    Phenomena,
    Visit,
    forgetting_by_days,
    forgetting_by_visits,
    hint_abuse,
    learner_spread,
    measure,
    mood,
    practice_curve,
    practice_slope,
    practices_of,
    recency,
    right_after_failures,
    spread,
    step_spread,
    success,
    visits_of_events,
    visits_of_log,
    wheel_spinning,
    wrong_after_successes,
)
from models_core.simulator import World, invented_curriculum

ROOT = Path(__file__).resolve().parents[2]
KT = Path(os.environ.get("TUTOR_SHARED_DATA", ROOT.parent / "shared" / "data")) / "kt"

R, W = True, False


def visits(outcomes: list[bool], skills: str) -> list[Visit]:
    """One visit per outcome, to the skill of each letter."""
    return [Visit(f"step of {skill}", skill, correct) for correct, skill in zip(outcomes, skills, strict=True)]


# Logs as visits


def test_a_visit_is_judged_by_its_first_answer_and_tells_how_its_hints_were_read():
    course = Curriculum("c", ("add", "mix"), ((), (0,)), ("p/1", "p/2"), ((0,), (0, 1)), None, None)
    events = [
        Attempt("p/1", False, 10, 5, 0, 1),
        HintShown("p/1", 1, 11),
        HintShown("p/1", 2, 14),
        Chat(None, 15),
        Attempt("p/1", True, 20, 5, 2, 2),
        Attempt("p/1", True, 30, 5, 0, 1),
        HintShown("p/2", 1, 40),
        Attempt("p/2", True, 45, 5, 1, 1),
    ]
    assert visits_of_events(events, course) == [
        Visit("p/1", "add", False, 10, (3, 6)),
        Visit("p/1", "add", True, 30, ()),
        Visit("p/2", "mix", False, 45, (5,)),  # right, but with a hint
    ]


def test_the_same_step_again_is_another_visit():
    course = Curriculum("c", ("add",), ((),), ("p/1",), ((0,),), None, None)
    twice_wrong = [Attempt("p/1", False, at, 5, 0, try_number) for at, try_number in ((1, 1), (2, 2), (3, 1), (4, 2))]
    hinted_again = [HintShown("p/1", 1, 5), HintShown("p/1", 1, 6), Attempt("p/1", False, 7, 1, 1, 3)]
    found = visits_of_events([*twice_wrong, *hinted_again], course)
    assert [visit.at for visit in found] == [1, 3, 7]


def test_in_real_logs_second_tries_are_no_visits(tmp_path):
    path = tmp_path / "log.jsonl"
    rows = {"item": [7, 7, 8], "skill": [1, 1, 2], "correct": [0, 1, 1], "attempt": [1, 2, 1], "time_s": [5, 6, 9]}
    path.write_text(json.dumps({"user": 1, **rows}))
    assert visits_of_log(read_logs(path)[0]) == [Visit("7", "1", False, 5.0), Visit("8", "2", True, 9.0)]
    del rows["attempt"], rows["time_s"]
    path.write_text(json.dumps({"user": 1, **rows}))
    found = visits_of_log(read_logs(path)[0])
    assert [visit.correct for visit in found] == [False, True, True]
    assert {visit.at for visit in found} == {None}


def test_a_practice_is_one_learner_on_one_skill():
    logs = [visits([R, W, R], "aba"), visits([W], "a")]
    assert practices_of(logs) == [[R, R], [W], [W]]
    assert success(logs) == 0.5


# Spread


def test_a_small_spread_is_four_times_that_of_the_shares():
    """Around one half a logit is a quarter: shares of .51 and .49 have variance 2 * .01^2, so sd .0566 logits."""
    assert spread([510_000, 490_000], [1_000_000, 1_000_000]) == pytest.approx(4 * math.sqrt(2) * 0.01, rel=0.01)


def test_what_counting_adds_is_no_spread():
    """Ten answers at a chance of one half have a variance of .025, more than that of 4, 5 and 6 right."""
    assert spread([4, 5, 6], [10, 10, 10]) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("centre", "sd", "answers"), [(0.0, 0.8, 200), (1.0, 0.8, 10), (1.0, 1.4, 10)])
def test_the_spread_that_was_put_in_comes_out_however_few_answers(centre, sd, answers):
    rng = np.random.default_rng(1)
    chance = 1 / (1 + np.exp(-rng.normal(centre, sd, 20_000)))
    assert spread(rng.binomial(answers, chance), np.full(len(chance), answers)) == pytest.approx(sd, abs=0.04)


def test_where_nothing_differs_or_nothing_can_be_told_there_is_no_spread():
    assert math.isnan(spread([5], [10]))
    assert math.isnan(spread([10, 10], [10, 10]))


def test_steps_are_compared_with_steps_and_learners_with_learners():
    """One step is always right and one never; every learner is right half the time."""
    logs = [visits([R, W] * 10, "ab" * 10) for _ in range(4)]
    assert step_spread(logs) > 3
    assert learner_spread(logs) == pytest.approx(0, abs=1e-6)
    assert math.isnan(step_spread([log[:4] for log in logs]))  # eight answers say too little


# What the last outcomes tell


@pytest.mark.parametrize(("last_counts", "expected"), [(True, 1.0), (False, -1.0)])
def test_recency_is_what_the_last_outcome_tells_more_than_the_fifth_last(last_counts, expected):
    """The outcome is that of the last (or the fifth last) opportunity, and the other tells nothing."""
    practices = [[past, W, R, W, last, last if last_counts else past] for past in (R, W) for last in (R, W)]
    assert recency(practices) == expected
    assert math.isnan(recency([practice[1:] for practice in practices]))


def test_mood_is_recency_from_one_skill_to_another():
    combinations = [(past, last) for past in (R, W) for last in (R, W)]
    logs = [visits([past, *[R, W] * 4, last, last], "abcdefghijk") for past, last in combinations]
    assert mood(logs) == 1
    assert math.isnan(mood([visits([visit.correct for visit in log], "abcdefghijj") for log in logs]))


def test_what_comes_after_four_of_a_kind():
    assert right_after_failures([[W, W, W, W, W, R, W], [W, W, W, R, R]]) == 0.5
    assert wrong_after_successes([[R, R, R, R, R, W, R], [R, R, R, W, W]]) == 0.5
    assert math.isnan(right_after_failures([[R, R, R, R, R]]))


# Practice and forgetting


def test_the_practice_curve_is_of_those_who_practised_so_long():
    practices = [[W, R, R], [W, R], [W, R], [R, W], [W], [W]]
    assert practice_curve(practices, 2).tolist() == [0.25, 0.75]
    assert practice_slope(practices, 2) == pytest.approx(2 * math.log(3.5 / 1.5) / math.log(2))
    assert practice_slope([[R] * 10, [W] * 10]) == pytest.approx(0)
    assert math.isnan(practice_slope(practices))


def test_wheels_spin_where_three_in_a_row_do_not_come_within_ten():
    mastered, spinning, too_late, undecided = [W, R, R, R], [R, R, W] * 4, [W] * 8 + [R] * 3, [W, W, R, R]
    assert wheel_spinning([mastered, spinning, too_late, undecided]) == pytest.approx(2 / 3)
    assert wheel_spinning([[W] * 7 + [R] * 3]) == 0


def test_forgetting_is_told_by_other_visits_in_between():
    """Skill a: right at once after a success, wrong ten visits after one. The failure at the end follows a failure."""
    log = visits([R, R, *[W] * 10, W, W], "aa" + "bcdefghijk" + "aa")
    assert forgetting_by_visits([log]) == 1
    assert math.isnan(forgetting_by_visits([log[:2] + log[3:]]))  # nine in between are not long


def test_forgetting_is_told_by_days_where_there_is_a_clock():
    log = visits([R, R, W, R, R], "aaaaa")
    clock = [0, 60, 60 + DAY_S, 120 + DAY_S, 120 + 3 * DAY_S]
    # after a success: right a minute later, wrong a day later, right two days later
    assert forgetting_by_days([[visit._replace(at=at) for visit, at in zip(log, clock, strict=True)]]) == 0.5
    assert math.isnan(forgetting_by_days([log]))


# Hints


def test_hints_are_abused_when_all_are_taken_and_none_but_the_last_is_read():
    read = ((0.5, 1.0, 30.0), (0.5, 9.0, 1.0), (0.5, 1.0), ())
    log = [Visit("p/1", "a", False, None, hints_s) for hints_s in read]
    assert hint_abuse([log]) == 0.25
    assert hint_abuse([[Visit("p/1", "a", False, None, (0.5,))]]) == 0  # of one hint nobody can skip any
    assert math.isnan(hint_abuse([visits([R], "a")]))


def test_a_log_without_rows_shows_nothing():
    assert all(math.isnan(value) for value in asdict(measure([])).values())


# The simulator against real logs

# What each log can speak of: in statics2011 a step is its own skill, in assist2015 a skill has no steps.
LOGS = ("assist2009", "assist2017", "assist2015")
SPEAKING = {
    "success": (*LOGS, "statics2011"),
    "step_spread": ("assist2009", "assist2017", "statics2011"),
    "learner_spread": (*LOGS, "statics2011"),
    "recency": LOGS,
    "mood": (*LOGS, "statics2011"),
    "practice_slope": LOGS,
    "wheel_spinning": LOGS,
    "right_after_failures": LOGS,
    "wrong_after_successes": LOGS,
    "forgetting_by_visits": LOGS,
}
LEARNERS = {"assist2009": 1200, "assist2017": 240, "assist2015": 1500, "statics2011": 120}  # the first, for speed


@pytest.fixture(scope="module")
def real(tmp_path_factory) -> dict[str, list[Phenomena]]:
    """Three figures for each log, of a third of its learners each: one figure would hide how uncertain it is."""
    if not KT.is_dir():
        pytest.skip(f"the logs of real learners are not on this machine ({KT})")
    found = {}
    for name, learners in LEARNERS.items():
        some = tmp_path_factory.mktemp("kt") / f"{name}.jsonl"
        with (KT / f"{name}_train.jsonl").open() as file:
            some.write_text("".join(islice(file, learners)))
        logs = [visits_of_log(log) for log in read_logs(some)]
        found[name] = [measure(logs[third::3]) for third in range(3)]
    return found


@pytest.fixture(scope="module")
def simulated() -> Phenomena:
    """Of several courses, whose steps and skills are different ones; few learners, so recency varies by .02 by seed."""

    def logs() -> Iterator[list[Visit]]:
        for seed in range(8):
            course = invented_curriculum(seed)
            for log in World(course, seed=seed).learners(80):
                found = visits_of_events(log.events, course)
                yield [v._replace(step=f"{seed} {v.step}", skill=f"{seed} {v.skill}") for v in found]

    return measure([*logs()])


@pytest.mark.parametrize("name", SPEAKING)
def test_the_simulator_shows_what_real_logs_show(name, real, simulated):
    figures = [getattr(third, name) for log in SPEAKING[name] for third in real[log]]
    assert min(figures) <= getattr(simulated, name) <= max(figures)


def test_hints_are_abused_less_than_where_it_is_known_to_be_bad(simulated):
    """No real log of ours tells how hints were read; Aleven et al. (2006) found abuse in 14 % of the actions."""
    assert 0.01 < simulated.hint_abuse < 0.14
