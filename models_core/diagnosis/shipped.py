"""The `diagnose` student that comes with the code."""

from pathlib import Path

from models_core.artifacts import ArtifactRefused, load_any_student
from models_core.diagnosis.student import DiagnoseStudent

EQUATION_STEPS = Path(__file__).resolve().parents[1] / "weights" / "diagnose" / "equation-steps"


def load_diagnose_student(path: Path | str = EQUATION_STEPS) -> DiagnoseStudent:
    """Read a `diagnose` student. Raises ArtifactRefused."""
    student = load_any_student(path)
    if not isinstance(student, DiagnoseStudent):
        raise ArtifactRefused(f"{Path(path).name}: this student does {student.task!r}, not 'diagnose'.")
    return student
