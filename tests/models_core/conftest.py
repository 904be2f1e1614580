"""A small course, a small untrained teacher with every weight alive, and a log that has every kind of event in it."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from models_core.classroom import Classroom
from models_core.curriculum import TEXT_WIDTH, Curriculum
from models_core.events import Attempt, Chat, EncodedLog, Event, HintShown, StudentNote, encode_log
from models_core.item_statistics import ItemStatistics
from models_core.student import PredictConfig, PredictNet, PredictStudent
from models_core.teacher import TeacherConfig, TeacherModel

torch.set_num_threads(1)


def unit_rows(count: int, seed: int) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, TEXT_WIDTH))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def enliven(model: TeacherModel | PredictNet, amount: float) -> None:
    """Make every number of a model count: what begins at zero or one as well."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(amount * torch.randn_like(parameter))
        model.local_mean.normal_(std=0.2)
        model.local_gain.uniform_(0.5, 1.5)


@pytest.fixture(scope="session")
def curriculum() -> Curriculum:
    """Three skills in a row, two steps each; the last step also exercises the first skill.

    20 attempts, 7 right: (7 + 13) / (20 + 20) = 1/2 in the course. So a right answer on a skill comes with probability
    (5 + 2.5) / (5 + 5) = 3/4, (0 + 2.5) / 10 = 1/4, (2 + 2.5) / 15 = 3/10, and on the steps with 4/5, 7/8, 1/8, 1/5,
    (2 + 1.2) / 14 = 8/35 and, as nobody has tried the last one, 3/10.
    """
    return Curriculum(
        course="small",
        skills=("add", "solve", "graph"),
        prerequisites=((), (0,), (1,)),
        steps=("p1/a", "p1/b", "p2/a", "p3/a", "p4/a", "p5/a"),
        step_skills=((0,), (0,), (1,), (1,), (2,), (2, 0)),
        step_vectors=unit_rows(6, 1),
        skill_vectors=unit_rows(3, 2),
        statistics=ItemStatistics(
            tried=np.array([1, 4, 4, 1, 10, 0]),
            right=np.array([1, 4, 0, 0, 2, 0]),
            main_skill=np.array([0, 0, 1, 1, 2, 2]),
            skills=3,
        ),
    )


@pytest.fixture(scope="session")
def teacher() -> TeacherModel:
    """It knows two of the three skills by name, two of the six steps, and one of either that the course lacks."""
    torch.manual_seed(0)
    names = {"skills": ("juggle", "add", "graph"), "steps": ("p2/a", "p5/a", "p9/z")}
    model = TeacherModel(TeacherConfig(width=16, heads=2, layers=3, hidden=32, **names))
    enliven(model, 0.1)
    return model.eval().requires_grad_(False)


def make_student(skill: str, teacher: TeacherModel, seed: int = 0) -> PredictStudent:
    torch.manual_seed(seed)
    settings = PredictConfig(context_width=teacher.config.width, hidden=8, features=4, prior_variance=0.2)
    net = PredictNet(settings)
    enliven(net, 0.2)
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


@pytest.fixture(scope="session")
def code(log: list[Event], curriculum: Curriculum) -> EncodedLog:
    return encode_log(log, curriculum)


@pytest.fixture(scope="session")
def long_code(log: list[Event], curriculum: Curriculum) -> EncodedLog:
    """600 events, more than two blocks of a full pass: the log four times over, a month apart."""
    again = [replace(event, at=event.at + 30 * 86400 * month) for month in range(4) for event in log]
    return encode_log(again, curriculum)
