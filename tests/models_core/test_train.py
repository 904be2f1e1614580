"""The training command, on a very small scale: what it writes can be served, and the seed decides it."""

import numpy as np
import pytest
import torch

from models_core.artifacts import load_student, load_teacher, read_metrics
from models_core.classroom import Classroom
from models_core.events import HAPPENED
from models_core.simulator import World, invented_curriculum
from models_core.train import TrainConfig, last_on_skill, main, population, quick_student, train_teacher, with_notes

SMALL = ["--learners", "16", "--steps", "2", "--student-steps", "4", "--test-learners", "2"]


@pytest.fixture(scope="module")
def course():
    return invented_curriculum(7, skills=3, steps=9)


def test_what_the_command_writes_can_be_served(course, tmp_path):
    course.save(tmp_path / "course.npz")
    out = tmp_path / "out"
    assert main(["--out", str(out), "--course", str(tmp_path / "course.npz"), "--course-slug", "small", *SMALL]) == 0
    teacher = load_teacher(out / "teacher")
    folders = sorted((out / "students" / "small").iterdir())
    students = {f.name: load_student(f, teacher=teacher.fingerprint()) for f in folders}
    assert all(student.skill == name for name, student in students.items())
    assert students
    room = Classroom(teacher, students, course)
    log = World(course, seed=9).learner(0).events
    assert 0 < room.predict(room.recall(log), course.steps[:1], log[-1].at)[0].probability < 1
    card = (out / "teacher" / "card.md").read_text()
    assert "python -m models_core.train --out" in card
    assert {"ceiling", "bkt"} <= read_metrics(out / "teacher")["scores"].keys()


def test_a_file_that_is_no_course_is_refused_in_a_sentence(tmp_path, capsys):
    (tmp_path / "course.npz").write_text("no")
    assert main(["--out", str(tmp_path / "out"), "--course", str(tmp_path / "course.npz")]) == 1
    assert "course.npz is not a curriculum file" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_seed_decides_the_teacher(course):
    data = [population(course, World(course, seed=1).learners(8), 40)]
    config = TrainConfig(steps=2, batch=4)
    first, again, other = (train_teacher(data, config, seed).fingerprint() for seed in (1, 1, 2))
    assert first == again != other


def test_a_population_keeps_each_learner_in_one_row(course):
    logs = World(course, seed=1).learners(6)
    p = population(course, logs, 30)
    assert p.asked.shape == (6, 30)
    assert p.length.tolist() == sorted(min(30, len(log.events)) for log in logs)
    for row, n in enumerate(p.length.tolist()):
        assert not p.scored[row, n:].any()
        assert (p.asked[row, n:] == p.content.nothing).all()


def test_notes_stand_only_where_they_were_given(course):
    p = population(course, World(course, seed=1).learners(2), 20)
    noted = torch.zeros_like(p.scored)
    noted[0, 3] = True
    half = torch.full(p.correct.shape, 0.5)
    happened = with_notes(p.happened, half, half, p.correct, noted)
    assert (happened != p.happened).any(-1).nonzero().tolist() == [[0, 3]]


def test_the_last_event_on_a_skill_by_hand():
    assert last_on_skill(torch.tensor([[5, 5, 2, 5, 2]])).tolist() == [[-1, 0, -1, 1, 2]]


def test_counting_alone_predicts_better_than_nothing(course):
    data = [population(course, World(course, seed=1).learners(60), 80)]
    weights = quick_student(data)
    p = torch.sigmoid(data[0].local @ weights[:-1] + weights[-1])[data[0].scored].numpy()
    y = data[0].correct[data[0].scored].numpy()
    assert np.mean((p - y) ** 2) < np.mean((y.mean() - y) ** 2)


def test_what_training_never_showed_says_nothing(course):
    teacher = train_teacher(
        [population(course, World(course, seed=1).learners(8), 40)], TrainConfig(steps=2, batch=4), 1
    )
    assert not teacher.said.weight.any()
    assert not teacher.happened[0].weight[:, HAPPENED.index("chat")].any()
