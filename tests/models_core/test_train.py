"""The training command, on a very small scale: what it writes can be served, and the seed decides it."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from models_core.artifacts import load_student, load_teacher, read_metrics
from models_core.classroom import Classroom
from models_core.corpus import corpus_of, notes_of
from models_core.events import HAPPENED, NOTE_COLUMNS, Attempt, HintShown, StudentNote, encode_event
from models_core.record import LOCAL
from models_core.simulator import World, invented_curriculum
from models_core.teacher import TeacherConfig, TeacherModel
from models_core.train import main, simulated_lesson, with_notes
from models_core.train_teacher import TrainConfig, begin_with_counting, predict, train_teacher

SMALL = ["--learners", "16", "--most-rows", "1500", "--fewest-steps", "4"]
SMALL += ["--student-steps", "4", "--test-learners", "2", "--width", "16"]
TINY = TrainConfig(width=16, most_rows=1, fewest_steps=3, batch_rows=400, probes=4)  # one epoch or two
NOW = 1_700_000_000.0


@pytest.fixture(scope="module")
def course():
    return invented_curriculum(7, skills=3, steps=9)


@pytest.fixture(scope="module")
def lesson(course):
    return simulated_lesson(course, World(course, seed=1).learners(8), None)


@pytest.fixture(scope="module")
def valid(course):
    return corpus_of(course, [log.events for log in World(course, seed=2).learners(3)], None)


@pytest.fixture(scope="module")
def small_teacher(lesson, valid):
    return train_teacher([lesson], [valid], TINY, 1)


def test_what_the_command_writes_can_be_served(course, tmp_path):
    course.save(tmp_path / "course.npz")
    out = tmp_path / "out"
    assert main(["--out", str(out), "--course", str(tmp_path / "course.npz"), "--course-slug", "small", *SMALL]) == 0
    teacher = load_teacher(out / "teacher")
    folders = sorted((out / "students" / "small").iterdir())
    students = {f.name: load_student(f, teacher=teacher.fingerprint()) for f in folders}
    assert all(student.skill == name for name, student in students.items())
    assert students.keys() == set(course.skills)
    room = Classroom(teacher, students, course)
    log = World(course, seed=9).learner(0).events
    (said,) = room.predict(room.recall(log), course.steps[:1], log[-1].at)
    assert 0 < said.probability < 1
    assert said.route == "full"
    # it is for any course: no name is known
    assert teacher.config.skills == teacher.config.steps == ()
    for folder in (out / "teacher", *folders):
        card = (folder / "card.md").read_text()
        assert "python -m models_core.train --out" in card
        assert "| ceiling |" in card
    assert {"ceiling", "bkt"} <= read_metrics(out / "teacher")["scores"].keys()


def test_a_file_that_is_no_course_is_refused_in_a_sentence(tmp_path, capsys):
    (tmp_path / "course.npz").write_text("no")
    assert main(["--out", str(tmp_path / "out"), "--course", str(tmp_path / "course.npz")]) == 1
    assert "course.npz is not a curriculum file" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_no_log_is_refused_in_a_sentence(tmp_path, capsys):
    (tmp_path / "real_train.jsonl").write_text("no\n")
    assert main(["--out", str(tmp_path / "out"), "--logs", str(tmp_path / "real_train.jsonl")]) == 1
    assert "Not trained. real_train.jsonl, line 1" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_seed_decides_the_teacher(lesson, valid, small_teacher):
    again, other = (train_teacher([lesson], [valid], TINY, seed).fingerprint() for seed in (1, 2))
    assert small_teacher.fingerprint() == again != other


def test_notes_stand_only_where_they_were_given(course):
    """About unaided attempts, as an event says them that carries a note; a hint or an aided attempt has none."""
    note = StudentNote(0.75, 0.5 * 0.75 * 0.25, 0.6)
    step = course.steps[0]
    events = [
        Attempt(step, True, NOW, 9.0, 0, 1, note),
        HintShown(step, 1, NOW + 1),
        Attempt(step, True, NOW + 2, 9.0, 1, 2),
        Attempt(step, False, NOW + 3, 9.0, 0, 3, note),
    ]
    bare = [replace(event, note=None) if isinstance(event, Attempt) else event for event in events]
    corpus = corpus_of(course, [bare], None)
    notes = notes_of(corpus, np.full(4, 0.75), np.full(4, 0.6))
    expected = [encode_event(event, None)[NOTE_COLUMNS] for event in events]
    assert notes == pytest.approx(np.stack(expected))
    assert notes.any(1).tolist() == [True, False, False, True]
    # (given, log-odds / 3, outcome - 0.75, 4 sd, 3 (0.75 - 0.6))
    assert notes[3].tolist() == pytest.approx([1, math.log(3) / 3, -0.75, 0.375, 0.45])


def test_lessons_with_notes_are_otherwise_the_same(lesson, small_teacher):
    (noted,) = with_notes([lesson], small_teacher)
    assert lesson.notes is None
    assert noted.notes.shape == (len(lesson.corpus.asked), NOTE_COLUMNS.stop - NOTE_COLUMNS.start)
    assert np.array_equal(noted.notes[:, 0] == 1, lesson.corpus.scored)
    assert not noted.notes[~lesson.corpus.scored].any()
    assert noted.corpus is lesson.corpus
    assert noted.truth is lesson.truth
    assert noted.typical is lesson.typical


def test_counting_alone_predicts_better_than_nothing(course):
    """Where training begins: at logistic regression on the record, before attention has learned a thing."""
    corpus = simulated_lesson(course, World(course, seed=1).learners(60), None).corpus
    teacher = TeacherModel(TeacherConfig(width=16, heads=2, layers=1, hidden=16)).eval()
    begin_with_counting(teacher, [corpus])
    y, p = corpus.correct[corpus.scored], predict(teacher, corpus)[corpus.scored]
    assert np.mean((p - y) ** 2) < np.mean((y.mean() - y) ** 2)
    usual = teacher.usual(torch.from_numpy(corpus.local[corpus.scored])).numpy()
    varies = corpus.local[corpus.scored].std(0) > 1e-3
    assert np.abs(usual.mean(0)).max() < 0.1  # the record as it usually is reads as zero,
    assert usual.std(0)[varies] == pytest.approx(1, abs=0.15)  # as far off as it usually is as one,
    assert not usual[:, ~varies].any()  # and what never varies as nothing


def test_what_training_never_showed_says_nothing(small_teacher):
    """No simulated learner chats, and nobody had tried these steps before; a real learner may, and others may have."""
    assert not small_teacher.said.weight.any()
    assert not small_teacher.happened[0].weight[:, HAPPENED.index("chat")].any()
    never = ("typical", "context_given", "context_log_age", "step_log_tried", "skill_log_tried")
    heard = small_teacher.usual(torch.full((len(LOCAL),), 9.0))
    assert not heard[[LOCAL.index(name) for name in never]].any()
