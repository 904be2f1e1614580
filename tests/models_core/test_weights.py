"""The weights that ship: whole, small, belonging together, and better than what everyone knows."""

from pathlib import Path

import numpy as np
import pytest

import models_core
from models_core.artifacts import load_student, load_teacher, read_metrics
from models_core.classroom import Classroom
from models_core.events import encode_log
from models_core.metrics import auc, log_loss
from models_core.simulator import World, WorldConfig, invented_curriculum
from models_core.train import serve

WEIGHTS = Path(models_core.__file__).parent / "weights"
STUDENTS = sorted((WEIGHTS / "students" / "linear-equations").iterdir())


def test_teacher_and_students_load_and_belong_together():
    teacher = load_teacher(WEIGHTS / "teacher")
    assert len(STUDENTS) >= 10
    for folder in STUDENTS:
        assert load_student(folder, teacher=teacher.fingerprint()).skill == folder.name


def test_they_take_less_than_five_megabytes():
    assert sum(path.stat().st_size for path in WEIGHTS.rglob("*") if path.is_file()) < 5_000_000


@pytest.mark.parametrize("folder", [WEIGHTS / "teacher", *STUDENTS], ids=lambda folder: folder.name)
def test_every_card_holds_the_command_and_the_scores(folder):
    card = (folder / "card.md").read_text()
    assert "python -m models_core.train" in card
    assert "| ceiling |" in card


def test_on_held_out_learners_they_beat_knowledge_tracing_and_stay_below_the_ceiling():
    scores = read_metrics(WEIGHTS / "teacher")["scores"]
    ours, bkt, ceiling = (scores[name]["auc"] for name in ("teacher and students, difficulty known", "bkt", "ceiling"))
    assert bkt < ours < ceiling


def test_the_weights_themselves_predict_learners_of_a_course_they_never_saw():
    """The stored scores could be anybody's: here the shipped teacher is put to work, event by event."""
    curriculum = invented_curriculum(987_654, skills=8, steps=32)
    lives = World(curriculum, WorldConfig(attempts=40), seed=987_654).learners(20)
    served = serve(Classroom(load_teacher(WEIGHTS / "teacher"), {}, curriculum), lives, "test")
    said = np.concatenate([rows[:, 0] for rows in served])
    logs = [encode_log(life.events, curriculum) for life in lives]
    happened = np.concatenate([log.correct[log.scored] for log in logs])
    assert len(happened) > 400
    assert auc(happened, said) > 0.6
    assert log_loss(happened, said) < log_loss(happened, np.full(len(happened), happened.mean()))
