"""Explanations: an event's weight is what the forecast would lack without it, and taking the events out shows it."""

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from models_core.artifacts import load_teacher
from models_core.classroom import Classroom, ExchangeConfig
from models_core.curriculum import UnknownStep
from models_core.events import Attempt, Chat, Event, HintShown
from models_core.explain import MOST_WEIGHED, deletion_test, influences, main
from models_core.record import LOCAL
from models_core.simulator import World, WorldConfig, invented_curriculum
from models_core.student import PredictStudent
from models_core.teacher import RELATIONS, TeacherConfig, TeacherModel
from tests.kt_logs import simulated_learners, write_log
from tests.teacher_logs import with_config

ROOT = Path(__file__).resolve().parents[2]
NOW = 1_700_000_000.0
LATER = NOW + 1e6


def tries(*asked: tuple[str, int]) -> list[Event]:
    """Attempts at steps, right (1) or wrong (0), a minute apart."""
    return [Attempt(step, bool(y), NOW + 60 * n, 20.0, 0, 1) for n, (step, y) in enumerate(asked)]


def forecast(room: Classroom, events: Sequence[Event], step: str, at: float = LATER) -> float:
    return room.predict(room.recall(events), [step], at)[0].probability


def moved_by(room: Classroom, events: Sequence[Event], step: str, at: float = LATER) -> dict[int, float]:
    """How far each event moved the forecast, by its number."""
    return {each.event: each.moved for each in influences(room, events, step, at)}


@pytest.fixture
def counting(curriculum) -> Classroom:
    """A teacher by hand: the odds of a step are one more than the successes on its skill, and nothing else counts."""
    model = TeacherModel(TeacherConfig(width=4, heads=1, layers=1, hidden=4))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
        model.from_record.weight[0, LOCAL.index("skill_log_successes")] = 1
    return Classroom(model.eval(), {}, curriculum)


def orderless(teacher: TeacherModel, **change: object) -> TeacherModel:
    """A teacher to whom it makes no difference how many events ago something happened."""
    model = with_config(teacher, **change)
    with torch.no_grad():
        for layer in model.layers:
            layer.relation_bias[:, RELATIONS.index("log_events_ago")] = 0
    return model


# One influence --------------------------------------------------------------------------------------------------------


def test_an_influence_is_the_forecast_with_an_event_less_the_one_without(counting):
    log = tries(("p2/a", 1), ("p1/a", 1), ("p1/b", 0), ("p1/b", 1), ("p4/a", 1), ("p1/a", 1))
    found = moved_by(counting, log, "p1/a")
    # three successes on "add": 4/5 with all of them, 3/4 with one less
    assert forecast(counting, log, "p1/a") == pytest.approx(4 / 5)
    assert found == pytest.approx({1: 1 / 20, 3: 1 / 20, 5: 1 / 20, 0: 0, 2: 0, 4: 0}, abs=1e-6)
    assert list(found)[:3] == [1, 3, 5]


@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize(
    "event", [tries(("p4/a", 0))[0], tries(("p3/a", 1))[0], HintShown("p4/a", 2, NOW), Chat(None, NOW)]
)
def test_the_influence_of_an_only_event_is_what_its_learner_differs_by_from_a_new_one(
    teacher, curriculum, layers, event
):
    room = Classroom(with_config(teacher, layers=layers), {}, curriculum)
    expected = forecast(room, [event], "p4/a") - forecast(room, [], "p4/a")
    assert abs(expected) > 1e-4
    assert moved_by(room, [event], "p4/a") == {0: pytest.approx(expected, abs=1e-5)}


@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("length", [2, 40, 90])
def test_the_influence_of_the_last_event_is_exact_where_the_others_stay_as_they_were(
    teacher, curriculum, log, layers, length
):
    room = Classroom(orderless(teacher, layers=layers), {}, curriculum)
    for step in curriculum.steps:
        expected = forecast(room, log[:length], step) - forecast(room, log[: length - 1], step)
        assert moved_by(room, log[:length], step)[length - 1] == pytest.approx(expected, abs=1e-5), step


def test_where_a_student_serves_the_skill_its_forecast_is_weighed(classroom, teacher, curriculum):
    alone = Classroom(teacher, {}, curriculum)
    hint = [HintShown("p1/a", 3, NOW)]  # which teaches no student anything
    theirs, teachers = (forecast(room, hint, "p1/a") - forecast(room, [], "p1/a") for room in (classroom, alone))
    assert abs(theirs - teachers) > 1e-3
    assert moved_by(classroom, hint, "p1/a") == {0: pytest.approx(theirs, abs=1e-5)}
    assert moved_by(alone, hint, "p1/a") == {0: pytest.approx(teachers, abs=1e-5)}


def test_what_is_neglected_of_a_student_is_what_it_learned_from_the_event(teacher, students, curriculum):
    only = tries(("p1/a", 0))
    errors = []
    for variance in (0.2, 0.0002):  # how freely the student follows one learner
        settings = replace(students["add"].settings, prior_variance=variance)
        student = PredictStudent(students["add"].net, settings, skill="add", teacher=teacher.fingerprint())
        room = Classroom(teacher, {"add": student}, curriculum)
        errors.append(abs(moved_by(room, only, "p1/a")[0] - forecast(room, only, "p1/a") + forecast(room, [], "p1/a")))
    assert errors[1] < 1e-4 < errors[0]


# A forecast and the forecasts without each event must be of one kind, or all events seem to have moved it ------------


def assert_exact_for_a_hint(room: Classroom, step: str, first: Sequence[Event] = ()) -> None:
    """A hint that nothing else depends on has moved the forecast by what it lacks without the hint."""
    events = [*first, HintShown(step, 3, NOW + 600)]
    expected = forecast(room, events, step) - forecast(room, first, step)
    assert moved_by(room, events, step)[len(first)] == pytest.approx(expected, abs=1e-5)


def test_a_step_served_by_the_student_of_another_of_its_skills_is_weighed_like_any_other(classroom):
    assert_exact_for_a_hint(classroom, "p5/a")  # mainly "graph", which has no student; served by that of "add"


def test_students_without_a_context_are_weighed_without_one(teacher, students, curriculum):
    assert_exact_for_a_hint(Classroom(teacher, students, curriculum, ExchangeConfig(teacher_to_student=0)), "p1/a")


def test_where_a_student_may_answer_alone_events_weigh_no_more_than_where_it_may_not(teacher, students, curriculum):
    log = tries(("p1/a", 1), ("p3/a", 1), ("p1/b", 0), ("p3/a", 1))
    asked, sure = (Classroom(teacher, students, curriculum, ExchangeConfig(sure=sure)) for sure in (0.5, 0.0))
    assert moved_by(sure, log, "p1/a") == pytest.approx(moved_by(asked, log, "p1/a"), abs=1e-5)


# Which events, and in which order -------------------------------------------------------------------------------------


def test_the_strongest_come_first_and_each_event_once(classroom, log):
    found = influences(classroom, log[:90], "p1/a", log[90].at)
    assert sorted(each.event for each in found) == list(range(90))
    strength = [abs(each.moved) for each in found]
    assert all(one >= other for one, other in pairwise(strength))
    assert strength[0] > 10 * strength[-1]
    assert {each.moved > 0 for each in found} == {True, False}


def test_of_a_long_log_the_latest_are_weighed_and_the_latest_on_the_same_skills(counting):
    log = tries(*[("p1/a", 1)] * 60, *[("p4/a", 0)] * 90)
    assert MOST_WEIGHED == 100
    assert set(moved_by(counting, log, "p1/b")) == {*range(10, 60), *range(100, 150)}
    assert set(moved_by(counting, log, "p4/a")) == set(range(50, 150))
    # p5/a is about both: the latest are the latest on the same skills
    assert set(moved_by(counting, log, "p5/a")) == set(range(50, 150))


@pytest.mark.parametrize(("length", "first"), [(12, 0), (20, 0), (21, 1), (90, 70)])
def test_only_events_in_the_window_are_weighed(teacher, curriculum, log, length, first):
    room = Classroom(with_config(teacher, window=20), {}, curriculum)
    assert set(moved_by(room, log[:length], "p1/a")) == set(range(first, length))


def test_within_a_window_the_event_that_is_hidden_is_the_one_that_is_named(teacher, curriculum):
    """Of 40 chats, of which no record is kept, one says something; wherever it stands."""
    room = Classroom(with_config(teacher, window=20), {}, curriculum)
    for place in (20, 33, 39):
        log: list[Event] = [Chat(None, NOW)] * 40
        log[place] = Chat("p1/a", NOW, 3 * curriculum.step_vectors[0])
        first, second = influences(room, log, "p1/a", LATER)[:2]
        assert first.event == place
        assert abs(first.moved) > 2 * abs(second.moved)


def test_an_empty_log_has_no_influences(classroom):
    assert influences(classroom, [], "p1/a", NOW) == []


@pytest.mark.parametrize("length", [0, 1, 150])
def test_an_unknown_step_is_refused(classroom, log, length):
    with pytest.raises(UnknownStep, match="'p9/z'"):
        influences(classroom, log[:length], "p9/z", LATER)
    with pytest.raises(UnknownStep, match="'p9/z'"):
        influences(classroom, [*log[:length], HintShown("p9/z", 1, LATER)], "p1/a", LATER)


# Is it faithful? ------------------------------------------------------------------------------------------------------


def test_what_is_named_moves_the_forecast_when_it_is_taken_out_and_what_is_not_does_not(counting):
    others = [("p4/a", 0)] * 9
    found = deletion_test(counting, [tries(*others, *[("p1/a", 1)] * 3, ("p1/b", 1))] * 2, k=3, seed=0)
    # three successes on "add" to none: 4/5 to 1/2
    assert found.top == pytest.approx(0.3, abs=1e-6)
    assert found.random == pytest.approx(0, abs=1e-6)
    assert (found.learners, found.k) == (2, 3)
    assert found.ratio.value > 1e3


def test_where_all_events_are_alike_those_that_are_named_are_worth_no_more_than_others(counting):
    found = deletion_test(counting, [tries(*[("p1/a", 1)] * 9)], k=3, seed=0)
    # eight successes to five: 9/10 to 6/7
    assert (found.top, found.random) == pytest.approx((9 / 10 - 6 / 7,) * 2, abs=1e-6)
    assert (found.ratio.value, found.ratio.low, found.ratio.high) == pytest.approx((1, 1, 1), abs=1e-4)


def test_the_ratio_has_an_interval_over_learners(counting):
    logs = [tries(*[("p1/a", 1)] * right, *[("p4/a", 1)] * 4, ("p1/b", 0)) for right in range(5, 12)]
    found = deletion_test(counting, logs, k=2, seed=0)
    assert found.learners == 7
    assert found.ratio.value == pytest.approx(found.top / found.random)
    assert 1 < found.ratio.low < found.ratio.value < found.ratio.high
    assert deletion_test(counting, logs, k=2, seed=0) == found


def test_what_follows_the_last_attempt_is_not_explained_by(counting):
    log = tries(*[("p1/a", 1)] * 9)
    later = [HintShown("p1/a", 1, LATER), Chat(None, LATER)]
    assert deletion_test(counting, [[*log, *later]], k=3, seed=0) == deletion_test(counting, [log], k=3, seed=0)


def test_logs_that_are_too_short_are_left_out_and_only_such_refused(counting):
    enough, short = tries(*[("p1/a", 1)] * 8), tries(*[("p1/a", 1)] * 7)
    hints = [HintShown("p1/a", 1, NOW)] * 20
    assert deletion_test(counting, [short, enough, [], hints], k=3, seed=0).learners == 1
    for logs in ([short, [], hints], []):
        with pytest.raises(ValueError, match=r"^No learner has more than 6 events before the last attempt\.$"):
            deletion_test(counting, logs, k=3, seed=0)


def test_the_shipped_teacher_is_explained_faithfully():
    course = invented_curriculum(7, skills=8, steps=48)
    logs = [learner.events for learner in World(course, WorldConfig(attempts=30), seed=7).learners(30)]
    teacher = load_teacher(ROOT / "models_core" / "weights" / "teacher")
    found = deletion_test(Classroom(teacher, {}, course), logs, k=5, seed=0)
    assert found.learners >= 25
    assert found.ratio.low > 2  # measured: 12 (8 to 17) on longer logs
    assert found.top > 0.05


# The command ----------------------------------------------------------------------------------------------------------


def test_the_command_prints_what_it_found_as_json(tmp_path, capsys):
    write_log(tmp_path / "test.jsonl", [*simulated_learners(6, 1), *simulated_learners(1, 2, rows=6)])
    write_log(tmp_path / "train.jsonl", simulated_learners(8, 3))
    arguments = ["--test", str(tmp_path / "test.jsonl"), "--train", str(tmp_path / "train.jsonl"), "--top", "3"]
    assert main(arguments) == 0
    found = json.loads(capsys.readouterr().out)
    assert found.keys() == {"top", "random", "ratio", "learners", "k"}
    assert (found["learners"], found["k"]) == (6, 3)  # the seventh is too short
    assert found["ratio"]["value"] == pytest.approx(found["top"] / found["random"])
    assert found["ratio"]["low"] <= found["ratio"]["value"] <= found["ratio"]["high"]
    assert main([*arguments, "--learners", "2"]) == 0
    assert json.loads(capsys.readouterr().out)["learners"] == 2


@pytest.mark.parametrize(
    ("name", "more", "sentence"),
    [
        ("gone.jsonl", [], "gone.jsonl cannot be read: No such file"),
        ("bad.jsonl", [], "bad.jsonl, line 2: 'correct' of row 1 is 2, expected 0 or 1"),
        ("short.jsonl", [], "No learner has more than 10 events before the last attempt."),
        ("short.jsonl", ["--teacher", "nowhere"], "nowhere: config.json is missing"),
    ],
)
def test_the_command_says_what_is_wrong(tmp_path, capsys, name, more, sentence):
    short = simulated_learners(1, 1, rows=5)
    write_log(tmp_path / "short.jsonl", short)
    write_log(tmp_path / "bad.jsonl", [*short, {"user": "ben", "skill": [1], "correct": [2]}])
    assert main(["--test", str(tmp_path / name), *more]) == 1
    out, said = capsys.readouterr()
    assert out == ""
    assert said.startswith("Not explained. ")
    assert sentence in said
    assert "Traceback" not in said
