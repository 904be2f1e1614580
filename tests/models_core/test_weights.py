"""The weights that ship: whole, small, belonging together, and better than what everyone knows."""

from pathlib import Path

import pytest

import models_core
from models_core.artifacts import load_student, load_teacher, read_metrics

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
