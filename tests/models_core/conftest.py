"""A small course, a small untrained teacher with every weight alive, and a log that has every kind of event in it."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from models_core.classroom import Classroom
from models_core.curriculum import TEXT_WIDTH, Curriculum
from models_core.events import Attempt, Chat, Event, HintShown, StudentNote
from models_core.student import PredictConfig, PredictNet, PredictStudent
from models_core.teacher import TeacherConfig, TeacherModel

torch.set_num_threads(1)


def unit_rows(count: int, seed: int) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, TEXT_WIDTH))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="session")
def curriculum() -> Curriculum:
    """Three skills in a row, two steps each; the last step also exercises the first skill."""
    return Curriculum(
        course="small",
        skills=("add", "solve", "graph"),
        prerequisites=((), (0,), (1,)),
        steps=("p1/a", "p1/b", "p2/a", "p3/a", "p4/a", "p5/a"),
        step_skills=((0,), (0,), (1,), (1,), (2,), (2, 0)),
        step_vectors=unit_rows(6, 1),
        skill_vectors=unit_rows(3, 2),
        difficulty=np.array([0, 0.5, -0.5, 0, 1, 0], np.float32),
    )


@pytest.fixture(scope="session")
def teacher() -> TeacherModel:
    torch.manual_seed(0)
    model = TeacherModel(TeacherConfig(width=16, heads=2, layers=3, hidden=32))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model.eval().requires_grad_(False)


def make_student(skill: str, teacher: TeacherModel, seed: int = 0) -> PredictStudent:
    torch.manual_seed(seed)
    settings = PredictConfig(context_width=teacher.config.width, hidden=8, features=4, prior_variance=0.2)
    net = PredictNet(settings)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    return PredictStudent(net, settings, skill=skill, teacher=teacher.fingerprint())


@pytest.fixture(scope="session")
def students(teacher: TeacherModel) -> dict[str, PredictStudent]:
    """Students for two of the three skills; "graph" is left to the teacher."""
    return {skill: make_student(skill, teacher, seed) for seed, skill in enumerate(("add", "solve"))}


@pytest.fixture
def classroom(teacher: TeacherModel, students: dict[str, PredictStudent], curriculum: Curriculum) -> Classroom:
    return Classroom(teacher, students, curriculum)


@pytest.fixture(scope="session")
def log(curriculum: Curriculum) -> list[Event]:
    """150 events, more than the memory's first size: attempts with and without notes, hints, chats, a pause."""
    rng = np.random.default_rng(5)
    at, events = 1_700_000_000.0, []
    for number in range(150):
        at += float(rng.exponential(60)) + (3e5 if number == 70 else 0)
        step = curriculum.steps[int(rng.integers(6))]
        kind = rng.random()
        if kind < 0.1:
            events.append(HintShown(step, int(rng.integers(1, 4)), at))
        elif kind < 0.2:
            vector = unit_rows(1, number)[0] if rng.random() < 0.5 else None
            events.append(Chat(step if rng.random() < 0.5 else None, at, vector))
        else:
            attempt = Attempt(
                step, bool(rng.random() < 0.6), at, float(rng.exponential(30)), int(rng.random() < 0.2), 1
            )
            note = StudentNote(float(rng.random()), 0.1, float(rng.random()))
            events.append(replace(attempt, note=note) if rng.random() < 0.5 else attempt)
    return events
