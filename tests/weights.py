"""Small untrained models, saved as artifacts, and the text encoder: for tests where only the wiring counts."""

import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import torch

from models_core.artifacts import save_student, save_teacher
from models_core.embeddings import FILES
from models_core.student import PredictConfig, PredictNet, PredictStudent
from models_core.teacher import TeacherConfig, TeacherModel

torch.set_num_threads(1)
ROOT = Path(__file__).resolve().parent.parent


def save_small_models(folder: Path, *, seed: int = 0, students: tuple[str, ...] = ("sample/undo-addition",)) -> Path:
    """A teacher of width 16 and students for COURSE/SKILL, with every weight alive; laid out as shipped weights are."""
    torch.manual_seed(seed)
    teacher = TeacherModel(TeacherConfig(width=16, heads=2, layers=2, hidden=32))
    shake(teacher)
    save_teacher(teacher, folder / "teacher", metrics={"auc": 0.5}, card="Untrained, for tests.\n")
    for name in students:
        config = PredictConfig(context_width=16, hidden=8, features=4, prior_variance=0.2)
        net = PredictNet(config)
        shake(net)
        skill = name.rsplit("/", 1)[1]
        student = PredictStudent(net, config, skill=skill, teacher=teacher.fingerprint())
        save_student(student, folder / "students" / name, metrics={"auc": 0.5}, card="Untrained, for tests.\n")
    return folder


def shake(module: torch.nn.Module) -> None:
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))


@cache
def encoder_path() -> Path:
    """The exported text encoder: the checkout's, else one that is made now and kept for the next time."""
    for folder in (ROOT / "var" / "encoder", kept := Path(tempfile.gettempdir()) / "tutor-tests-encoder"):
        if all((folder / name).is_file() for name in FILES):
            return folder
    scratch = Path(tempfile.mkdtemp(prefix="tutor-tests-encoder-"))
    subprocess.run([sys.executable, "-m", "models_core.export_encoder", "--out", str(scratch)], cwd=ROOT, check=True)
    if not kept.exists():
        shutil.move(scratch, kept)
        return kept
    return scratch
