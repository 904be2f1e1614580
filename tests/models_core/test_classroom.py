"""The classroom: replay is exact, both directions of the exchange flow and can be switched off, and no turn fails."""

import math
import threading
from dataclasses import replace

import numpy as np
import pytest
import torch

from models_core.calibration import Calibration
from models_core.classroom import Classroom, ExchangeConfig
from models_core.curriculum import UnknownSkill, UnknownStep
from models_core.engine import Engine
from models_core.events import Attempt, Chat, HintShown, StudentNote
from models_core.student import PredictStudent
from models_core.teacher import TeacherModel

NOW = 1_700_000_000.0


def attempt(step="p1/a", correct=True, at=NOW, **more):
    return Attempt(step, correct, at, **{"seconds": 20.0, "hints": 0, "try_number": 1, **more})


@pytest.fixture
def forgetful(teacher, students, curriculum):
    """A classroom whose teacher attends to the last 20 events."""
    model = TeacherModel(replace(teacher.config, window=20))
    model.load_state_dict(teacher.state_dict())
    theirs = {
        skill: PredictStudent(student.net, student.settings, skill=skill, teacher=model.fingerprint())
        for skill, student in students.items()
    }
    return Classroom(model, theirs, curriculum)


def test_replaying_the_log_rebuilds_the_state_bit_for_bit(classroom, log):
    state = classroom.start()
    for event in log:
        classroom.predict(state, ["p1/a", "p4/a"], event.at)  # asking leaves no trace
        classroom.mastery(state, ["add"], event.at)
        state = classroom.observe(state, event)
    assert classroom.recall(log).digest() == state.digest()
    assert classroom.recall(log[:-1]).digest() != state.digest()


def test_a_past_longer_than_the_window_is_replayed_bit_for_bit_as_well(forgetful, log):
    states = [forgetful.start()]
    for event in log[:70]:
        states.append(forgetful.observe(states[-1], event))
    for count in (19, 20, 21, 40, 41, 69, 70):
        assert forgetful.recall(log[:count]).digest() == states[count].digest()
    # going on from an old state, whose room newer ones have taken
    again = states[35]
    for event in log[80:110]:
        again = forgetful.observe(again, event)
    assert forgetful.recall([*log[:35], *log[80:110]]).digest() == again.digest()


def test_a_state_stays_what_it_was_when_more_is_observed(classroom, log):
    states = [classroom.start()]
    for event in log[:80]:
        states.append(classroom.observe(states[-1], event))
    for count in (0, 1, 63, 64, 65, 79):
        assert states[count].digest() == classroom.recall(log[:count]).digest()


def test_a_turn_done_twice_from_one_state_gives_equal_states(classroom, log):
    state = classroom.recall(log[:70])
    assert classroom.observe(state, log[70]).digest() == classroom.observe(state, log[70]).digest()


def test_every_skill_is_served_by_its_student_or_else_by_the_teacher(classroom, log):
    state = classroom.recall(log)
    routes = {p.step: p.route for p in classroom.predict(state, ["p1/a", "p2/a", "p4/a", "p5/a"], log[-1].at + 60)}
    # p5/a exercises "graph", which has no student, and "add", which has one
    assert routes == {"p1/a": "full", "p2/a": "full", "p4/a": "teacher", "p5/a": "full"}
    for p in classroom.predict(state, classroom.curriculum.steps, log[-1].at + 60):
        assert 0 < p.probability < 1
        assert 0 < p.sd < 0.5
        assert p.route != "teacher" or p.probability == p.teacher_probability


def test_a_classroom_without_students_works(teacher, curriculum, log):
    room = Classroom(teacher, {}, curriculum)
    state = room.recall(log)
    assert {p.route for p in room.predict(state, curriculum.steps, log[-1].at)} == {"teacher"}
    assert len(room.mastery(state, curriculum.skills, log[-1].at)) == 3


def test_right_answers_raise_what_the_student_expects_and_narrow_its_last_layer(classroom):
    state = classroom.start()
    (before,) = classroom.mastery(state, ["add"], NOW)
    student = classroom.students["add"]
    for n in range(6):
        state = classroom.observe(state, attempt(at=NOW + 60 * n))
    assert state.fast["add"].updates == 6
    assert np.trace(state.fast["add"].covariance) < np.trace(student.start().covariance)
    context, local = np.zeros((1, 16), np.float32), np.zeros((1, student.settings.local_width))
    assert student.predict(state.fast["add"], context, local) > student.predict(student.start(), context, local)
    (after,) = classroom.mastery(state, ["add"], NOW + 400)
    assert (before.attempts, after.attempts) == (0, 6)


def test_an_aided_answer_is_remembered_but_not_held_for_or_against_the_learner(classroom):
    state = classroom.observe(classroom.start(), attempt(hints=2))
    assert state.fast == {}
    assert state.record.skill(0).attempts == 1
    assert state.record.skill(0).successes == 0


def test_recorded_notes_reach_the_teacher_and_the_amount_switches_them_off(teacher, students, curriculum):
    plain = [attempt(at=NOW + n) for n in range(3)]
    noted = [replace(event, note=StudentNote(0.9, 0.05, 0.2)) for event in plain]
    heard = Classroom(teacher, students, curriculum)
    deaf = Classroom(teacher, students, curriculum, ExchangeConfig(student_to_teacher=0))
    assert heard.recall(plain).memory.digest() != heard.recall(noted).memory.digest()
    assert (
        deaf.recall(plain).memory.digest() == deaf.recall(noted).memory.digest() == heard.recall(plain).memory.digest()
    )


def test_with_the_context_switched_off_a_student_does_not_depend_on_the_teacher(students, teacher, curriculum, log):
    other = TeacherModel(teacher.config)
    other.load_state_dict(teacher.state_dict())
    with torch.no_grad():
        other.norm.weight.mul_(-2)
    other.fingerprint = teacher.fingerprint  # passes for the same, to see what its contexts do
    said = {}
    for amount in (0.0, 1.0):
        exchange = ExchangeConfig(teacher_to_student=amount)
        rooms = [Classroom(t.eval(), students, curriculum, exchange) for t in (teacher, other)]
        said[amount] = [r.predict(r.recall(log[:40]), ["p1/a"], log[40].at)[0].probability for r in rooms]
    assert said[0.0][0] == said[0.0][1]
    assert said[1.0][0] != said[1.0][1]


@pytest.mark.parametrize("amount", [-0.1, 1.5, float("nan")])
def test_an_impossible_amount_is_refused(amount):
    with pytest.raises(ValueError, match="teacher_to_student must lie in"):
        ExchangeConfig(teacher_to_student=amount)


class Down(Engine):
    """A teacher at work that can be taken down."""

    down = False

    def read(self, *args):
        if self.down:
            raise RuntimeError("out of memory")
        return super().read(*args)

    def append(self, *args):
        if self.down:
            raise RuntimeError("out of memory")
        return super().append(*args)


@pytest.fixture
def fragile(teacher, students, curriculum):
    room = Classroom(teacher, students, curriculum)
    room._engine = Down(teacher, curriculum)
    return room


def test_a_turn_never_fails_because_the_teacher_does(fragile, log):
    state = fragile.recall(log[:60])
    fragile._engine.down = True
    for event in log[60:80]:
        predictions = fragile.predict(state, fragile.curriculum.steps, event.at)
        assert {p.route for p in predictions} == {"short"}
        assert all(0 < p.probability < 1 and 0 < p.sd <= 0.5 for p in predictions)
        assert all(0 < m.mean < 1 for m in fragile.mastery(state, fragile.curriculum.skills, event.at))
        state = fragile.observe(state, event)
    assert state.events == 80
    assert not state.teacher_listening
    fragile._engine.down = False
    # what the teacher missed is not patched over: the short route goes on until the log is read again
    assert fragile.predict(state, ["p1/a"], log[80].at)[0].route == "short"
    assert fragile.predict(fragile.recall(log[:80]), ["p1/a"], log[80].at)[0].route == "full"


def test_a_new_learner_is_served_even_if_the_teacher_never_spoke(fragile):
    fragile._engine.down = True
    state = fragile.observe(fragile.start(), attempt("p4/a", correct=False))
    (right, wrong) = fragile.predict(state, ["p1/a", "p4/a"], NOW + 5)
    assert right.route == wrong.route == "short"
    assert wrong.probability < 0.6


def test_the_student_still_learns_while_the_teacher_is_down(fragile):
    state = fragile.recall([attempt(at=NOW + n) for n in range(3)])
    fragile._engine.down = True
    (before,) = fragile.predict(state, ["p1/b"], NOW + 100)
    for n in range(6):
        state = fragile.observe(state, attempt(correct=False, at=NOW + 10 + n))
    assert state.fast["add"].updates == 9
    assert fragile.predict(state, ["p1/b"], NOW + 100)[0].probability != before.probability


def test_an_unknown_step_is_refused_and_changes_nothing(classroom, log):
    state = classroom.recall(log[:10])
    digest = state.digest()
    for bad in (attempt("p9/z"), HintShown("p9/z", 1, NOW), Chat("p9/z", NOW)):
        with pytest.raises(UnknownStep, match="'p9/z' is not in the curriculum of 'small'"):
            classroom.observe(state, bad)
    with pytest.raises(UnknownStep):
        classroom.predict(state, ["p1/a", "p9/z"], NOW)
    with pytest.raises(UnknownSkill, match="'juggling'"):
        classroom.mastery(state, ["juggling"], NOW)
    assert state.digest() == digest


def test_a_changed_course_needs_no_new_model(teacher, students, curriculum, log):
    longer = replace(
        curriculum,
        steps=(*curriculum.steps, "p6/a"),
        step_skills=(*curriculum.step_skills, (1,)),
        step_vectors=np.concatenate([curriculum.step_vectors, curriculum.skill_vectors[:1]]),
        statistics=None,
    )
    room = Classroom(teacher, students, longer)
    assert room.predict(room.recall(log), ["p6/a"], log[-1].at)[0].route == "full"


def test_what_is_added_at_the_end_of_a_course_leaves_what_was_expected_of_the_rest_bit_for_bit(
    classroom, teacher, students, curriculum, log
):
    tried, right = curriculum.statistics.tried, curriculum.statistics.right
    longer = replace(
        curriculum,
        skills=(*curriculum.skills, "prove"),
        prerequisites=(*curriculum.prerequisites, (2,)),
        steps=(*curriculum.steps, "p6/a", "p7/a"),
        step_skills=(*curriculum.step_skills, (3,), (1,)),
        step_vectors=np.concatenate([curriculum.step_vectors, curriculum.step_vectors[:2]]),
        skill_vectors=np.concatenate([curriculum.skill_vectors, curriculum.skill_vectors[:1]]),
        statistics=None,
    ).known_by(np.array([*tried, 0, 0]), np.array([*right, 0, 0]))
    wider, at = Classroom(teacher, students, longer), log[-1].at + 60
    before, after = classroom.recall(log), wider.recall(log)
    assert classroom.predict(before, curriculum.steps, at) == wider.predict(after, curriculum.steps, at)
    assert classroom.mastery(before, curriculum.skills, at) == wider.mastery(after, curriculum.skills, at)


def test_names_that_the_teacher_knows_count_when_it_serves(teacher, curriculum, log):
    said = []
    for graph in ("graph", "draw", "plot"):  # the teacher knows the first by name
        room = Classroom(teacher, {}, replace(curriculum, skills=("add", "solve", graph)))
        said.append(room.predict(room.recall(log), ["p4/a"], log[-1].at)[0].probability)
    assert said[1] == said[2] != pytest.approx(said[0], abs=1e-4)


def test_a_course_without_texts_is_served(teacher, students, curriculum, log):
    room = Classroom(teacher, students, replace(curriculum, step_vectors=None, skill_vectors=None))
    assert {p.route for p in room.predict(room.recall(log), ["p1/a", "p2/a"], log[-1].at)} == {"full"}


def test_what_others_did_on_a_step_changes_what_is_expected_of_it(teacher, students, curriculum, log):
    said = []
    for right in (0, 100):
        tried = np.array([0, 0, 0, 0, 100, 0])
        room = Classroom(teacher, students, curriculum.known_by(tried, np.array([0, 0, 0, 0, right, 0])))
        said.append(room.predict(room.recall(log), ["p4/a"], log[-1].at)[0].probability)
    assert said[0] != said[1]


def test_a_calibration_mends_what_is_served_and_not_the_teachers_own_word(
    classroom, teacher, students, curriculum, log
):
    mended = Classroom(teacher, students, curriculum, calibration=Calibration(scale=2.0, shift=math.log(3)))
    state, at = classroom.recall(log), log[-1].at + 60
    assert mended.recall(log).digest() == state.digest()  # nothing that is believed depends on it
    for before, after in zip(
        classroom.predict(state, curriculum.steps, at), mended.predict(state, curriculum.steps, at), strict=True
    ):
        # odds squared, times three; the spread in logits doubles
        odds = 3 * (before.probability / (1 - before.probability)) ** 2
        assert after.probability == pytest.approx(odds / (1 + odds))
        logits = [p.sd / (p.probability * (1 - p.probability)) for p in (before, after)]
        assert logits[1] == pytest.approx(2 * logits[0])
        assert (after.teacher_probability, after.route) == (before.teacher_probability, before.route)
    (plain,), (other,) = (room.mastery(state, ["graph"], at) for room in (classroom, mended))
    odds = 3 * (plain.mean / (1 - plain.mean)) ** 2
    assert other.mean == pytest.approx(odds / (1 + odds))


def test_a_student_of_another_teacher_is_refused(teacher, students, curriculum):
    other = TeacherModel(teacher.config)
    with pytest.raises(ValueError, match="belongs to teacher"):
        Classroom(other, students, curriculum)


def test_a_student_for_a_skill_that_is_not_taught_is_refused(teacher, students, curriculum):
    with pytest.raises(UnknownSkill):
        Classroom(teacher, {"juggling": students["add"]}, curriculum)


def test_a_student_is_not_taken_for_another(teacher, students, curriculum):
    with pytest.raises(ValueError, match="given for 'solve' serves 'add'"):
        Classroom(teacher, {"solve": students["add"]}, curriculum)


def test_a_clock_that_runs_backwards_is_held_still(classroom):
    state = classroom.recall([attempt(at=NOW), attempt(at=NOW - 500), attempt(at=NOW + 1)])
    assert state.at == NOW + 1
    assert np.isfinite(classroom.predict(state, ["p1/a"], NOW - 1e6)[0].probability)


def test_nothing_asked_nothing_said(classroom):
    assert classroom.predict(classroom.start(), [], NOW) == []
    assert classroom.mastery(classroom.start(), [], NOW) == []


@pytest.mark.parametrize("correct", [True, False])
def test_three_hundred_equal_answers_keep_everything_finite(classroom, correct):
    state = classroom.recall([attempt(correct=correct, at=NOW + 9 * n) for n in range(300)])
    (said,) = classroom.predict(state, ["p1/a"], NOW + 1e9)
    assert 0 < said.probability < 1
    assert 0 < said.sd < 0.5


def test_threads_serve_different_learners_as_one_thread_would(classroom, log):
    logs = [log[start : start + 70] for start in range(8)]
    expected = [classroom.recall(events).digest() for events in logs]
    found = [""] * len(logs)

    def work(i):
        found[i] = classroom.recall(logs[i]).digest()

    threads = [threading.Thread(target=work, args=(i,)) for i in range(len(logs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == expected


def test_a_prediction_becomes_a_note(classroom):
    (said,) = classroom.predict(classroom.start(), ["p1/a"], NOW)
    note = said.note("sign-error")
    assert (note.probability, note.sd, note.teacher_probability) == (
        said.probability,
        said.sd,
        said.teacher_probability,
    )
    assert note.diagnosis == "sign-error"


def test_a_student_that_is_sure_enough_answers_without_the_teacher(teacher, students, curriculum, log):
    always = Classroom(teacher, students, curriculum)
    sure = Classroom(teacher, students, curriculum, ExchangeConfig(sure=0.0))
    never = Classroom(teacher, students, curriculum, ExchangeConfig(sure=0.5))
    state, at = always.recall(log), log[-1].at + 60
    assert [p.route for p in always.predict(state, ["p1/a"], at)] == ["full"]
    assert always.predict(state, ["p1/a"], at) == never.predict(state, ["p1/a"], at)
    (alone,) = sure.predict(state, ["p1/a"], at)
    assert alone.route == "short"
    # as sure as it is, and no surer, is sure enough
    enough = abs(alone.probability - 0.5)
    for limit, route in ((enough - 1e-9, "short"), (enough + 1e-9, "full")):
        room = Classroom(teacher, students, curriculum, ExchangeConfig(sure=limit))
        assert room.predict(state, ["p1/a"], at)[0].route == route, limit
    # of a skill that was never read about, or that has no student, the teacher is asked
    assert sure.predict(sure.start(), ["p1/a"], at)[0].route == "full"
    assert sure.predict(state, ["p4/a"], at)[0].route == "teacher"
    with pytest.raises(ValueError, match="sure must lie in"):
        ExchangeConfig(sure=0.7)
